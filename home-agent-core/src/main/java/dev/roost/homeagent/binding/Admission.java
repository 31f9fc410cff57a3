package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;

/**
 * A registration that is granted, but not acknowledged before some home agent is ready to forward for it.
 *
 * @param request the newest binding update of it, which is the one to be acknowledged
 * @param binding what it becomes; its lifetime runs already
 */
record Admission(BindingRequest request, Binding binding) {
    Ipv6Address homeAddress() {
        return binding.homeAddress();
    }

    /** Whether a newer binding update asks for the same again: then the mobile node only grew impatient. */
    boolean isRepeatedBy(Binding other) {
        return binding.careOfAddress().equals(other.careOfAddress())
                && binding.lifetimeSeconds() == other.lifetimeSeconds()
                && binding.coversLinkLocal() == other.coversLinkLocal();
    }
}
