package dev.roost.homeagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One measurement: starts a home agent, has the generator register and refresh its nodes, and reads what both cost. The two phases
 * are told apart by the home agent's own status file.
 */
final class BenchRun {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(3);

    private final BenchArguments arguments;
    private final BenchStage stage;

    private BenchRun(BenchArguments arguments, BenchStage stage) {
        this.arguments = arguments;
        this.stage = stage;
    }

    /** What the generator saw. */
    record Generator(
            int bindings,
            long registered,
            double registerSeconds,
            double registerP99Millis,
            double refreshedPerSecond,
            double refreshP99Millis,
            long started,
            long answered) {

        /** The last answer comes a second after the last request, for duplicate address detection; that second is no work. */
        double registeredPerSecond() {
            return registered / Math.max(0.001, registerSeconds - 1);
        }

        long unanswered() {
            return started - answered;
        }

        boolean isComplete() {
            return registered == bindings && unanswered() == 0;
        }

        static Generator parse(int bindings, String json) {
            String register = object(json, "register");
            // Not there when nothing was refreshed.
            String refresh = json.contains("\"refresh\":{")
                    ? object(json, "refresh")
                    : "{\"answersPerSecond\":0,\"p99\":0,\"started\":0,\"answered\":0}";
            return new Generator(
                    bindings,
                    (long) number(register, "answered"),
                    number(register, "seconds"),
                    number(register, "p99"),
                    number(refresh, "answersPerSecond"),
                    number(refresh, "p99"),
                    (long) (number(register, "started") + number(refresh, "started")),
                    (long) (number(register, "answered") + number(refresh, "answered")));
        }

        private static String object(String json, String name) {
            int at = json.indexOf("\"" + name + "\":{");
            if (at < 0) {
                throw new IllegalStateException("the generator told nothing about '" + name + "': " + json);
            }
            int depth = 0;
            for (int i = json.indexOf('{', at); i < json.length(); i++) {
                depth += json.charAt(i) == '{' ? 1 : json.charAt(i) == '}' ? -1 : 0;
                if (depth == 0) {
                    return json.substring(at, i + 1);
                }
            }
            throw new IllegalStateException("the generator's last line is cut off: " + json);
        }

        private static double number(String json, String name) {
            Matcher matcher = Pattern.compile("\"" + name + "\":(-?[0-9.]+)").matcher(json);
            if (!matcher.find()) {
                throw new IllegalStateException("the generator told no '" + name + "': " + json);
            }
            return Double.parseDouble(matcher.group(1));
        }
    }

    /** What the processes had spent when there were so many bindings. */
    private record Mark(long bindings, double cpuSeconds, double secondaryCpuSeconds) {}

    /**
     * What came of it.
     *
     * @param cpuMicrosPerRegistration of the second half of them
     * @param secondary what the second home agent spent on the same, if there is one
     */
    record Result(
            Generator generator,
            double cpuMicrosPerRegistration,
            double cpuMicrosPerRefresh,
            double kernelBytesPerBinding,
            double heapBytesPerBinding,
            long residentKib,
            Optional<Secondary> secondary) {}

    /** @param entries for how many mobile nodes it forwarded in the end */
    record Secondary(double cpuMicrosPerDelegation, double cpuMicrosPerUpdate, int entries, long updates) {}

    static Result measure(BenchArguments arguments) throws IOException, InterruptedException {
        return measure(arguments, BenchStage.Shape.ALONE);
    }

    static Result measure(BenchArguments arguments, BenchStage.Shape shape) throws IOException, InterruptedException {
        try (BenchStage stage = new BenchStage(arguments.bindings(), arguments.detection(), shape)) {
            return new BenchRun(arguments, stage).measure();
        }
    }

