package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.LoadSampled;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one home agent's load: the last sample, packet rates over a window, and which thresholds it is over.
 *
 * <p>A rate is taken between the newest sample and the oldest one that is not older than the window. Counters that go back
 * have wrapped, if they are 32 bits wide and the rate stays believable; otherwise whoever counts started anew: then the
 * window starts anew as well, and the last rate stands until two samples give another.
 *
 * <p>A threshold is exceeded when the value becomes strictly greater, and no longer when it falls below the recover
 * fraction of it.
 */
final class HomeAgentLoad {

    private static final int SAMPLES = 16;
    private static final long HALF_OF_32_BITS = 1L << 31;
    private static final int BELIEVABLE_GROWTH = 10;
    private static final double BELIEVABLE_RATE = 100_000;

    private final BalancingConfig config;
    /** A ring of samples; counters made continuous. */
    private final long[] takenAtMillis = new long[SAMPLES];

    private final long[] transmitted = new long[SAMPLES];
    private final long[] received = new long[SAMPLES];
    private int first;
    private int size;

    @Nullable
    private LoadSampled last;

    private boolean moved;
    private double transmitRate = Double.NaN;
    private double receiveRate = Double.NaN;
    private boolean overBindings;
    private boolean overReportedBindings;
    private boolean overTransmitRate;
    private boolean overReceiveRate;

    HomeAgentLoad(BalancingConfig config) {
        this.config = config;
    }

    void bindingsChanged(int bindings) {
        overBindings =
                isOver(overBindings, bindings, config.thresholds().bindings().orElse(Integer.MAX_VALUE));
    }

    void sampled(LoadSampled sample) {
        LoadSampled previous = last;
        last = sample;
        boolean anew = moved || previous == null || previous.source() != sample.source();
        moved = false;
        if (anew || previous == null || !continueCounters(previous, sample)) {
            size = 0;
            append(sample.takenAt().toEpochMilli(), sample.packetsTransmitted(), sample.packetsReceived());
        }
        updateRates();
        LoadThresholds thresholds = config.thresholds();
        overTransmitRate = isOver(overTransmitRate, transmitRate, threshold(thresholds.transmitRate()));
        overReceiveRate = isOver(overReceiveRate, receiveRate, threshold(thresholds.receiveRate()));
        overReportedBindings = sample.bindings().isPresent()
                && isOver(
                        overReportedBindings,
                        sample.bindings().getAsInt(),
                        thresholds.bindings().orElse(Integer.MAX_VALUE));
    }

    /** Whoever counts is another one from here on: the next sample begins a new window. */
    void countersMoved() {
        moved = true;
    }

    /** When the last sample was taken; the beginning of time without one. */
    long sampledAtMillis() {
        return last == null ? Long.MIN_VALUE : last.takenAt().toEpochMilli();
    }

    @Nullable
    LoadSampled lastSample() {
        return last;
    }

    boolean isFresh(long nowMillis) {
        return last != null
                && nowMillis - sampledAtMillis() <= config.loadStaleAfter().toMillis();
    }

    boolean isOverloaded(long nowMillis) {
        return overBindings || (isFresh(nowMillis) && (overReportedBindings || overTransmitRate || overReceiveRate));
    }

    /** The bindings that are known of, or what the home agent itself reports when that is more. */
    int bindings(int known, long nowMillis) {
        return last != null && last.bindings().isPresent() && isFresh(nowMillis)
                ? Math.max(known, last.bindings().getAsInt())
                : known;
    }

    OptionalDouble transmitRate(long nowMillis) {
        return isFresh(nowMillis) && !Double.isNaN(transmitRate)
                ? OptionalDouble.of(transmitRate)
                : OptionalDouble.empty();
    }

    OptionalDouble receiveRate(long nowMillis) {
        return isFresh(nowMillis) && !Double.isNaN(receiveRate)
                ? OptionalDouble.of(receiveRate)
                : OptionalDouble.empty();
    }

    /** Packets a second in both directions; 0 while unknown, which lowers nothing. */
    double totalRate(long nowMillis) {
        return isFresh(nowMillis) && !Double.isNaN(transmitRate) ? transmitRate + receiveRate : 0;
    }

