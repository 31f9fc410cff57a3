package dev.roost.loadbalancer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bindings by which home agent forwards for them, wherever they are bound: one list for each home agent. Those that were
 * put off lie behind those that were not, in that order. Altered by {@link Bindings} only.
 */
final class Forwarded {

    /** By index of the home agent; the others hang on it. */
    private @Nullable Binding[] first = new Binding[16];

    private @Nullable Binding[] last = new Binding[16];
    private int[] counts = new int[16];

    int countOf(int homeAgent) {
        return homeAgent < counts.length ? counts[homeAgent] : 0;
    }

    /** The one that is to be looked at first; {@link Binding#nextOfForwarder} has the others. */
    @Nullable
    Binding firstOf(int homeAgent) {
        return homeAgent < first.length ? first[homeAgent] : null;
    }

    void add(Binding binding) {
        int index = binding.forwarder();
        if (index >= counts.length) {
            int length = Integer.highestOneBit(index) * 2;
            counts = Arrays.copyOf(counts, length);
            first = Arrays.copyOf(first, length);
            last = Arrays.copyOf(last, length);
        }
        counts[index]++;
        Binding next = first[index];
        binding.nextOfForwarder = next;
        binding.previousOfForwarder = null;
        if (next != null) {
            next.previousOfForwarder = binding;
        } else {
            last[index] = binding;
        }
        first[index] = binding;
    }

    void moveBehind(Binding binding) {
        remove(binding);
        int index = binding.forwarder();
        counts[index]++;
        Binding previous = last[index];
        binding.previousOfForwarder = previous;
        if (previous != null) {
            previous.nextOfForwarder = binding;
        } else {
            first[index] = binding;
        }
        last[index] = binding;
    }

    void remove(Binding binding) {
        Binding previous = binding.previousOfForwarder;
        Binding next = binding.nextOfForwarder;
        counts[binding.forwarder()]--;
        if (next != null) {
            next.previousOfForwarder = previous;
        } else {
            last[binding.forwarder()] = previous;
        }
        if (previous != null) {
            previous.nextOfForwarder = next;
        } else {
            first[binding.forwarder()] = next;
        }
        binding.previousOfForwarder = null;
        binding.nextOfForwarder = null;
    }
}
