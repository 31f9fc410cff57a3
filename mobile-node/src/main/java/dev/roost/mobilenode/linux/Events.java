package dev.roost.mobilenode.linux;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The kinds of log lines of a mobile node and what each says: a stable surface for scripts and tests. */
public final class Events {
    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("started", "the packet socket is open; interface, homeAddress, linkLayerAddress");
        KINDS.put("link-entered", "a link was recognised; router, prefixes, place (home or away)");
        KINDS.put("router-lost", "router, reason (unreachable, expired)");
        KINDS.put("interface-up", "");
        KINDS.put("interface-down", "");
        KINDS.put("care-of-address-configured", "the address is unique and in the kernel; careOfAddress");
        KINDS.put(
                "care-of-address-unavailable",
                "reason (managed-addresses-only, no-autonomous-prefix, duplicates), prefixes");
        KINDS.put("address-duplicate", "address, linkLayerAddress of who has it");
        KINDS.put("discovery-request-sent", "identifier, to, from");
        KINDS.put("discovery-reply-received", "identifier, from, homeAgents (comma-separated, in their order)");
        KINDS.put("discovery-failed", "requests; it goes on after a pause");
        KINDS.put("binding-update-sent", "homeAgent, careOfAddress, sequence, lifetime (seconds, 0: deregistration)");
        KINDS.put("binding-acknowledgement-received", "homeAgent, status, sequence, lifetime (seconds)");
        KINDS.put("binding-acknowledgement-unauthenticated", "homeAgent, status; dropped");
        KINDS.put("bound", "homeAgent, homeAddress, careOfAddress, lifetime (seconds), sequence");
        KINDS.put("binding-error-received", "homeAgent, status");
        KINDS.put("binding-expired", "homeAgent");
        KINDS.put("home-agent-given-up", "homeAgent, reason (no-answer, status-N, lifetime-zero, binding-error-2)");
        KINDS.put("home-prefixes-received", "homeAgent, prefixes");
        KINDS.put("returning-home", "homeAgent");
        KINDS.put("deregistered", "homeAgent");
        KINDS.put("deregistration-refused", "homeAgent, status");
        KINDS.put("at-home", "homeAddress");
        KINDS.put("kernel-refused", "message");
        KINDS.put("stopped", "what was dropped or passed over, by reason");
    }

    private static final Set<String> WARNINGS = Set.of(
            "care-of-address-unavailable",
            "address-duplicate",
            "discovery-failed",
            "binding-acknowledgement-unauthenticated",
            "binding-error-received",
            "binding-expired",
            "home-agent-given-up",
            "deregistration-refused",
            "kernel-refused");

    private Events() {}

    static boolean isWarning(String kind) {
        return WARNINGS.contains(kind);
    }

    /** Every kind this process can tell. */
    public static Set<String> kinds() {
        return KINDS.keySet();
    }

    /** One line for each kind, for {@code --help}. */
    public static List<String> describe() {
        return KINDS.entrySet().stream()
                .map(kind -> String.format("  %-40s %s", kind.getKey(), kind.getValue())
                        .stripTrailing())
                .collect(Collectors.toList());
    }
}
