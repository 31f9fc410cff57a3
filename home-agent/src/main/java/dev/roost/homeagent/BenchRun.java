package dev.roost.homeagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One measurement: starts a home agent, has the generator register and refresh its nodes, and reads what both cost. The two phases
 * are told apart by the home agent's own status file.
 */
final class BenchRun {
    private static final Duration POLL = Duration.ofMillis(100);

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

    /** What the process had spent when there were so many bindings. */
    private record Mark(long bindings, double cpuSeconds) {}

    /**
     * What came of it.
     *
     * @param cpuMicrosPerRegistration of the second half of them
     */
    record Result(
            Generator generator,
            double cpuMicrosPerRegistration,
            double cpuMicrosPerRefresh,
            double kernelBytesPerBinding,
            double heapBytesPerBinding,
            long residentKib) {}

    static Result measure(BenchArguments arguments) throws IOException, InterruptedException {
        try (BenchStage stage = new BenchStage(arguments.bindings(), arguments.detection(), 1)) {
            return new BenchRun(arguments, stage).measure();
        }
    }

    private Result measure() throws IOException, InterruptedException {
        ProcessCosts costs = new ProcessCosts(stage.startHomeAgents().get(0).pid());
        long kernelBefore = costs.kernelBytes();
        long heapBefore = costs.liveHeapBytes();
        Path output = stage.file("generator.out");
        Process generator = stage.startGenerator(output, generatorArguments());
        // By the first half the Java virtual machine has found out what it has to compile.
        Mark half = awaitBindings(arguments.bindings() / 2, generator, costs);
        Mark registered = awaitBindings(arguments.bindings(), generator, costs);
        generator.waitFor();
        double cpuAtEnd = costs.cpuSeconds();
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
                (cpuAtEnd - registered.cpuSeconds()) * 1e6 / Math.max(1, refreshes),
                (double) (costs.kernelBytes() - kernelBefore) / seen.registered(),
                (double) (costs.liveHeapBytes() - heapBefore) / seen.registered(),
                resident);
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
    private Mark awaitBindings(int least, Process generator, ProcessCosts costs)
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
                return new Mark(shown, costs.cpuSeconds());
            }
            Thread.sleep(POLL.toMillis());
        }
    }
}