    long stateHash() {
        long hash = (overBindings ? 1 : 0)
                | (overReportedBindings ? 2 : 0)
                | (overTransmitRate ? 4 : 0)
                | (overReceiveRate ? 8 : 0)
                | (moved ? 16 : 0);
        hash = Mixing.mix(hash, Double.doubleToLongBits(transmitRate));
        hash = Mixing.mix(hash, Double.doubleToLongBits(receiveRate));
        if (last != null) {
            hash = Mixing.mix(hash, sampledAtMillis());
            hash = Mixing.mix(hash, Mixing.mix(last.packetsTransmitted(), last.packetsReceived()));
        }
        return hash;
    }

    private boolean continueCounters(LoadSampled previous, LoadSampled sample) {
        double seconds = (sample.takenAt().toEpochMilli() - previous.takenAt().toEpochMilli()) / 1000.0;
        int bits = sample.counterBits();
        long transmittedMore = growth(previous.packetsTransmitted(), sample.packetsTransmitted(), bits);
        long receivedMore = growth(previous.packetsReceived(), sample.packetsReceived(), bits);
        if (transmittedMore < 0 || receivedMore < 0) {
            return false;
        }
        boolean wrapped = Long.compareUnsigned(sample.packetsTransmitted(), previous.packetsTransmitted()) < 0
                || Long.compareUnsigned(sample.packetsReceived(), previous.packetsReceived()) < 0;
        if (wrapped && !(isBelievable(transmittedMore / seconds) && isBelievable(receivedMore / seconds))) {
            return false;
        }
        int newest = (first + size - 1) % SAMPLES;
        append(sample.takenAt().toEpochMilli(), transmitted[newest] + transmittedMore, received[newest] + receivedMore);
        return true;
    }

    /** By how much a counter grew; negative when it cannot have. */
    private static long growth(long before, long after, int bits) {
        long difference = after - before;
        if (bits == 64) {
            return Long.compareUnsigned(after, before) < 0 ? -1 : Math.max(difference, -1);
        }
        long wrapping = difference & 0xffff_ffffL;
        return wrapping < HALF_OF_32_BITS ? wrapping : -1;
    }

    private boolean isBelievable(double rate) {
        double known = Double.isNaN(transmitRate) ? 0 : Math.max(transmitRate, receiveRate);
        return rate <= Math.max(BELIEVABLE_RATE, known * BELIEVABLE_GROWTH);
    }

    /** Samples that come close together replace each other, so that the ring always reaches over the window. */
    private void append(long atMillis, long transmittedNow, long receivedNow) {
        long spacing = config.rateWindow().toMillis() / (SAMPLES - 2);
        if (size >= 2) {
            int newest = (first + size - 1) % SAMPLES;
            int before = (first + size - 2) % SAMPLES;
            if (takenAtMillis[newest] - takenAtMillis[before] < spacing) {
                size--;
            }
        }
        if (size == SAMPLES) {
            first = (first + 1) % SAMPLES;
            size--;
        }
        int place = (first + size) % SAMPLES;
        takenAtMillis[place] = atMillis;
        transmitted[place] = transmittedNow;
        received[place] = receivedNow;
        size++;
    }

    private void updateRates() {
        if (size < 2) {
            return;
        }
        int newest = (first + size - 1) % SAMPLES;
        int oldest = (first + size - 2) % SAMPLES;
        for (int i = size - 3; i >= 0; i--) {
            int candidate = (first + i) % SAMPLES;
            if (takenAtMillis[newest] - takenAtMillis[candidate]
                    > config.rateWindow().toMillis()) {
                break;
            }
            oldest = candidate;
        }
        double seconds = (takenAtMillis[newest] - takenAtMillis[oldest]) / 1000.0;
        transmitRate = (transmitted[newest] - transmitted[oldest]) / seconds;
        receiveRate = (received[newest] - received[oldest]) / seconds;
    }

    private static double threshold(OptionalLong packetsPerSecond) {
        return packetsPerSecond.isPresent() ? (double) packetsPerSecond.getAsLong() : Double.POSITIVE_INFINITY;
    }

    private boolean isOver(boolean was, double value, double threshold) {
        return value > threshold || (was && value > 0 && value >= threshold * config.recoverFraction());
    }
}
