package dev.roost.homeagent.binding;

import dev.roost.delegation.DelegationDecision;
import dev.roost.delegation.DelegationEffect;
import dev.roost.mobileip.Ipv6Address;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All registrations that wait for a home agent to forward for them; {@link BindingUpdateProcessor} counts them against the limit of
 * the binding cache. Soft: a mobile node repeats what was not acknowledged.
 */
final class Admissions {
    /** What was said of the registration that was handed over just now. */
    enum Answer {
        ADMITTED,
        REFUSED,
        LATER
    }

    private final Map<Ipv6Address, Admission> waiting = new HashMap<>();

    Optional<Admission> find(Ipv6Address homeAddress) {
        return Optional.ofNullable(waiting.get(homeAddress));
    }

    int size() {
        return waiting.size();
    }

    void put(Admission admission) {
        waiting.put(admission.homeAddress(), admission);
    }

    void remove(Ipv6Address homeAddress) {
        waiting.remove(homeAddress);
    }

    static Answer answer(DelegationDecision decision, Ipv6Address homeAddress) {
        for (DelegationEffect effect : decision.effects()) {
            if (effect instanceof DelegationEffect.AdmitRegistration admit
                    && admit.homeAddress().equals(homeAddress)) {
                return Answer.ADMITTED;
            }
            if (effect instanceof DelegationEffect.RefuseRegistration refuse
                    && refuse.homeAddress().equals(homeAddress)) {
                return Answer.REFUSED;
            }
        }
        return Answer.LATER;
    }
}
