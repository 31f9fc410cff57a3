package dev.roost.controller;

import dev.roost.openflow.rules.InstalledState;
import dev.roost.openflow.rules.InstalledState.AuditRequest;
import dev.roost.openflow.rules.RuleUpdate;
import dev.roost.openflow.rules.Subject;
import dev.roost.topology.SwitchId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFMessage;

/**
 * The rules of one switch, whether it is connected or not, and what is on its way there.
 *
 * <p>What is to be sent leaves in slices, each followed by a barrier, and only a few slices are on their way at a time:
 * a switch that is slow, or has to be given a hundred thousand rules, is neither swamped nor does it hold anything up.
 * While slices wait, nothing new is worked out; it is better worked out later.
 *
 * <p>Belongs to the loop.
 */
final class SwitchRules {

    private static final int MESSAGES_PER_SLICE = 2000;
    private static final int SLICES_ON_THEIR_WAY = 4;

    private final SwitchId id;
    private final InstalledState state = new InstalledState();
    private final Deque<Subject> backlog = new ArrayDeque<>();
    private final Deque<Subject> later = new ArrayDeque<>();
    private final Deque<Slice> slices = new ArrayDeque<>();
    private @Nullable OpenFlowSwitch connection;
    private int onTheirWay;
    private long updatesQueued;
    private long updatesPassed;
    private boolean auditWanted;
    private long auditStartedNanos;
    private boolean auditUnderWay;
    private @Nullable AuditRequest toCompare;
    private long auditNanos;
    private Optional<String> problem = Optional.empty();

    /** Part of an update; {@code ended} for its last part. */
    private record Slice(List<OFMessage> messages, Optional<RuleUpdate> ended) {}

    /** Tells what came of a slice, on any thread. */
    interface SliceOutcome {

        void passed(Optional<RuleUpdate> ended);

        void failed(String reason);
    }

    SwitchRules(SwitchId id) {
        this.id = id;
    }

    SwitchId id() {
        return id;
    }

    InstalledState state() {
        return state;
    }

    @Nullable
    OpenFlowSwitch connection() {
        return connection;
    }

    boolean isUsing(OpenFlowSwitch candidate) {
        return connection == candidate;
    }

    void onConnected(OpenFlowSwitch newConnection) {
        connection = newConnection;
        auditWanted = true;
        problem = Optional.empty();
    }

    void onDisconnected() {
        connection = null;
        slices.clear();
        onTheirWay = 0;
        updatesPassed = updatesQueued;
        auditUnderWay = false;
        toCompare = null;
        state.onDisconnected();
    }

    /** Subjects to compile when there is time; a switch that is new wants all of them. */
    void addToBacklog(Collection<? extends Subject> subjects) {
        backlog.addAll(subjects);
    }

    /** The same, but nothing waits for it: the rest of what is wanted is known. */
    void compileLater(Collection<? extends Subject> subjects) {
        later.addAll(subjects);
    }

    @Nullable
    Subject pollBacklog() {
        return backlog.isEmpty() ? later.poll() : backlog.poll();
    }

    boolean hasBacklog() {
        return !backlog.isEmpty() || !later.isEmpty();
    }

    /** Whether what is wanted may be compared with what is there: all of it is known, and nothing else is to be sent first. */
    boolean isSettled() {
        return connection != null && backlog.isEmpty() && slices.isEmpty() && onTheirWay < SLICES_ON_THEIR_WAY;
    }

    /** Whether the next turn can go on with a difference that was too large for one; otherwise a barrier's reply wakes. */
    boolean hasMoreToSend() {
        return isSettled() && state.hasDifference();
    }

    void queue(RuleUpdate update) {
        updatesQueued++;
        List<OFMessage> messages = update.messages();
        for (int from = 0; from < messages.size(); from += MESSAGES_PER_SLICE) {
            int to = Math.min(messages.size(), from + MESSAGES_PER_SLICE);
            slices.add(new Slice(
                    messages.subList(from, to), to == messages.size() ? Optional.of(update) : Optional.empty()));
        }
    }

    void sendSlices(SliceOutcome outcome) {
        OpenFlowSwitch to = connection;
        while (to != null && onTheirWay < SLICES_ON_THEIR_WAY && !slices.isEmpty()) {
            Slice slice = slices.remove();
            onTheirWay++;
            to.send(slice.messages());
            to.barrier(new OpenFlowSwitch.Confirmation() {
                @Override
                public void confirmed() {
                    outcome.passed(slice.ended());
                }

                @Override
                public void failed(String reason) {
                    outcome.failed(reason);
                }
            });
        }
    }

    void onPassed(Optional<RuleUpdate> ended) {
        onTheirWay--;
        ended.ifPresent(update -> {
            updatesPassed++;
            state.onConfirmed(update);
        });
    }

    /** How many updates were ever to be sent: those up to here are done when as many {@linkplain #updatesPassed passed}. */
    long updatesQueued() {
        return updatesQueued;
    }

    /** How many of them the switch has passed, in their order; those that a lost connection took with it count. */
    long updatesPassed() {
        return updatesPassed;
    }

    /** Whether all that is wanted so far has been queued. */
    boolean isUpToDate() {
        return state.isKnown() && backlog.isEmpty() && !state.hasDifference();
    }

    /** Whether an audit is to begin now. */
    boolean takeAuditWanted() {
        if (!auditWanted || !isSettled() || toCompare != null) {
            return false;
        }
        auditWanted = false;
        return true;
    }

    void wantAudit() {
        auditWanted = true;
    }

    void auditStarted(long nowNanos) {
        auditUnderWay = true;
        auditStartedNanos = nowNanos;
    }

    void auditEnded(long nowNanos) {
        auditUnderWay = false;
        auditNanos = nowNanos - auditStartedNanos;
    }

    /** What the switch has reported and is still to be compared; nobody is to wait for it. */
    @Nullable
    AuditRequest toCompare() {
        return toCompare;
    }

    void compareNext(@Nullable AuditRequest request) {
        toCompare = request;
    }

    /** How long the last audit took, most of it on the switch's side. */
    long auditNanos() {
        return auditNanos;
    }

    boolean isAuditUnderWay() {
        return auditUnderWay;
    }

    long auditStartedNanos() {
        return auditStartedNanos;
    }

    /** What keeps the rules of this switch from being right, in words; for the health page. */
    Optional<String> problem() {
        return problem;
    }

    void problem(Optional<String> value) {
        problem = value;
    }
}
