package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.LoadSampled;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one home agent's load: what each source says, which thresholds it is over, and how many answers named it
 * first.
 *
 * <p>Where several sources tell, the home agent's own word counts before the switches', as long as it is fresh.
 *
 * <p>A threshold is exceeded when the value becomes strictly greater, and no longer when it falls below the recover
 * fraction of it.
 */
final class HomeAgentLoad {

    /** In the order in which they are believed. */
    private static final LoadSample.Source[] SOURCES = {
        LoadSample.Source.SNMP, LoadSample.Source.CONSOLE, LoadSample.Source.OPENFLOW
    };

    /**
     * From an answer to its binding, as a rule: answers older than that when bindings were counted are in that count. A
     * mobile node needs a round trip and a second for duplicate address detection at the least.
     */
    private static final long BINDING_DELAY_MILLIS = 3000;

    private BalancingConfig config;

    private final Map<LoadSample.Source, SourceLoad> bySource = new EnumMap<>(LoadSample.Source.class);

    /** The last sample that told a number of bindings. */
    @Nullable
    private LoadSampled reported;

    /** Answers that the reported number may hold already. */
    private long answersReported;

    /** Of the reported bindings, those that were known one by one. */
    private int knownOfReported;

    private final AnswerHistory answers = new AnswerHistory();
    private int knownBindings;
    private boolean overBindings;
    private boolean overReportedBindings;
    private boolean overTransmitRate;
    private boolean overReceiveRate;

    HomeAgentLoad(BalancingConfig config) {
        this.config = config;
    }

    /** New thresholds are judged at once, by the values that are known. */
    void reconfigure(BalancingConfig value) {
        config = value;
        bySource.values().forEach(source -> source.reconfigure(value));
        bindingsChanged(knownBindings);
        judge(newestMillis());
    }

    void bindingsChanged(int bindings) {
        knownBindings = bindings;
        overBindings =
                isOver(overBindings, bindings, config.thresholds().bindings().orElse(Integer.MAX_VALUE));
    }

    /** An answer named it first, to somebody who is not bound yet. */
    void answered(long nowMillis) {
        answers.answered(nowMillis);
    }

    void sampled(LoadSampled sample) {
        SourceLoad known = bySource.get(sample.source());
        if (known == null) {
            bySource.put(sample.source(), new SourceLoad(config, sample));
        } else {
            known.sampled(sample);
        }
        if (sample.bindings().isPresent()) {
            reported = sample;
            knownOfReported = Math.min(knownBindings, sample.bindings().getAsInt());
            answersReported = answers.sumAt(sample.takenAt().toEpochMilli() - BINDING_DELAY_MILLIS);
        }
        judge(sample.takenAt().toEpochMilli());
    }

    /** The switch port is another one from here on, and its counters are others. */
    void countersMoved() {
        SourceLoad switches = bySource.get(LoadSample.Source.OPENFLOW);
        if (switches != null) {
            switches.countersMoved();
        }
    }

    /** When this source's last sample was taken; the beginning of time without one. */
    long sampledAtMillis(LoadSample.Source source) {
        SourceLoad known = bySource.get(source);
        return known == null ? Long.MIN_VALUE : known.sampledAtMillis();
    }

    /** The last sample of the source that counts; of the newest where none is fresh. */
    @Nullable
    LoadSampled lastSample(long nowMillis) {
        SourceLoad current = current(nowMillis);
        if (current != null) {
            return current.last();
        }
        LoadSampled newest = null;
        for (SourceLoad source : bySource.values()) {
            if (newest == null || source.last().takenAt().isAfter(newest.takenAt())) {
                newest = source.last();
            }
        }
        return newest;
    }

    boolean isOverloaded(long nowMillis) {
        return overBindings
                || (overReportedBindings && reportsBindings(nowMillis))
                || ((overTransmitRate || overReceiveRate) && current(nowMillis) != null);
    }

