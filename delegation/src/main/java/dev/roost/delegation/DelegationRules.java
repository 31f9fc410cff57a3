package dev.roost.delegation;

import dev.roost.delegation.DelegationProgress.Cause;
import dev.roost.delegation.OutstandingRequest.Kind;
import dev.roost.delegation.PrimarySettings.Mode;
import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What each event does to one mobile node: the rows of {@link Primary}'s table. Keeps nothing. */
final class DelegationRules {
    /** Two registrations of one care-of address that end as close to each other as this are one that was repeated. */
    private static final long REPEATED_WITHIN_MILLIS = 5000;

    private static final long RETRY_MILLIS = 5000;

    private final PrimarySettings settings;
    private final ForwarderChoice choice;

    DelegationRules(PrimarySettings settings, ForwarderChoice choice) {
        this.settings = settings;
        this.choice = choice;
    }

    /** @param isDoubted reports of a former registration may still be under way */
    void onRegistration(DelegationStep step, Registration next, boolean isDoubted) {
        @Nullable Registration last = step.registration;
        boolean moved = last != null && !last.careOfAddress().equals(next.careOfAddress());
        step.registration = next;
        step.raiseEpoch(Epochs.of(next.registeredAtMillis()));
        step.refused = List.of();
        step.admissionPending = true;
        if (last == null && (isDoubted || !step.others.isEmpty())) {
            // It is back while secondaries of its former registration are being stopped, or were a moment ago.
            step.report(DelegationStatus.ACCEPTED);
        }
        if (settings.mode() == Mode.LATE) {
            step.admit();
        }
        if (!next.delegable()) {
            keep(step);
        } else if (last != null && isRepeated(last, next) && isAnswerAwaited(step)) {
            step.renewStarts();
        } else {
            onDelegable(step, last == null, moved);
        }
    }

    /** Only the primary can forward for it. */
    private void keep(DelegationStep step) {
        step.cancelCandidate();
        if (settings.forwardsItself()) {
            step.takeBack();
            step.admit();
        } else {
            step.refuseRegistration();
            step.release();
        }
    }

    private static boolean isRepeated(Registration last, Registration next) {
        return last.careOfAddress().equals(next.careOfAddress())
                && last.delegable() == next.delegable()
                && Math.abs(last.expiresAtMillis() - next.expiresAtMillis()) < REPEATED_WITHIN_MILLIS;
    }

    /** Whether all who forward, or shall, have been asked and have not answered. */
    private static boolean isAnswerAwaited(DelegationStep step) {
        boolean isHolderAsked = step.isAsked(Kind.START, step.holder);
        return step.candidate == null ? isHolderAsked : isHolderAsked || step.isSelfHolder();
    }

    private void onDelegable(DelegationStep step, boolean isNew, boolean moved) {
        if (step.candidate != null || !step.isSelfHolder()) {
            step.update(moved);
            return;
        }
        if (moved) {
            step.update(true);
        }
        if (settings.mode() == Mode.STRICT) {
            attempt(step, Cause.REGISTRATION);
        } else if (isNew && step.hasRoomForAnother()) {
            choice.forNewMobileNode().ifPresent(secondary -> step.start(secondary, Cause.POLICY));
        }
    }

    /** Asks the next secondary, if there is one. */
    private void attempt(DelegationStep step, Cause cause) {
        Optional<Ipv6Address> next =
                step.hasRoomForAnother() ? choice.next(step.refused, step.holder) : Optional.empty();
        if (next.isPresent()) {
            step.start(next.orElseThrow(), cause);
        } else {
            exhausted(step);
        }
    }

    /** No secondary is left to be asked. */
    private void exhausted(DelegationStep step) {
        step.refused = List.of();
        if (settings.forwardsItself()) {
            step.admit();
            return;
        }
        boolean wasWaiting = step.admissionPending;
        if (wasWaiting) {
            step.refuseRegistration();
        }
        if (wasWaiting && step.isSelfHolder()) {
            step.release();
        } else {
            step.retryAtMillis = step.nowMillis() + RETRY_MILLIS;
        }
    }

    void onRelease(DelegationStep step) {
        step.release();
    }

    /** Goes on after a restart with what is left of the registration. */
    void onRestart(DelegationStep step, Registration registration) {
        step.registration = registration;
        step.raiseEpoch(Epochs.of(registration.registeredAtMillis()));
        if (!step.reported) {
            step.report(DelegationStatus.ACCEPTED);
        } else if (!step.others.isEmpty()) {
            step.onReported();
        }
        if (step.isSelfHolder() && !settings.forwardsItself()) {
            attempt(step, Cause.REPAIR);
        }
    }

    // ---- acknowledgements

