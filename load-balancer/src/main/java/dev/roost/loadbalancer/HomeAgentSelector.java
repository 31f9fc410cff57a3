package dev.roost.loadbalancer;

/**
 * The order in which home agents are named.
 *
 * <p>Goals: the operator's preference comes first, but nobody who is overloaded is named before somebody who is not only
 * for that; a burst spreads evenly; nobody is favoured for a place in a table.
 *
 * <p>Algorithm: descending by effective preference (the advertised one, lowered while a load threshold is exceeded); where
 * that is equal, who is not overloaded comes first (the floor of 0 may hide the penalty); then ascending by bindings plus
 * in-flight credit; then by packet rate, in steps of a fifth, since smaller differences are noise; then by a seeded
 * random number. All of it fits one long for each home agent, so ordering is sorting longs.
 *
 * <p>Worked case, preferences equal: bindings plus credit of a, b, c are 3, 2, 2 and b has the higher rate: c b a. The
 * answer gives c one credit: the next is b c a or, after that, whatever chance says.
 *
 * <p>Costs what sorting the home agents costs; holds scratch space and nothing that is remembered.
 */
final class HomeAgentSelector {

    private static final int LOAD_BITS = 27;
    private static final int RATE_BITS = 7;
    private static final int TIE_BITS = 13;
    private static final int MOST_LOAD = (1 << LOAD_BITS) - 1;
    private static final int MOST_RATE = (1 << RATE_BITS) - 1;
    private static final double RATE_FLOOR = 16;
    private static final double STEPS_PER_DOUBLING = 4;
    private static final double LN_2 = Math.log(2);

    private final BalancingConfig config;
    private final Bindings bindings;
    private final LoadTable loads;
    private long[] keys = new long[16];
    private HomeAgent[] ordered = new HomeAgent[16];

    HomeAgentSelector(BalancingConfig config, Bindings bindings, LoadTable loads) {
        this.config = config;
        this.bindings = bindings;
        this.loads = loads;
    }

    int effectivePreference(HomeAgent homeAgent, long nowMillis) {
        int preference = homeAgent.facts().preference();
        return loads.of(homeAgent.index()).isOverloaded(nowMillis)
                ? Math.max(0, preference - config.overloadPenalty())
                : preference;
    }

    /**
     * Puts those that may be named in order and returns how many; {@link #at} has them until the next call.
     *
     * @param credits by index; beyond its end there are none
     * @param chance decides ties
     */
    int order(HomeAgent[] homeAgents, int[] credits, long nowMillis, long chance) {
        if (keys.length < homeAgents.length) {
            keys = new long[homeAgents.length];
            ordered = new HomeAgent[homeAgents.length];
        }
        int count = 0;
        for (HomeAgent homeAgent : homeAgents) {
            if (homeAgent.mayBeNamed(nowMillis)) {
                insert(count++, key(homeAgent, credits, nowMillis, chance), homeAgent);
            }
        }
        return count;
    }

    HomeAgent at(int position) {
        return ordered[position];
    }

    /** Unsigned ascending is the order. */
    private long key(HomeAgent homeAgent, int[] credits, long nowMillis, long chance) {
        int index = homeAgent.index();
        HomeAgentLoad load = loads.of(index);
        boolean overloaded = load.isOverloaded(nowMillis);
        int preference = homeAgent.facts().preference();
        int effective = overloaded ? Math.max(0, preference - config.overloadPenalty()) : preference;
        long inFlight = index < credits.length ? credits[index] : 0;
        long carried = Math.min(MOST_LOAD, load.bindings(bindings.countOf(index), nowMillis) + inFlight);
        long tie = Mixing.mix(chance ^ index) >>> (Long.SIZE - TIE_BITS);
        long key = (0xffffL - effective) << 1 | (overloaded ? 1 : 0);
        key = key << LOAD_BITS | carried;
        key = key << RATE_BITS | rateStep(load.totalRate(nowMillis));
        return key << TIE_BITS | tie;
    }

    private static int rateStep(double rate) {
        return rate < RATE_FLOOR
                ? 0
                : Math.min(MOST_RATE, 1 + (int) (STEPS_PER_DOUBLING * Math.log(rate / RATE_FLOOR) / LN_2));
    }

    /** Insertion: there are few, and they come nearly in order from one request to the next. */
    private void insert(int count, long key, HomeAgent homeAgent) {
        int position = count;
        while (position > 0 && Long.compareUnsigned(keys[position - 1], key) > 0) {
            keys[position] = keys[position - 1];
            ordered[position] = ordered[position - 1];
            position--;
        }
        keys[position] = key;
        ordered[position] = homeAgent;
    }
}
