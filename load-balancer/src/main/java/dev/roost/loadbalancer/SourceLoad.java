package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.LoadSampled;

/**
 * What one source says of one home agent's load: its last sample, and packet rates over a window.
 *
 * <p>A rate is taken between the newest sample and the oldest one that is not older than the window. Counters that go back
 * have wrapped, if they are 32 bits wide and the rate stays believable; otherwise whoever counts started anew: then the
 * window starts anew as well, and the last rate stands until two samples give another.
 */
final class SourceLoad {

    private static final int SAMPLES = 16;
    private static final long HALF_OF_32_BITS = 1L << 31;
    private static final int BELIEVABLE_GROWTH = 10;
    private static final double BELIEVABLE_RATE = 100_000;

    private BalancingConfig config;
    private long staleAfterMillis;
    /** A ring of samples; counters made continuous. */
    private final long[] takenAtMillis = new long[SAMPLES];

    private final long[] transmitted = new long[SAMPLES];
    private final long[] received = new long[SAMPLES];
    private int first;
    private int size;
    private LoadSampled last;
    private boolean moved;
    private double transmitRate = Double.NaN;
    private double receiveRate = Double.NaN;

    SourceLoad(BalancingConfig config, LoadSampled sample) {
        this.config = config;
        this.staleAfterMillis = config.loadStaleAfter().toMillis();
        this.last = sample;
        begin(sample);
    }

    void reconfigure(BalancingConfig value) {
        config = value;
        staleAfterMillis = value.loadStaleAfter().toMillis();
    }

    void sampled(LoadSampled sample) {
        LoadSampled previous = last;
        last = sample;
        if (moved || !continueCounters(previous, sample)) {
            begin(sample);
        }
        moved = false;
        updateRates();
    }

    /** Whoever counts is another one from here on: the next sample begins a new window. */
    void countersMoved() {
        moved = true;
    }

    LoadSampled last() {
        return last;
    }

    long sampledAtMillis() {
        return last.takenAt().toEpochMilli();
    }

    boolean isFresh(long nowMillis) {
        return nowMillis - sampledAtMillis() <= staleAfterMillis;
    }

    /** Packets a second; not a number while unknown. */
    double transmitRate() {
        return transmitRate;
    }

    /** Packets a second; not a number while unknown. */
    double receiveRate() {
        return receiveRate;
    }

    long stateHash() {
        long hash = Mixing.mix(moved ? 1 : 0, Double.doubleToLongBits(transmitRate));
        hash = Mixing.mix(hash, Double.doubleToLongBits(receiveRate));
        hash = Mixing.mix(hash, sampledAtMillis());
        return Mixing.mix(hash, Mixing.mix(last.packetsTransmitted(), last.packetsReceived()));
    }

    private void begin(LoadSampled sample) {
        size = 0;
        append(sample.takenAt().toEpochMilli(), sample.packetsTransmitted(), sample.packetsReceived());
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
}
