package dev.roost.controller;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** One counter for each word of a closed set of reasons; counting costs no look-up by name. */
final class CounterByReason<E extends Enum<E>> {

    private final Map<E, LongAdder> counters;

    CounterByReason(Class<E> reasons, Function<E, LongAdder> counterOf) {
        counters = new EnumMap<>(reasons);
        for (E reason : reasons.getEnumConstants()) {
            counters.put(reason, counterOf.apply(reason));
        }
    }

    void increment(E reason) {
        LongAdder counter = counters.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