    void onAcknowledgement(DelegationStep step, OutstandingRequest request, DelegationStatus status, long heldEpoch) {
        if (status == DelegationStatus.SESSION) {
            step.sendForSession(request);
            return;
        }
        switch (request.kind()) {
            case START -> onStartAcknowledged(step, request, status);
            case STOP -> onStopAcknowledged(step, request, heldEpoch);
            case REPORT -> onReportAcknowledged(step, request, status, heldEpoch);
        }
    }

    /** A stale epoch is a refusal like others: who has a newer one has the later registration, and this primary was left. */
    private void onStartAcknowledged(DelegationStep step, OutstandingRequest request, DelegationStatus status) {
        step.requests.remove(request);
        if (request.peer().equals(step.candidate)) {
            if (status.isAccepted()) {
                step.promoteCandidate();
                step.admit();
            } else {
                step.count(DelegationCounter.DELEGATIONS_REFUSED);
                onCandidateFailed(step, status, true);
            }
        } else if (request.peer().equals(step.holder)) {
            if (status.isAccepted()) {
                step.admit();
            } else {
                step.count(DelegationCounter.DELEGATIONS_REFUSED);
                replaceHolder(step);
            }
        }
    }

    /** @param refused it said so; else it may take it another time */
    private void onCandidateFailed(DelegationStep step, DelegationStatus status, boolean refused) {
        @Nullable Ipv6Address failed = step.candidate;
        if (failed == null) {
            return;
        }
        // A refusal may be about a later Start than the one it has taken; so it is stopped, too.
        step.cancelCandidate();
        refuse(step, failed);
        if (step.cause == Cause.REGISTRATION || step.cause == Cause.REPAIR) {
            attempt(step, step.cause);
        } else if (step.admissionPending) {
            attempt(step, Cause.REGISTRATION);
        } else {
            if (step.cause == Cause.ORDER) {
                step.report(status);
            }
            step.refused = refused ? step.refused : List.of();
        }
        step.isToBeRetried = !refused;
    }

    /** The holder is of no use any more. */
    private void replaceHolder(DelegationStep step) {
        Ipv6Address failed = step.holder;
        if (settings.forwardsItself()) {
            step.takeBack();
            step.admit();
        } else if (step.candidate == null) {
            refuse(step, failed);
            attempt(step, Cause.REPAIR);
        }
    }

    private static void refuse(DelegationStep step, Ipv6Address secondary) {
        List<Ipv6Address> refused = new ArrayList<>(step.refused);
        refused.add(secondary);
        step.refused = refused;
    }

    private static void onStopAcknowledged(DelegationStep step, OutstandingRequest request, long heldEpoch) {
        step.requests.remove(request);
        if (Long.compareUnsigned(heldEpoch, request.epoch()) > 0) {
            // It holds what this primary started before it forgot its epochs.
            step.raiseEpoch(heldEpoch);
            step.renew(request);
        } else {
            step.others.remove(request.peer());
        }
    }

    private void onReportAcknowledged(
            DelegationStep step, OutstandingRequest request, DelegationStatus status, long heldEpoch) {
        if (status.isAccepted()) {
            step.onReported();
        } else if (status == DelegationStatus.SUPERSEDED) {
            step.raiseEpoch(heldEpoch);
            step.nextEpoch();
            step.requests.remove(request);
            step.renew(request);
        } else if (status == DelegationStatus.UNKNOWN_BINDING) {
            onUnknownBinding(step, request);
        } else if (!step.isSelfHolder()) {
            replaceHolder(step);
        }
    }

    /** The controller knows the mobile node at another primary, or does not know yet that it is bound here. */
    private void onUnknownBinding(DelegationStep step, OutstandingRequest request) {
        if (step.isSelfHolder()) {
            step.onReported();
        } else if (request.tries() >= OutstandingRequest.MAX_TRIES) {
            replaceHolder(step);
        }
    }

    // ---- orders

