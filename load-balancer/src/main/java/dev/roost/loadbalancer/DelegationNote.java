package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;

/** What is remembered of delegations under way. All of it is soft: a restart begins with what reports and answers tell. */
sealed interface DelegationNote {

    /** Whose flow rules may be different now. */
    default Touched touched() {
        return Touched.NOTHING;
    }

    /** What is known of a home agent as one that speaks the forwarding protocol, or does not. */
    record PeerNoted(ForwardingPeer peer) implements DelegationNote {}

    /** A migration began, went on or ended. */
    record MigrationNoted(Migration migration) implements DelegationNote {}

    /** A report was taken, and is acknowledged when the switches have been turned over. */
    record ReportNoted(AwaitedReport report) implements DelegationNote {}

    /** It was acknowledged, or nobody waits for that any more. */
    record ReportSettled(Ipv6Address homeAddress) implements DelegationNote {}

    /** A home agent is asked something, or asked again. */
    record ErrandNoted(ForwardingErrand errand) implements DelegationNote {
        @Override
        public Touched touched() {
            return errand.touched();
        }
    }

    /** It was answered, or given up. */
    record ErrandEnded(ForwardingErrand errand) implements DelegationNote {
        @Override
        public Touched touched() {
            return errand.touched();
        }
    }

    /** A binding of this home agent is over, whose last report had this epoch: a copy of an older one may be on its way. */
    record EpochKept(Ipv6Address homeAddress, int homeAgent, long epoch, long untilMillis) implements DelegationNote {}

    /** A home agent is to be asked about what it is believed to have delegated, from the first binding after this one. */
    record SurveyNoted(int homeAgent, Optional<Ipv6Address> after) implements DelegationNote {}

    /** All of that has been asked. */
    record SurveyEnded(int homeAgent) implements DelegationNote {}

    /** Nothing is begun about a bound home address before then. */
    record PutOff(Ipv6Address homeAddress, long untilMillis) implements DelegationNote {}

    /** Packet rates were evened, or found even enough; nothing is done about them before then. */
    record BalancingNoted(long notBeforeMillis) implements DelegationNote {}

    /** From when on another move of one's own accord is within the budget; fractions of a millisecond count. */
    record BudgetNoted(double freeAtMillis) implements DelegationNote {}
}
