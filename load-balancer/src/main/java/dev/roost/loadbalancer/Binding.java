package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.mobileip.Ipv6Address;
import org.jspecify.annotations.Nullable;

/** A row of the bindings; altered by {@link Bindings} only, which also owns the links. */
final class Binding {

    private BindingAccepted facts;

    /** Its place in the expiry heap. */
    int heapPosition;

    /** Index of the home agent that forwards: where it is bound, unless a report said otherwise. */
    private int forwarder;

    /** Of the last report, unsigned; 0: there was none. */
    private long epoch;

    /** Soft: when the binding update passed by which it was made; 0: none was seen. */
    long updateSeenAtMillis;

    /** Soft: how long it lasts where that is longer than it was accepted for; 0: it is not. */
    private long prolongedUntilMillis;

    /** Soft: nothing is begun about who forwards before then. */
    long putOffUntilMillis;

    /** The home agent where it is bound is still to say who forwards. */
    boolean doubted;

    /** Soft: when it was moved last; 0: not that anybody remembers. */
    long movedAtMillis;

    /** Others that the same home agent forwards for. */
    @Nullable
    Binding previousOfForwarder;

    @Nullable
    Binding nextOfForwarder;

    /** Others that have the same care-of address. */
    @Nullable
    Binding previousAtCareOfAddress;

    @Nullable
    Binding nextAtCareOfAddress;

    Binding(BindingAccepted facts) {
        this.facts = facts;
        this.forwarder = facts.homeAgent();
    }

    /** At another home agent it begins anew: that one forwards, and its epochs are others. */
    void accept(BindingAccepted accepted) {
        if (accepted.homeAgent() != facts.homeAgent()) {
            forwarder = accepted.homeAgent();
            epoch = 0;
        }
        facts = accepted;
        prolongedUntilMillis = 0;
    }

    void prolong(long untilMillis) {
        prolongedUntilMillis = untilMillis;
    }

    void forwardedBy(int index, long newEpoch) {
        forwarder = index;
        epoch = newEpoch;
    }

    int forwarder() {
        return forwarder;
    }

    long epoch() {
        return epoch;
    }

    /** Whether another home agent forwards than the one where it is bound. */
    boolean isDelegated() {
        return forwarder != facts.homeAgent();
    }

    BindingAccepted facts() {
        return facts;
    }

    Ipv6Address homeAddress() {
        return facts.homeAddress();
    }

    int homeAgent() {
        return facts.homeAgent();
    }

    /** When it is over, unless it is prolonged then: as it was accepted, or later. */
    long expiresAtMillis() {
        return Math.max(facts.expiresAtMillis(), prolongedUntilMillis);
    }

    /** What it was given when it was accepted last. */
    long lifetimeMillis() {
        return facts.acceptedAtMillis() == 0
                ? ToldBindings.OBSERVED_LIFETIME_MILLIS
                : facts.expiresAtMillis() - facts.acceptedAtMillis();
    }
}
