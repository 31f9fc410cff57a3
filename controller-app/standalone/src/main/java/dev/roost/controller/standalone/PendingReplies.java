package dev.roost.controller.standalone;

import dev.roost.controller.OpenFlowSwitch.Confirmation;
import dev.roost.controller.OpenFlowSwitch.StatsReceiver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsReplyFlags;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.protocol.OFStatsType;

/**
 * What has been asked of one switch and not been answered yet, by xid. Bounded in number and in time; whoever asked
 * hears exactly once how it ended.
 *
 * <p>All on the channel's event loop.
 */
final class PendingReplies {

    private static final int MOST = 1024;
    /** From the question, or from the last part of the answer. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Map<Long, Pending> pending = new HashMap<>();

    private abstract static class Pending {

        private long deadlineNanos;

        Pending(long nowNanos) {
            deadlineNanos = nowNanos + PATIENCE_NANOS;
        }

        abstract void failed(String reason);
    }

    private static final class PendingBarrier extends Pending {

        private final Confirmation confirmation;

        PendingBarrier(Confirmation confirmation, long nowNanos) {
            super(nowNanos);
            this.confirmation = confirmation;
        }

        @Override
        void failed(String reason) {
            confirmation.failed(reason);
        }
    }

    private static final class PendingStats<R extends OFStatsReply> extends Pending {

        private final OFStatsType type;
        private final StatsReceiver<R> receiver;

        PendingStats(OFStatsType type, StatsReceiver<R> receiver, long nowNanos) {
            super(nowNanos);
            this.type = type;
            this.receiver = receiver;
        }

        /** The request's type says which class its replies have, but only openflowj's type parameter knows it. */
        @SuppressWarnings("unchecked")
        void part(OFStatsReply reply) {
            receiver.part((R) reply);
        }

        @Override
        void failed(String reason) {
            receiver.failed(reason);
        }
    }

    boolean expectBarrier(long xid, Confirmation confirmation, long nowNanos) {
        return expect(xid, new PendingBarrier(confirmation, nowNanos));
    }

    <R extends OFStatsReply> boolean expectStats(OFStatsRequest<R> request, StatsReceiver<R> receiver, long nowNanos) {
        return expect(request.getXid(), new PendingStats<>(request.getStatsType(), receiver, nowNanos));
    }

    private boolean expect(long xid, Pending question) {
        if (pending.size() >= MOST) {
            question.failed("more than " + MOST + " questions are open");
            return false;
        }
        pending.put(xid, question);
        return true;
    }

    void onBarrier(long xid) {
        if (pending.get(xid) instanceof PendingBarrier barrier) {
            pending.remove(xid);
            barrier.confirmation.confirmed();
        }
    }

    void onStats(OFStatsReply reply) {
        if (!(pending.get(reply.getXid()) instanceof PendingStats<?> stats)) {
            return;
        }
        boolean last = !reply.getFlags().contains(OFStatsReplyFlags.REPLY_MORE);
        if (stats.type != reply.getStatsType()) {
            pending.remove(reply.getXid());
            stats.failed("asked for " + stats.type + ", got " + reply.getStatsType());
            return;
        }
        ((Pending) stats).deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        stats.part(reply);
        if (last) {
            pending.remove(reply.getXid());
            stats.receiver.complete();
        }
    }

    /** False when the error is about none of these. */
    boolean onError(OFErrorMsg error) {
        Pending question = pending.remove(error.getXid());
        if (question == null) {
            return false;
        }
        question.failed("refused: " + error.getErrType());
        return true;
    }

    void expire(long nowNanos) {
        List<Pending> late = new ArrayList<>();
        for (Iterator<Pending> all = pending.values().iterator(); all.hasNext(); ) {
            Pending question = all.next();
            if (nowNanos - question.deadlineNanos > 0) {
                late.add(question);
                all.remove();
            }
        }
        late.forEach(question -> question.failed("no answer"));
    }

    void failAll(String reason) {
        List<Pending> all = new ArrayList<>(pending.values());
        pending.clear();
        all.forEach(question -> question.failed(reason));
    }
}