    private Result measure() throws IOException, InterruptedException {
        List<Process> homeAgents = stage.startHomeAgents();
        ProcessCosts costs = new ProcessCosts(homeAgents.get(0).pid());
        Optional<ProcessCosts> secondary =
                homeAgents.stream().skip(1).findFirst().map(each -> new ProcessCosts(each.pid()));
        long kernelBefore = costs.kernelBytes();
        long heapBefore = costs.liveHeapBytes();
        Path output = stage.file("generator.out");
        Process generator = stage.startGenerator(output, generatorArguments());
        // By the first half the Java virtual machine has found out what it has to compile.
        Mark half = awaitBindings(arguments.bindings() / 2, generator, costs, secondary);
        Mark registered = awaitBindings(arguments.bindings(), generator, costs, secondary);
        generator.waitFor();
        Mark end = new Mark(registered.bindings(), costs.cpuSeconds(), cpuSeconds(secondary));
        double registrations = Math.max(1, registered.bindings() - half.bindings());
        List<String> lines = Files.readAllLines(output);
        String json = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        if (!json.startsWith("{")) {
            throw new IllegalStateException(
                    "the generator failed: " + String.join("\n", Files.readAllLines(stage.file("generator.err"))));
        }
        Generator seen = Generator.parse(arguments.bindings(), json);
        double refreshes = seen.answered() - seen.registered();
        long resident = costs.residentKib();
        return new Result(
                seen,
                (registered.cpuSeconds() - half.cpuSeconds()) * 1e6 / registrations,
                (end.cpuSeconds() - registered.cpuSeconds()) * 1e6 / Math.max(1, refreshes),
                (double) (costs.kernelBytes() - kernelBefore) / seen.registered(),
                (double) (costs.liveHeapBytes() - heapBefore) / seen.registered(),
                resident,
                secondary.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Secondary(
                                (registered.secondaryCpuSeconds() - half.secondaryCpuSeconds()) * 1e6 / registrations,
                                (end.secondaryCpuSeconds() - registered.secondaryCpuSeconds())
                                        * 1e6
                                        / Math.max(1, refreshes),
                                (int) awaitCount("entries", seen.registered()),
                                awaitCount("forwardingUpdated", (long) refreshes))));
    }

    private static double cpuSeconds(Optional<ProcessCosts> costs) {
        return costs.map(ProcessCosts::cpuSeconds).orElse(0.0);
    }

    /** What the second home agent counts, when it is what is wanted or after a while: its status file is a second old at most. */
    private long awaitCount(String name, long wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SHOWN_WITHIN.toNanos();
        long shown = 0;
        while (shown < wanted && System.nanoTime() < deadline) {
            Matcher count = Pattern.compile("\"" + name + "\":([0-9]+)").matcher(stage.homeAgentStatus(1));
            shown = count.find() ? Long.parseLong(count.group(1)) : 0;
            Thread.sleep(POLL.toMillis());
        }
        return shown;
    }

    private List<String> generatorArguments() {
        return List.of(
                "--many", Integer.toString(arguments.bindings()),
                "--rate", arguments.rate(),
                "--refresh-rate", arguments.refreshRate(),
                "--window", Integer.toString(arguments.window()),
                "--duration", Integer.toString(arguments.seconds()));
    }

    /** Waits for so many bindings, as the status file tells each second. */
    private Mark awaitBindings(int least, Process generator, ProcessCosts costs, Optional<ProcessCosts> secondary)
            throws IOException, InterruptedException {
        Pattern bindings = Pattern.compile("\"bindings\":([0-9]+),");
        String before = "";
        while (true) {
            String status = stage.homeAgentStatus(0);
            Matcher count = bindings.matcher(status);
            // One that was there before tells of up to a second ago.
            boolean isNew = !status.equals(before) && !before.isEmpty();
            before = status;
            long shown = count.find() ? Long.parseLong(count.group(1)) : 0;
            if ((shown >= least && isNew) || shown == arguments.bindings() || !generator.isAlive()) {
                return new Mark(shown, costs.cpuSeconds(), cpuSeconds(secondary));
            }
            Thread.sleep(POLL.toMillis());
        }
    }
}
