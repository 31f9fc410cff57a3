package dev.roost.homeagent;

import dev.roost.delegation.Delegation;
import dev.roost.delegation.DelegationChange;
import dev.roost.delegation.DelegationChange.ForwardersChanged;
import dev.roost.delegation.DelegationChange.ForwardingStarted;
import dev.roost.delegation.DelegationChange.ForwardingStopped;
import dev.roost.delegation.ForwardingEntry;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.DelegationChanged;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.Locale;

/** Tells who forwards now, a line in the log for each mobile node, as far as the log takes them. */
final class DelegationEvents {
    private final EventLog log;
    private final Ipv6Address self;
    private final HomeAgent agent;

    DelegationEvents(EventLog log, Ipv6Address self, HomeAgent agent) {
        this.log = log;
        this.self = self;
        this.agent = agent;
    }

    /** Called by the loop for each change, before it is applied. */
    void onChange(Instant now, BindingChange change) {
        if (change instanceof DelegationChanged delegation) {
            onChange(now, delegation.change());
        }
    }

    private void onChange(Instant now, DelegationChange change) {
        if (change instanceof ForwardersChanged changed) {
            Delegation delegation = changed.delegation();
            Ipv6Address before = agent.delegation(changed.homeAddress())
                    .map(Delegation::holder)
                    .orElse(self);
            if (!delegation.holder().equals(before) && delegation.registration().isPresent()) {
                boolean own = delegation.holder().equals(self);
                log.event(
                        now,
                        own ? "taken-back" : "delegated",
                        "homeAddress",
                        delegation.homeAddress(),
                        own ? "from" : "to",
                        own ? before : delegation.holder(),
                        "epoch",
                        Long.toUnsignedString(delegation.epoch()));
            }
        } else if (change instanceof ForwardingStarted started) {
            ForwardingEntry entry = started.entry();
            boolean known = agent.forwardingEntry(entry.homeAddress())
                    .filter(present -> present.careOfAddress().equals(entry.careOfAddress())
                            && present.primary().equals(entry.primary()))
                    .isPresent();
            if (!known) {
                log.event(
                        now,
                        "forwarding",
                        "homeAddress",
                        entry.homeAddress(),
                        "careOfAddress",
                        entry.careOfAddress(),
                        "for",
                        entry.primary(),
                        "epoch",
                        Long.toUnsignedString(entry.epoch()));
            }
        } else if (change instanceof ForwardingStopped stopped) {
            String cause = stopped.cause().name().toLowerCase(Locale.ROOT);
            log.event(now, "forwarding-stopped", "homeAddress", stopped.homeAddress(), "cause", cause);
        }
    }
}
