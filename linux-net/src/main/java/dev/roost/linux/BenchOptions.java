package dev.roost.linux;

import java.util.LinkedHashMap;
import java.util.Map;

/** The command line of {@link TunnelBench}: each option takes a number. */
record BenchOptions(int bindings, int flows, int rounds, int roundMillis, int payloadBytes, int seed) {
    private static final int MAX_PAYLOAD_BYTES = 1_400;

    static BenchOptions parse(String[] args) {
        Map<String, Integer> values = defaults();
        for (int i = 0; i < args.length; i += 2) {
            if (!values.containsKey(args[i]) || i + 1 == args.length || !args[i + 1].matches("[1-9][0-9]{0,6}")) {
                throw new IllegalArgumentException("bench tunnel: '" + args[i] + "' is not one of "
                        + String.join(", ", values.keySet()) + " with a number from 1 to 9999999 behind it");
            }
            values.put(args[i], Integer.parseInt(args[i + 1]));
        }
        int[] inOrder = values.values().stream().mapToInt(Integer::intValue).toArray();
        if (inOrder[4] > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("bench tunnel: --payload-bytes is at most " + MAX_PAYLOAD_BYTES
                    + ", so that the tunnelled packet fits an Ethernet frame; not " + inOrder[4]);
        }
        return new BenchOptions(inOrder[0], inOrder[1], inOrder[2], inOrder[3], inOrder[4], inOrder[5]);
    }

    private static Map<String, Integer> defaults() {
        Map<String, Integer> values = new LinkedHashMap<>();
        values.put("--bindings", 10_000);
        values.put("--flows", 1_000);
        values.put("--rounds", 60);
        values.put("--round-millis", 50);
        values.put("--payload-bytes", 64);
        values.put("--seed", 1);
        return values;
    }
}
