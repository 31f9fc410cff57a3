package dev.roost.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/**
 * Everything that is counted, by name and labels, for the metrics page.
 *
 * <p>Callers look a counter up once and keep it; counting is one uncontended add on any thread. Names are those of the
 * metrics page, {@code roost_..._total}. The number of series is bounded, because labels such as the reason of a
 * refusal come from the core: what would be one too many is counted under {@link #OVERFLOW}.
 */
public final class Counters {

    static final Series OVERFLOW = new Series("roost_counter_series_overflow_total", List.of());

    private static final int MAX_SERIES = 4096;

    /** One counter's name and its labels, name and value in turn. */
    public record Series(String name, List<String> labels) implements Comparable<Series> {

        public Series {
            labels = List.copyOf(labels);
            if (labels.size() % 2 != 0) {
                throw new IllegalArgumentException("a label without a value: " + labels);
            }
        }

        @Override
        public int compareTo(Series other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : labels.toString().compareTo(other.labels.toString());
        }
    }

    private final ConcurrentMap<Series, LongAdder> series = new ConcurrentHashMap<>();

    /** The counter of that name and those labels (name and value in turn), made when it is new. */
    public LongAdder counter(String name, String... labels) {
        Series key = new Series(name, List.of(labels));
        LongAdder known = series.get(key);
        if (known != null) {
            return known;
        }
        Series admitted = series.size() < MAX_SERIES ? key : OVERFLOW;
        return series.computeIfAbsent(admitted, unused -> new LongAdder());
    }

    /** What a counter stands at; 0 when nothing asked for it yet. */
    public long value(String name, String... labels) {
        LongAdder counter = series.get(new Series(name, List.of(labels)));
        return counter == null ? 0 : counter.sum();
    }

    /** What all counters of that name, whatever their labels, stand at together. */
    public long total(String name) {
        long total = 0;
        for (Map.Entry<Series, LongAdder> entry : series.entrySet()) {
            if (entry.getKey().name().equals(name)) {
                total += entry.getValue().sum();
            }
        }
        return total;
    }

    /** All counters, sorted by name and labels. */
    public void forEach(ObjLongConsumer<Series> consumer) {
        List<Series> keys = new ArrayList<>(series.keySet());
        keys.sort(null);
        for (Series key : keys) {
            LongAdder counter = series.get(key);
            if (counter != null) {
                consumer.accept(key, counter.sum());
            }
        }
    }
}
