package dev.roost.loadbalancer.simulation;

import java.util.List;

/**
 * Where the crowd went.
 *
 * @param bindings at each home agent, after the last one has come
 * @param peakOverMean the most bindings for its weight that a home agent has, over the average
 * @param worstPeakOverMean the same at its worst, once a second from ten seconds on
 */
public record BalanceResult(List<Integer> bindings, double peakOverMean, double worstPeakOverMean) {

    public BalanceResult {
        bindings = List.copyOf(bindings);
    }

    /** By how much the share of a home agent differs from what its weight promises, at the most; 0.05 is 5 %. */
    public double largestShareError(List<Integer> weights) {
        double allBindings = bindings.stream().mapToInt(Integer::intValue).sum();
        double allWeights = weights.stream().mapToInt(Integer::intValue).sum();
        double largest = 0;
        for (int i = 0; i < bindings.size(); i++) {
            double promised = weights.get(i) / allWeights;
            largest = Math.max(largest, Math.abs(bindings.get(i) / allBindings / promised - 1));
        }
        return largest;
    }
}
