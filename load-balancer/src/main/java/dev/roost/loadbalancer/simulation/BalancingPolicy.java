package dev.roost.loadbalancer.simulation;

import java.util.SplittableRandom;

/** Chooses a home agent for each mobile node that asks, by what it is told. Times are milliseconds of a virtual clock. */
public interface BalancingPolicy {

    /** Which home agent is named first. */
    int choose(long nowMillis, int mobileNode);

    /** A home agent's bindings as they were counted a little while ago. */
    default void sampled(long nowMillis, long takenAtMillis, int homeAgent, int bindings) {}

    /** A mobile node registers, and that is seen. */
    default void registered(long nowMillis, int mobileNode, int homeAgent) {}

    /** Whoever had the fewest bindings when last counted; the first of several. */
    static BalancingPolicy leastLoaded(int homeAgents) {
        int[] counted = new int[homeAgents];
        return new BalancingPolicy() {
            @Override
            public int choose(long nowMillis, int mobileNode) {
                int best = 0;
                for (int i = 1; i < counted.length; i++) {
                    if (counted[i] < counted[best]) {
                        best = i;
                    }
                }
                return best;
            }

            @Override
            public void sampled(long nowMillis, long takenAtMillis, int homeAgent, int bindings) {
                counted[homeAgent] = bindings;
            }
        };
    }

    /** Anybody. */
    static BalancingPolicy random(int homeAgents, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return (nowMillis, mobileNode) -> random.nextInt(homeAgents);
    }
}
