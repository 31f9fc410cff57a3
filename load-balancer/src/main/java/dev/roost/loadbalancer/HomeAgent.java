package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row of the home agents list, or of those that left it. Altered by {@link ChangeApplier} only.
 *
 * <p>Whether it may be named in an answer: it is listed, its lifetime lasts, it has an address in the home prefix, and it
 * is neither suspect nor draining nor behind a port that is down.
 */
final class HomeAgent {

    /** Neighbor solicitations to a suspect, and how far apart: unanswered, it is out of the list 900 ms after it stopped. */
    static final int PROBES = 3;

    static final long PROBE_INTERVAL_MILLIS = 300;

    /** MAX_RTR_SOLICITATIONS and RTR_SOLICITATION_INTERVAL of RFC 4861, 10: what a host that is there is asked then. */
    static final int ROUTER_SOLICITATIONS = 3;

    static final long ROUTER_SOLICITATION_INTERVAL_MILLIS = 4_000;

    private HomeAgentLearned facts;
    private List<Ipv6Address> namedAddresses;
    private SteeredHomeAgent steered;

    long expiresAtMillis;
    boolean listed = true;

    boolean draining;
    /** What the operator set while it was running; 0: nothing. */
    int weightSet;
    /** The one that holds: that, or the configured one. */
    int weight = BalancingConfig.DEFAULT_WEIGHT;
    /** Solicitations sent since its Router Lifetime fell to 0, those for a router after {@link #PROBES}; 0: not suspect. */
    int probesSent;

    long probedAtMillis;
    /** Dropped as a suspect: only a Router Lifetime of more than 0 brings it back. */
    boolean stopped;
    /** Soft. */
    boolean portDown;
    /** Soft: when its addresses end; those that are not in here do not. */
    private final Map<Ipv6Address, Long> validUntilMillis = new TreeMap<>();

    private long nextAddressEndMillis = Long.MAX_VALUE;
    /** Soft: the port it was seen at leads to another switch, so the next advertisement may come from anywhere. */
    boolean attachmentDoubted;

    HomeAgent(HomeAgentLearned facts, Ipv6Prefix prefix) {
        this.facts = facts;
        this.namedAddresses = within(prefix, facts);
        this.steered = steered(facts);
        learn(facts, prefix);
    }

    void learn(HomeAgentLearned learned, Ipv6Prefix prefix) {
        facts = learned;
        namedAddresses = within(prefix, learned);
        steered = steered(learned);
        expiresAtMillis = learned.expiresAtMillis();
        listed = true;
        stopped = false;
        if (learned.router()) {
            probesSent = 0;
        }
        portDown = false;
        attachmentDoubted = false;
        keepValidityOf(learned.globalAddresses());
    }

    void readdress(List<Ipv6Address> globalAddresses, Ipv6Prefix prefix) {
        facts = withAddresses(globalAddresses);
        namedAddresses = within(prefix, facts);
        steered = steered(facts);
        keepValidityOf(globalAddresses);
    }

    void valid(Map<Ipv6Address, Long> untilMillis) {
        validUntilMillis.putAll(untilMillis);
        keepValidityOf(facts.globalAddresses());
    }

    private void keepValidityOf(List<Ipv6Address> addresses) {
        validUntilMillis.keySet().retainAll(addresses);
        nextAddressEndMillis = validUntilMillis.isEmpty() ? Long.MAX_VALUE : Collections.min(validUntilMillis.values());
    }

    /** When the first of its addresses ends; the end of time if none does. */
    long nextAddressEndMillis() {
        return nextAddressEndMillis;
    }

    int validityHash() {
        return validUntilMillis.hashCode();
    }

    /** The addresses that are valid then. */
    List<Ipv6Address> addressesAt(long nowMillis) {
        return facts.globalAddresses().stream()
                .filter(address -> validUntilMillis.getOrDefault(address, Long.MAX_VALUE) > nowMillis)
                .toList();
    }

    int index() {
        return facts.index();
    }

    HomeAgentLearned facts() {
        return facts;
    }

    /** The facts with the lifetime as it was last refreshed. */
    HomeAgentLearned currentFacts() {
        return withAddresses(facts.globalAddresses());
    }

    private HomeAgentLearned withAddresses(List<Ipv6Address> globalAddresses) {
        return new HomeAgentLearned(
                facts.index(),
                facts.linkLocalAddress(),
                facts.linkLayerAddress(),
                facts.attachment(),
                globalAddresses,
                facts.preference(),
                expiresAtMillis,
                facts.router(),
                facts.knownSinceMillis());
    }

    SteeredHomeAgent steered() {
        return steered;
    }

    /** Its global addresses inside the home prefix, which is what a reply may carry. */
    List<Ipv6Address> namedAddresses() {
        return namedAddresses;
    }

    /** By which it is known where one address has to do: the first in the home prefix, else the link-local one. */
    Ipv6Address ownAddress() {
        return namedAddresses.isEmpty() ? facts.linkLocalAddress() : namedAddresses.get(0);
    }

    boolean suspect() {
        return probesSent > 0;
    }

    /** Its host has answered; whether its daemon does is what the router solicitations ask. */
    boolean askedToAdvertise() {
        return probesSent > PROBES;
    }

    long probeDeadlineMillis() {
        return probedAtMillis + (askedToAdvertise() ? ROUTER_SOLICITATION_INTERVAL_MILLIS : PROBE_INTERVAL_MILLIS);
    }

    boolean inList(long nowMillis) {
        return listed && expiresAtMillis > nowMillis;
    }

    boolean mayBeNamed(long nowMillis) {
        return inList(nowMillis) && !suspect() && !draining && !portDown && !namedAddresses.isEmpty();
    }

    /** Whether packets may have to be steered to it. */
    boolean steerable(Bindings bindings) {
        return listed || bindings.referTo(index());
    }

    /**
     * Whether what it has (its place, its addresses) is kept for it: while its lifetime lasts or bindings refer to it, unless
     * its port is down or leads to another switch, so that it can only be elsewhere.
     */
    boolean guarded(long nowMillis, Bindings bindings) {
        return (inList(nowMillis) || bindings.referTo(index())) && !portDown && !attachmentDoubted;
    }

    private static List<Ipv6Address> within(Ipv6Prefix prefix, HomeAgentLearned facts) {
        return facts.globalAddresses().stream().filter(prefix::contains).toList();
    }

    private static SteeredHomeAgent steered(HomeAgentLearned facts) {
        return new SteeredHomeAgent(
                facts.index(),
                facts.linkLocalAddress(),
                facts.linkLayerAddress(),
                facts.attachment(),
                facts.globalAddresses());
    }
}
