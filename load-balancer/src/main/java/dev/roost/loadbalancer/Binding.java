package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.mobileip.Ipv6Address;
import org.jspecify.annotations.Nullable;

/** A row of the bindings; altered by {@link Bindings} only, which also owns the links. */
final class Binding {

    private BindingAccepted facts;

    /** Its place in the expiry heap. */
    int heapPosition;

    /** Others that have the same care-of address. */
    @Nullable
    Binding previousAtCareOfAddress;

    @Nullable
    Binding nextAtCareOfAddress;

    Binding(BindingAccepted facts) {
        this.facts = facts;
    }

    void accept(BindingAccepted accepted) {
        facts = accepted;
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

    long expiresAtMillis() {
        return facts.expiresAtMillis();
    }
}
