package dev.roost.loadbalancer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Bindings by when they expire: a binary heap whose members know their place, so that a refresh, a release and the next
 * expiry each cost a logarithm.
 */
final class ExpiryHeap {

    private final List<Binding> members = new ArrayList<>();

    void add(Binding binding) {
        members.add(binding);
        binding.heapPosition = members.size() - 1;
        moveUp(binding.heapPosition);
    }

    void remove(Binding binding) {
        int hole = binding.heapPosition;
        Binding last = members.remove(members.size() - 1);
        if (last != binding) {
            place(last, hole);
            moved(last);
        }
    }

    /** To be called after a member's expiry changed. */
    void moved(Binding binding) {
        moveUp(binding.heapPosition);
        moveDown(binding.heapPosition);
    }

    OptionalLong nextExpiryMillis() {
        return members.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(members.get(0).expiresAtMillis());
    }

    /** Shows members that have expired, at most {@code limit} of them, without removing any. */
    void forEachExpired(long nowMillis, int limit, Consumer<Binding> consumer) {
        List<Integer> open = new ArrayList<>();
        open.add(0);
        int shown = 0;
        for (int i = 0; i < open.size() && shown < limit; i++) {
            int position = open.get(i);
            if (position < members.size() && members.get(position).expiresAtMillis() <= nowMillis) {
                consumer.accept(members.get(position));
                shown++;
                open.add(2 * position + 1);
                open.add(2 * position + 2);
            }
        }
    }

    private void moveUp(int from) {
        Binding binding = members.get(from);
        int position = from;
        while (position > 0) {
            Binding parent = members.get((position - 1) / 2);
            if (parent.expiresAtMillis() <= binding.expiresAtMillis()) {
                break;
            }
            place(parent, position);
            position = (position - 1) / 2;
        }
        place(binding, position);
    }

    private void moveDown(int from) {
        Binding binding = members.get(from);
        int position = from;
        while (2 * position + 1 < members.size()) {
            int child = 2 * position + 1;
            if (child + 1 < members.size()
                    && members.get(child + 1).expiresAtMillis()
                            < members.get(child).expiresAtMillis()) {
                child++;
            }
            if (members.get(child).expiresAtMillis() >= binding.expiresAtMillis()) {
                break;
            }
            place(members.get(child), position);
            position = child;
        }
        place(binding, position);
    }

    private void place(Binding binding, int position) {
        members.set(position, binding);
        binding.heapPosition = position;
    }
}
