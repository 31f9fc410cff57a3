package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.List;
import java.util.Optional;

/**
 * What is under way for one mobile node: soft, lost with the process.
 *
 * @param candidate the secondary that was asked to start and has not answered; it is among the others
 * @param candidateWasOther it was among the others before, so it may be the one that switches still steer to
 * @param refused who has refused, or said nothing, in the present attempt; after one for a policy's sake until the next registration
 * @param cause of the present or last attempt
 * @param admissionPending the registration waits for a forwarder
 * @param orderNumber of the last order
 * @param reportStatus what the next report says: accepted, or why the last order failed
 * @param settleAtMillis when the grace period of the others ends; {@link DeadlineOrder#NEVER}: none runs
 * @param retryAtMillis when a primary without a data plane looks for a forwarder again; {@link DeadlineOrder#NEVER}: it need not
 * @param requests what waits for an acknowledgement, one a peer and kind at most
 */
public record DelegationProgress(
        Optional<Ipv6Address> candidate,
        boolean candidateWasOther,
        List<Ipv6Address> refused,
        Cause cause,
        boolean admissionPending,
        long orderNumber,
        DelegationStatus reportStatus,
        long settleAtMillis,
        long retryAtMillis,
        List<OutstandingRequest> requests) {

    /** Why a mobile node's forwarder is to change. */
    public enum Cause {
        REGISTRATION,
        POLICY,
        ORDER,
        REPAIR
    }

    static final DelegationProgress NONE = new DelegationProgress(
            Optional.empty(),
            false,
            List.of(),
            Cause.REGISTRATION,
            false,
            0,
            DelegationStatus.ACCEPTED,
            DeadlineOrder.NEVER,
            DeadlineOrder.NEVER,
            List.of());

    public DelegationProgress {
        refused = List.copyOf(refused);
        requests = List.copyOf(requests);
    }

    /** When something is due; {@link DeadlineOrder#NEVER} if nothing is. */
    long nextMillis() {
        long next = Math.min(settleAtMillis, retryAtMillis);
        for (OutstandingRequest request : requests) {
            next = Math.min(next, request.dueMillis());
        }
        return next;
    }
}
