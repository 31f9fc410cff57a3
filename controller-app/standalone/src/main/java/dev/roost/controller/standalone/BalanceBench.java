package dev.roost.controller.standalone;

import dev.roost.loadbalancer.simulation.BalanceResult;
import dev.roost.loadbalancer.simulation.BalanceScenario;
import dev.roost.loadbalancer.simulation.BalanceSimulation;
import dev.roost.loadbalancer.simulation.BalancingPolicy;
import dev.roost.loadbalancer.simulation.CorePolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./roost bench balance}: how evenly a crowd of new mobile nodes spreads over home agents while all that is known of
 * load is old, beside what two simpler ways to choose make of the same crowd. The last line is one JSON object.
 */
@Command(
        name = "bench balance",
        description = "How evenly a crowd spreads over home agents whose load is known late.",
        mixinStandardHelpOptions = true)
public final class BalanceBench implements Callable<Integer> {

    /** The most that is called even. */
    private static final double EVEN = 1.15;

    private static final double WEIGHTED = 0.05;
    private static final List<Integer> WEIGHTS = List.of(1, 2, 4);

    @Option(names = "--home-agents", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int homeAgents = 8;

    @Option(names = "--seed", paramLabel = "N", description = "Another crowd. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    private BalanceBench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new BalanceBench()).execute(args));
    }

    @Override
    public Integer call() {
        if (homeAgents < 2 || homeAgents > 64) {
            System.err.println("--home-agents: wanted 2 to 64, got " + homeAgents);
            return Main.WRONG_CONFIGURATION;
        }
        BalanceScenario equals = BalanceScenario.ofEquals(homeAgents, seed);
        say(
                "%d equal home agents, %d requests a second for %d s, load samples every %d s,%n"
                        + "bindings 0.5 to 5 s after the answer, %d %% never; bindings for each home agent at the end:%n%n",
                homeAgents,
                equals.requestsPerSecond(),
                equals.length().toSeconds(),
                equals.samplePeriod().toSeconds(),
                equals.neverPercent());
        BalanceResult seen = told("Roost, bindings seen as they happen", ofCore(equals));
        BalanceResult unseen = told("Roost, only the samples' counts", ofCore(equals.unseen(false)));
        BalanceResult spread = told("the same, samples one by one", ofCore(equals.unseen(true)));
        BalanceResult silent = told(
                "the same, one home agent silent", ofCore(equals.unseen(true).withSilent(1)));
        BalanceResult random = told("random", BalanceSimulation.run(equals, BalancingPolicy.random(homeAgents, seed)));
        BalanceResult naive = told(
                "least loaded by the last samples",
                BalanceSimulation.run(equals, BalancingPolicy.leastLoaded(homeAgents)));
        BalanceScenario weighted = BalanceScenario.ofWeights(WEIGHTS, seed);
        BalanceResult weightedSeen = ofCore(weighted);
        BalanceResult weightedUnseen = ofCore(weighted.unseen(true));
        double shareError =
                Math.max(weightedSeen.largestShareError(WEIGHTS), weightedUnseen.largestShareError(WEIGHTS));
        say(
                "%nweights 1, 2, 4: shares %s; only counts: %s; off by %.1f %% at the most%n%n",
                shares(weightedSeen), shares(weightedUnseen), shareError * 100);
        double worst = Math.max(
                Math.max(seen.worstPeakOverMean(), unseen.worstPeakOverMean()),
                Math.max(spread.worstPeakOverMean(), silent.worstPeakOverMean()));
        boolean even = worst <= EVEN && shareError <= WEIGHTED;
        say(
                "{\"bench\":\"balance\",\"homeAgents\":%d,\"requestsPerSecond\":%d,\"seconds\":%d,"
                        + "\"loadSampleSeconds\":%d,\"neverPercent\":%d,\"seed\":%d,"
                        + "\"peakOverMean\":%.4f,\"worstPeakOverMean\":%.4f,"
                        + "\"peakOverMeanByCounts\":%.4f,\"peakOverMeanByCountsOneByOne\":%.4f,"
                        + "\"peakOverMeanWithASilentOne\":%.4f,"
                        + "\"randomPeakOverMean\":%.4f,\"naivePeakOverMean\":%.4f,\"naiveWorstPeakOverMean\":%.4f,"
                        + "\"weights\":[1,2,4],\"shares\":[%s],\"largestShareError\":%.4f,\"even\":%b}%n",
                homeAgents,
                equals.requestsPerSecond(),
                equals.length().toSeconds(),
                equals.samplePeriod().toSeconds(),
                equals.neverPercent(),
                seed,
                seen.peakOverMean(),
                worst,
                unseen.peakOverMean(),
                spread.peakOverMean(),
                silent.peakOverMean(),
                random.peakOverMean(),
                naive.peakOverMean(),
                naive.worstPeakOverMean(),
                shares(weightedSeen),
                shareError,
                even);
        return even ? Main.DONE : Main.FAILED;
    }

    private static BalanceResult ofCore(BalanceScenario scenario) {
        return BalanceSimulation.run(scenario, new CorePolicy(scenario));
    }

    private static BalanceResult told(String how, BalanceResult result) {
        say(
                "  %-36s peak/mean %.3f, at its worst %.3f   %s%n",
                how,
                result.peakOverMean(),
                result.worstPeakOverMean(),
                result.bindings().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        return result;
    }

    private static String shares(BalanceResult result) {
        int[] bindings = result.bindings().stream().mapToInt(Integer::intValue).toArray();
        double all = Arrays.stream(bindings).sum();
        return Arrays.stream(bindings)
                .mapToObj(count -> String.format(Locale.ROOT, "%.4f", count / all))
                .collect(Collectors.joining(","));
    }

    private static void say(String format, Object... values) {
        System.out.print(String.format(Locale.ROOT, format, values));
        System.out.flush();
    }
}