    /** An order of the controller or of an operator; the status is its answer. */
    DelegationStatus onOrder(DelegationStep step, Ipv6Address forwarder) {
        @Nullable Registration registration = step.registration;
        boolean toSelf = forwarder.equals(step.self());
        if (registration == null) {
            return DelegationStatus.UNKNOWN_BINDING;
        } else if (forwarder.isUnspecified()) {
            if (step.reported) {
                step.report(DelegationStatus.ACCEPTED);
            }
            return DelegationStatus.ACCEPTED;
        } else if (toSelf ? !settings.forwardsItself() : !registration.delegable()) {
            return DelegationStatus.NOT_DELEGABLE;
        } else if (!toSelf && !isPossibleForwarder(forwarder)) {
            return DelegationStatus.UNKNOWN_FORWARDER;
        } else if (forwarder.equals(step.candidate)) {
            step.cause = Cause.ORDER;
            return DelegationStatus.ACCEPTED;
        } else if (!toSelf && !forwarder.equals(step.holder) && !step.hasRoomForAnother()) {
            return DelegationStatus.INSUFFICIENT_RESOURCES;
        }
        step.refused = List.of();
        if (forwarder.equals(step.holder)) {
            step.cancelCandidate();
            if (step.reported) {
                step.report(DelegationStatus.ACCEPTED);
            }
            if (step.isSelfHolder() || !step.isAsked(Kind.START, step.holder)) {
                step.admit();
            }
        } else if (toSelf) {
            step.cancelCandidate();
            step.takeBack();
            step.admit();
        } else {
            step.start(forwarder, Cause.ORDER);
        }
        return DelegationStatus.ACCEPTED;
    }

    private boolean isPossibleForwarder(Ipv6Address forwarder) {
        return settings.secondaries().isEmpty()
                ? settings.prefix().contains(forwarder)
                : settings.secondaries().contains(forwarder);
    }

    // ---- time and peers

    void onDue(DelegationStep step) {
        for (OutstandingRequest request : List.copyOf(step.requests)) {
            if (request.dueMillis() <= step.nowMillis() && step.requests.contains(request)) {
                onDue(step, request);
            }
        }
        if (step.settleAtMillis <= step.nowMillis()) {
            step.settle();
        }
        if (step.retryAtMillis <= step.nowMillis()) {
            step.retryAtMillis = DeadlineOrder.NEVER;
            if (step.candidate == null) {
                attempt(step, Cause.REPAIR);
            }
        }
    }

    private void onDue(DelegationStep step, OutstandingRequest request) {
        if (request.kind() == Kind.REPORT
                && settings.controller().filter(request.peer()::equals).isEmpty()) {
            step.report(step.reportStatus);
        } else if (request.isWaiting()) {
            onLongWait(step, request);
        } else if (!request.isExhausted()) {
            step.sendAgain(request);
        } else {
            step.requests.remove(request);
            step.count(DelegationCounter.REQUESTS_UNANSWERED);
            onUnanswered(step, request);
        }
    }

    private void onUnanswered(DelegationStep step, OutstandingRequest request) {
        if (request.kind() == Kind.STOP) {
            step.others.remove(request.peer());
        } else if (request.peer().equals(step.candidate)) {
            step.count(DelegationCounter.DELEGATIONS_UNANSWERED);
            onCandidateFailed(step, DelegationStatus.REFUSED, false);
        } else if (request.peer().equals(step.holder)) {
            step.isToBeRetried = true;
            replaceHolder(step);
        }
    }

    /**
     * The peer is busy with others' requests. It is not told less for that, but the mobile node does not wait: a primary that can forwards
     * itself meanwhile.
     */
    private void onLongWait(DelegationStep step, OutstandingRequest request) {
        boolean isCandidate = request.peer().equals(step.candidate);
        if (isCandidate && step.admissionPending && !settings.forwardsItself()) {
            onUnanswered(step, request);
        } else if (request.kind() == Kind.START && request.peer().equals(step.holder)) {
            step.requests.remove(request);
            onUnanswered(step, request);
        } else {
            step.keepWaiting(request);
            if (isCandidate) {
                step.admit();
            }
        }
    }

    /** A secondary is not heard any more, or is none any more. */
    void onSecondaryLost(DelegationStep step, Ipv6Address secondary) {
        if (step.isStartWaiting(secondary) && secondary.equals(step.candidate)) {
            onCandidateFailed(step, DelegationStatus.REFUSED, false);
        }
        if (step.registration != null && step.holder.equals(secondary)) {
            step.isToBeRetried = true;
            replaceHolder(step);
            if (settings.mode() == Mode.STRICT && step.isSelfHolder() && step.candidate == null) {
                step.refused = List.of(secondary);
                attempt(step, Cause.REPAIR);
            }
        }
    }

    /** A secondary has begun anew and does not hold all that it was given. */
    void onSecondaryRestarted(DelegationStep step, Ipv6Address secondary) {
        if (step.registration != null && step.holder.equals(secondary) && !step.isAsked(Kind.START, secondary)) {
            step.update(false);
        }
    }

    /** The policy would have this one elsewhere. */
    void onPolicy(DelegationStep step, Ipv6Address forwarder) {
        if (step.registration == null || step.candidate != null || forwarder.equals(step.holder)) {
            return;
        }
        if (forwarder.equals(step.self())) {
            step.takeBack();
        } else if (step.hasRoomForAnother()) {
            step.refused = List.of();
            step.start(forwarder, Cause.POLICY);
        }
    }
}
