package dev.roost.openflow.rules;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.projectfloodlight.openflow.protocol.OFMessage;

/**
 * What was sent and not yet passed by a barrier, so that an error message can be told what it is about. Bounded: the oldest are given
 * up first, and an error about one of those is left for the next audit to find.
 */
final class SentMessages {

    private final int limit;
    private final Map<Long, Target> byXid = new LinkedHashMap<>();
    private long givenUp;

    SentMessages(int limit) {
        this.limit = limit;
    }

    /** What a message was about: a rule, a group or a meter. */
    record Target(Optional<FlowKey> flow, Optional<Integer> group, Optional<Integer> meter) {

        @Override
        public String toString() {
            return flow.map(FlowKey::toString)
                    .or(() -> group.map(id -> "group " + Integer.toUnsignedString(id)))
                    .orElseGet(() -> "meter " + meter.orElse(0));
        }

        static Target of(FlowKey key) {
            return new Target(Optional.of(key), Optional.empty(), Optional.empty());
        }

        static Target ofGroup(int id) {
            return new Target(Optional.empty(), Optional.of(id), Optional.empty());
        }

        static Target ofMeter(int id) {
            return new Target(Optional.empty(), Optional.empty(), Optional.of(id));
        }
    }

    /** Remembers a message and hands it back. */
    <T extends OFMessage> T sent(T message, Target target) {
        byXid.put(message.getXid(), target);
        if (byXid.size() > limit) {
            Iterator<Long> oldest = byXid.keySet().iterator();
            oldest.next();
            oldest.remove();
            givenUp++;
        }
        return message;
    }

    Optional<Target> remove(long xid) {
        return Optional.ofNullable(byXid.remove(xid));
    }

    void confirm(RuleUpdate update, Consumer<Target> taken) {
        for (OFMessage message : update.messages()) {
            Target target = byXid.remove(message.getXid());
            if (target != null) {
                taken.accept(target);
            }
        }
    }

    void clear() {
        byXid.clear();
    }

    int size() {
        return byXid.size();
    }

    long givenUp() {
        return givenUp;
    }
}
