package dev.roost.delegation;

import dev.roost.delegation.DelegationChange.DelegationForgotten;
import dev.roost.delegation.DelegationChange.ForwardersChanged;
import dev.roost.delegation.DelegationEffect.AdmitRegistration;
import dev.roost.delegation.DelegationEffect.RefuseRegistration;
import dev.roost.delegation.DelegationProgress.Cause;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.OutstandingRequest.Kind;
import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One step of one mobile node through the table of {@link Primary}: taken up from what is known, altered by what happened, and laid
 * down as a change. It lives for one decision; nothing else sees it before {@link #finish}.
 *
 * <p>The primitives are here: who holds, who else may forward, what is outstanding. Which of them an event wants is {@link
 * DelegationRules}'.
 */
final class DelegationStep {
    /** What all steps of a primary share. */
    record Context(
            PrimarySettings settings, Identifiers identifiers, Announcements announcements, RequestWindows windows) {}

    private final PrimarySettings settings;
    private final Identifiers identifiers;
    private final Announcements announcements;
    private final RequestWindows windows;
    private final DelegationDecision.Builder decision;
    private final Instant now;
    private final long nowMillis;
    private final @Nullable Delegation before;

    final Ipv6Address homeAddress;

    @Nullable
    Registration registration;

    long epoch;
    Ipv6Address holder;
    final List<Ipv6Address> others;
    boolean reported;

    @Nullable
    Ipv6Address candidate;

    boolean candidateWasOther;
    List<Ipv6Address> refused;
    Cause cause;
    boolean admissionPending;
    long orderNumber;
    DelegationStatus reportStatus;
    long settleAtMillis;
    long retryAtMillis;
    final List<OutstandingRequest> requests;
    /** A secondary said nothing, and may another time. */
    boolean isToBeRetried;

    /** Takes up what is known of a mobile node, or nothing yet. */
    DelegationStep(
            Context context,
            DelegationDecision.Builder decision,
            Instant now,
            Ipv6Address homeAddress,
            @Nullable Delegation before) {
        this.settings = context.settings();
        this.identifiers = context.identifiers();
        this.announcements = context.announcements();
        this.windows = context.windows();
        this.decision = decision;
        this.now = now;
        this.nowMillis = now.toEpochMilli();
        this.homeAddress = homeAddress;
        this.before = before;
        DelegationProgress progress = before == null ? DelegationProgress.NONE : before.progress();
        registration = before == null ? null : before.registration().orElse(null);
        epoch = before == null ? 0 : before.epoch();
        holder = before == null ? settings.address() : before.holder();
        others = before == null ? new ArrayList<>(2) : new ArrayList<>(before.others());
        reported = before == null || before.reported();
        candidate = progress.candidate().orElse(null);
        candidateWasOther = progress.candidateWasOther();
        refused = progress.refused();
        cause = progress.cause();
        admissionPending = progress.admissionPending();
        orderNumber = progress.orderNumber();
        reportStatus = progress.reportStatus();
        settleAtMillis = progress.settleAtMillis();
        retryAtMillis = progress.retryAtMillis();
        requests = new ArrayList<>(progress.requests());
    }

    Ipv6Address self() {
        return settings.address();
    }

    long nowMillis() {
        return nowMillis;
    }

    boolean isSelfHolder() {
        return holder.equals(self());
    }

    /** Whether one more home agent may be asked; one place is kept for who holds now. */
    boolean hasRoomForAnother() {
        return others.size() < Delegation.MAX_OTHERS - 1;
    }

    /** The epoch of the next thing to be said; see {@link Epochs}. */
    void nextEpoch() {
        epoch++;
    }

    void raiseEpoch(long least) {
        if (Long.compareUnsigned(least, epoch) > 0) {
            epoch = least;
        }
    }

    void count(DelegationCounter counter) {
        decision.count(counter);
    }

    // ---- requests

    /** Asks a secondary to start, in place of whatever it was asked before about this mobile node. */
    void sendStart(Ipv6Address secondary) {
        send(Kind.START, secondary);
    }

    void sendStop(Ipv6Address secondary) {
        send(Kind.STOP, secondary);
    }

    /** Tells the controller who holds, or goes on at once where there is none. */
    void report(DelegationStatus status) {
        // Of two reports the later one has the newer epoch, whoever they name.
        nextEpoch();
        reported = false;
        reportStatus = status;
        settleAtMillis = DeadlineOrder.NEVER;
        requests.removeIf(request -> request.kind() == Kind.REPORT);
        if (settings.controller().isPresent()) {
            send(Kind.REPORT, settings.controller().orElseThrow());
        } else {
            onReported();
        }
    }

    /** Switches steer to the holder: the grace period of the others begins. */
    void onReported() {
        reported = true;
        reportStatus = DelegationStatus.ACCEPTED;
        requests.removeIf(request -> request.kind() == Kind.REPORT);
        if (others.stream().anyMatch(other -> !other.equals(candidate))) {
            settleAtMillis = nowMillis + settings.gracePeriod().toMillis();
        }
    }

    /** At once if it takes the place of another that is under way, or there is room; else when it is its turn. */
    private void send(Kind kind, Ipv6Address peer) {
        boolean goes = false;
        for (OutstandingRequest request : List.copyOf(requests)) {
            if (request.peer().equals(peer) && (request.kind() == Kind.REPORT) == (kind == Kind.REPORT)) {
                requests.remove(request);
                goes |= !request.isWaiting();
            }
        }
        if (goes || windows.take(peer)) {
            OutstandingRequest request = OutstandingRequest.of(kind, peer, identifiers.next(), epoch, nowMillis);
            requests.add(request);
            decision.send(peer, message(request));
        } else {
            requests.add(OutstandingRequest.waiting(kind, peer, identifiers.next(), epoch, nowMillis));
        }
    }

    /** Sends what waits, as far as it is its turn. */
    void sendWaiting() {
        for (int i = 0; i < requests.size(); i++) {
            OutstandingRequest request = requests.get(i);
            if (request.isWaiting() && windows.takeTurn(request.peer())) {
                OutstandingRequest first = request.first(nowMillis);
                requests.set(i, first);
                decision.send(first.peer(), message(first));
            }
        }
    }

    /** It goes on waiting for its turn. */
    void keepWaiting(OutstandingRequest request) {
        requests.set(requests.indexOf(request), request.patient());
    }

    /** Whether a secondary is to start, and has not been told yet. */
    boolean isStartWaiting(Ipv6Address peer) {
        return requests.stream()
                .anyMatch(request -> request.kind() == Kind.START
                        && request.isWaiting()
                        && request.peer().equals(peer));
    }

    /** Sends it once more in turn. */
    void sendAgain(OutstandingRequest request) {
        windows.onLate(request.peer(), nowMillis);
        OutstandingRequest again = request.again(nowMillis);
        requests.set(requests.indexOf(request), again);
        decision.count(kindCounter(request)).send(again.peer(), message(again));
    }

    private static DelegationCounter kindCounter(OutstandingRequest request) {
        return request.kind() == Kind.REPORT && request.tries() >= OutstandingRequest.MAX_TRIES
                ? DelegationCounter.REPORTS_REPEATED
                : DelegationCounter.RETRANSMISSIONS;
    }

    /** Sends it once more out of turn, since the peer had another session; once a turn, so nobody can keep it busy. */
    void sendForSession(OutstandingRequest request) {
        if (!request.resent()) {
            OutstandingRequest outOfTurn = request.outOfTurn();
            requests.set(requests.indexOf(request), outOfTurn);
            decision.send(request.peer(), message(outOfTurn));
        }
    }

    /** Asks the same under the present epoch and a new identifier, at the pace of the old one. */
    void renew(OutstandingRequest request) {
        requests.add(request.renewed(identifiers.next(), epoch));
    }

    /** Whoever was asked to start and has not answered is asked for the time until the registration ends now, at the same pace. */
    void renewStarts() {
        nextEpoch();
        for (OutstandingRequest request : List.copyOf(requests)) {
            if (request.kind() == Kind.START) {
                OutstandingRequest renewed = request.renewed(identifiers.next(), epoch);
                requests.set(requests.indexOf(request), renewed);
                if (!renewed.isWaiting()) {
                    decision.send(renewed.peer(), message(renewed));
                }
            }
        }
    }

    private ForwardingMessage message(OutstandingRequest request) {
        Registration present = registration;
        if (request.kind() == Kind.STOP) {
            return new StopForwarding(request.identifier(), homeAddress, request.epoch(), Optional.empty());
        } else if (present == null) {
            throw new IllegalStateException("nothing but Stop without a registration: " + request);
        } else if (request.kind() == Kind.REPORT) {
            return new ForwarderReport(
                    request.identifier(), reportStatus, homeAddress, present.careOfAddress(), holder, request.epoch());
        }
        boolean usesOwn = settings.outerSource() == PrimarySettings.OuterSource.PRIMARY;
        return new StartForwarding(
                request.identifier(),
                homeAddress,
                present.careOfAddress(),
                usesOwn ? self() : request.peer(),
                StartForwarding.IPV6_IN_IPV6,
                request.epoch(),
                Math.max(1, (present.expiresAtMillis() - nowMillis + 999) / 1000));
    }

    @Nullable
    OutstandingRequest request(long identifier) {
        for (OutstandingRequest request : requests) {
            if (request.identifier() == identifier) {
                return request;
            }
        }
        return null;
    }

    boolean isAsked(Kind kind, Ipv6Address peer) {
        return requests.stream()
                .anyMatch(request -> request.kind() == kind && request.peer().equals(peer));
    }

    // ---- who forwards

    /** Asks a candidate; whoever forwards goes on. */
    void start(Ipv6Address secondary, Cause why) {
        cancelCandidate();
        nextEpoch();
        candidate = secondary;
        candidateWasOther = others.contains(secondary);
        cause = why;
        retryAtMillis = DeadlineOrder.NEVER;
        if (!candidateWasOther) {
            others.add(secondary);
        }
        count(DelegationCounter.DELEGATIONS_STARTED);
        sendStart(secondary);
    }

    /** The candidate is wanted no more; it may have started. */
    void cancelCandidate() {
        Ipv6Address former = candidate;
        if (former == null) {
            return;
        }
        boolean isTold = !isStartWaiting(former);
        candidate = null;
        requests.removeIf(
                request -> request.kind() == Kind.START && request.peer().equals(former));
        if (!isTold && !candidateWasOther) {
            others.remove(former);
        } else if (candidateWasOther) {
            // Switches may steer to it still: it goes on until the others are stopped.
            if (reported && settleAtMillis == DeadlineOrder.NEVER) {
                settleAtMillis = nowMillis + settings.gracePeriod().toMillis();
            }
        } else {
            sendStop(former);
        }
    }

    /** The candidate forwards: it holds now, and who held before goes on until everybody knows. */
    void promoteCandidate() {
        Ipv6Address next = candidate;
        if (next == null) {
            throw new IllegalStateException("no candidate for " + homeAddress);
        }
        candidate = null;
        refused = List.of();
        others.remove(next);
        if (!isSelfHolder() || settings.forwardsItself()) {
            others.add(holder);
        }
        holder = next;
        count(DelegationCounter.DELEGATIONS_DONE);
        report(DelegationStatus.ACCEPTED);
    }

    /** The primary tunnels again itself, at once. */
    void takeBack() {
        if (isSelfHolder()) {
            return;
        }
        requests.removeIf(request -> request.peer().equals(holder));
        if (!others.contains(holder)) {
            others.add(holder);
        }
        holder = self();
        others.remove(holder);
        count(DelegationCounter.TAKEN_BACK);
        decision.effect(new DelegationEffect.Announce(homeAddress));
        announcements.announced(now, homeAddress);
        report(DelegationStatus.ACCEPTED);
    }

    /** The holder gets what is new of the registration; the others too, while packets may still come to them. */
    void update(boolean careOfAddressChanged) {
        nextEpoch();
        if (!isSelfHolder()) {
            sendStart(holder);
        }
        Ipv6Address asked = candidate;
        if (asked != null) {
            sendStart(asked);
        }
        if (careOfAddressChanged) {
            for (Ipv6Address other : others) {
                if (!other.equals(self()) && !other.equals(candidate) && !isAsked(Kind.STOP, other)) {
                    sendStart(other);
                }
            }
        }
    }

    /** The grace period is over: who is not wanted stops. */
    void settle() {
        settleAtMillis = DeadlineOrder.NEVER;
        others.remove(self());
        for (Ipv6Address other : others) {
            if (!other.equals(candidate) && !isAsked(Kind.STOP, other)) {
                sendStop(other);
            }
        }
    }

    /** The registration is over: nobody is to forward. */
    void release() {
        Ipv6Address asked = candidate;
        if (asked != null && !candidateWasOther && isStartWaiting(asked)) {
            others.remove(asked);
        }
        registration = null;
        if (!isSelfHolder()) {
            others.add(holder);
        }
        holder = self();
        others.remove(holder);
        candidate = null;
        admissionPending = false;
        reported = true;
        settleAtMillis = DeadlineOrder.NEVER;
        retryAtMillis = DeadlineOrder.NEVER;
        requests.clear();
        others.forEach(this::sendStop);
    }

    void admit() {
        if (admissionPending) {
            admissionPending = false;
            decision.effect(new AdmitRegistration(homeAddress));
        }
    }

    /** Nobody forwards, and this primary does not either. */
    void refuseRegistration() {
        admissionPending = false;
        decision.effect(new RefuseRegistration(homeAddress));
    }

    /** Lays down what has become of it. */
    void finish() {
        if (registration == null && others.isEmpty()) {
            if (before != null) {
                decision.change(new DelegationForgotten(homeAddress, !before.isPlain(self())));
            }
            return;
        }
        Delegation after = new Delegation(
                homeAddress,
                Optional.ofNullable(registration),
                epoch,
                holder,
                others,
                reported,
                new DelegationProgress(
                        Optional.ofNullable(candidate),
                        candidateWasOther,
                        refused,
                        cause,
                        admissionPending,
                        orderNumber,
                        reportStatus,
                        settleAtMillis,
                        retryAtMillis,
                        requests));
        boolean wasPlain = before == null || before.isPlain(self());
        boolean durable = wasPlain ? !after.isPlain(self()) : before == null || !after.isDurablyEqual(before);
        decision.change(new ForwardersChanged(after, durable));
    }
}