    /** Whether a number of bindings was told that is still believed. */
    boolean reportsBindings(long nowMillis) {
        return reported != null
                && nowMillis - reportedAtMillis() <= config.loadStaleAfter().toMillis();
    }

    long reportedAtMillis() {
        return reported == null ? Long.MIN_VALUE : reported.takenAt().toEpochMilli();
    }

    int reportedBindings() {
        return reported == null ? 0 : reported.bindings().orElse(0);
    }

    /** Of the reported bindings, those that nothing else told of when they were counted. */
    int unseenBindings() {
        return reportedBindings() - knownOfReported;
    }

    /** The bindings that are known of, or what the home agent itself reports when that is more. */
    int bindings(int known, long nowMillis) {
        return reportsBindings(nowMillis) ? Math.max(known, reportedBindings()) : known;
    }

    /** The reported bindings, and the answers given since then. */
    long reportedAndAnswered() {
        return reportedBindings() + answers.sum() - answersReported;
    }

    /** The answers that a number of bindings taken then cannot hold. */
    long answeredSince(long millis) {
        return answers.sum() - answers.sumAt(millis - BINDING_DELAY_MILLIS);
    }

    OptionalDouble transmitRate(long nowMillis) {
        SourceLoad current = current(nowMillis);
        return current == null ? OptionalDouble.empty() : rate(current.transmitRate());
    }

    OptionalDouble receiveRate(long nowMillis) {
        SourceLoad current = current(nowMillis);
        return current == null ? OptionalDouble.empty() : rate(current.receiveRate());
    }

    /** Packets a second in both directions; not a number while unknown. */
    double totalRate(long nowMillis) {
        SourceLoad current = current(nowMillis);
        return current == null ? Double.NaN : current.transmitRate() + current.receiveRate();
    }

    long stateHash() {
        long hash = (overBindings ? 1 : 0)
                | (overReportedBindings ? 2 : 0)
                | (overTransmitRate ? 4 : 0)
                | (overReceiveRate ? 8 : 0);
        hash = Mixing.mix(hash, Mixing.mix(answersReported, reportedAndAnswered()));
        hash = Mixing.mix(hash, knownOfReported);
        for (LoadSample.Source source : SOURCES) {
            SourceLoad known = bySource.get(source);
            hash = Mixing.mix(hash, known == null ? 0 : known.stateHash());
        }
        return hash;
    }

    private void judge(long nowMillis) {
        LoadThresholds thresholds = config.thresholds();
        SourceLoad current = current(nowMillis);
        if (current != null) {
            overTransmitRate = isOver(overTransmitRate, current.transmitRate(), threshold(thresholds.transmitRate()));
            overReceiveRate = isOver(overReceiveRate, current.receiveRate(), threshold(thresholds.receiveRate()));
        }
        overReportedBindings = reported != null
                && isOver(
                        overReportedBindings,
                        reportedBindings(),
                        thresholds.bindings().orElse(Integer.MAX_VALUE));
    }

    @Nullable
    private SourceLoad current(long nowMillis) {
        if (bySource.isEmpty()) {
            return null;
        }
        for (LoadSample.Source source : SOURCES) {
            SourceLoad candidate = bySource.get(source);
            if (candidate != null && candidate.isFresh(nowMillis)) {
                return candidate;
            }
        }
        return null;
    }

    private long newestMillis() {
        long newest = Long.MIN_VALUE;
        for (SourceLoad source : bySource.values()) {
            newest = Math.max(newest, source.sampledAtMillis());
        }
        return newest;
    }

    private static OptionalDouble rate(double value) {
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static double threshold(OptionalLong packetsPerSecond) {
        return packetsPerSecond.isPresent() ? (double) packetsPerSecond.getAsLong() : Double.POSITIVE_INFINITY;
    }

    private boolean isOver(boolean was, double value, double threshold) {
        return value > threshold || (was && value > 0 && value >= threshold * config.recoverFraction());
    }
}
