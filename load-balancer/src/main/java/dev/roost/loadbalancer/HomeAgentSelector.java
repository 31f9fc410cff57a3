package dev.roost.loadbalancer;

/**
 * The order in which home agents are named.
 *
 * <p>Goals: the operator's preference comes first, but nobody who is overloaded is named before somebody who is not only
 * for that; load follows the weights; a burst spreads evenly although what is known of load is old; nobody is favoured for
 * a place in a table.
 *
 * <p>Algorithm: descending by effective preference (the advertised one, lowered while a load threshold is exceeded); where
 * that is equal, who is not overloaded comes first (the floor of 0 may hide the penalty); then ascending by what it would
 * carry for its weight if it were named; then by packet rate, in steps of a fifth, since smaller differences are noise;
 * then by a seeded random number. All of it fits one long for each home agent, so ordering is sorting longs.
 *
 * <p>What a home agent carries is the larger of two estimates, since each can only miss something:
 * <ul>
 *   <li>bindings that were seen one by one, and answers in flight;
 *   <li>bindings as its last sample counted them, and all answers given since that count was taken. Where a count is not
 *       to be had, never was, or is stale, but others' is, it counts as having, for its weight, what the others have on
 *       average, taken when theirs were; as far as the others' counts tell more than what was seen of them one by one,
 *       since otherwise what was seen of this one is right, too. So nobody draws a herd by being silent, and nobody is
 *       left out for it.
 * </ul>
 * An unknown packet rate comes after the known ones; an unknown load exceeds no threshold.
 *
 * <p>Worked case, preferences and weights equal: bindings plus credit of a, b, c are 3, 2, 2 and b has the higher rate:
 * c b a. The answer gives c one credit: the next is b c a or, after that, whatever chance says. With weights 1 and 4, and
 * nothing carried, the second comes first: 1/4 is less than 1/1.
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

    private final Tables tables;
    private long[] keys = new long[16];
    private HomeAgent[] ordered = new HomeAgent[16];
    private HomeAgent[] nameable = new HomeAgent[16];
    /** Of those that report a number of bindings: by weight, and when they were counted. */
    private double averageReported;

    private long averageReportedAtMillis;
    private boolean anyReported;
    /** What part of the reported bindings nothing else told of: 0 to 1. */
    private double unseenShare;

    private int largestWeight;

    HomeAgentSelector(Tables tables) {
        this.tables = tables;
    }

    int effectivePreference(HomeAgent homeAgent, long nowMillis) {
        int preference = homeAgent.facts().preference();
        return tables.loads.of(homeAgent.index()).isOverloaded(nowMillis)
                ? Math.max(0, preference - tables.config.balancing().overloadPenalty())
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
            nameable = new HomeAgent[homeAgents.length];
        }
        int count = survey(homeAgents, nowMillis);
        for (int i = 0; i < count; i++) {
            insert(i, key(nameable[i], credits, nowMillis, chance), nameable[i]);
        }
        return count;
    }

    HomeAgent at(int position) {
        return ordered[position];
    }

    /** Finds those that may be named, and what can only be said of all of them together. */
    private int survey(HomeAgent[] homeAgents, long nowMillis) {
        int count = 0;
        int reporting = 0;
        double reported = 0;
        long reportedSum = 0;
        long unseenSum = 0;
        long ageMillis = 0;
        largestWeight = 1;
        for (HomeAgent homeAgent : homeAgents) {
            if (homeAgent.mayBeNamed(nowMillis)) {
                nameable[count++] = homeAgent;
                largestWeight = Math.max(largestWeight, homeAgent.weight);
                HomeAgentLoad load = tables.loads.of(homeAgent.index());
                if (load.reportsBindings(nowMillis)) {
                    reporting++;
                    reported += (double) load.reportedBindings() / homeAgent.weight;
                    reportedSum += load.reportedBindings();
                    unseenSum += load.unseenBindings();
                    ageMillis += nowMillis - load.reportedAtMillis();
                }
            }
        }
        anyReported = reporting > 0;
        if (anyReported) {
            averageReported = reported / reporting;
            averageReportedAtMillis = nowMillis - ageMillis / reporting;
            unseenShare = reportedSum == 0 ? 1 : (double) unseenSum / reportedSum;
        }
        return count;
    }

    /** Unsigned ascending is the order. */
    private long key(HomeAgent homeAgent, int[] credits, long nowMillis, long chance) {
        int index = homeAgent.index();
        HomeAgentLoad load = tables.loads.of(index);
        boolean overloaded = load.isOverloaded(nowMillis);
        int preference = homeAgent.facts().preference();
        int effective =
                overloaded ? Math.max(0, preference - tables.config.balancing().overloadPenalty()) : preference;
        long inFlight = index < credits.length ? credits[index] : 0;
        long seen = tables.bindings.countOf(index) + inFlight;
        long carried = Math.max(seen, anyReported ? reported(homeAgent, load, seen, nowMillis) : 0);
        long ifNamed = carried + 1;
        // Mostly all weigh the same, and a division is what costs most here.
        long burden = homeAgent.weight == largestWeight ? ifNamed : ifNamed * largestWeight / homeAgent.weight;
        long tie = Mixing.mix(chance ^ index) >>> (Long.SIZE - TIE_BITS);
        long key = (0xffffL - effective) << 1 | (overloaded ? 1 : 0);
        key = key << LOAD_BITS | Math.min(MOST_LOAD, burden);
        key = key << RATE_BITS | rateStep(load.totalRate(nowMillis));
        return key << TIE_BITS | tie;
    }

    private long reported(HomeAgent homeAgent, HomeAgentLoad load, long seen, long nowMillis) {
        if (load.reportsBindings(nowMillis)) {
            return load.reportedAndAnswered();
        }
        double average = averageReported * homeAgent.weight + load.answeredSince(averageReportedAtMillis);
        return Math.round(unseenShare * average + (1 - unseenShare) * seen);
    }

    private static int rateStep(double rate) {
        if (Double.isNaN(rate)) {
            return MOST_RATE;
        }
        return rate < RATE_FLOOR
                ? 0
                : Math.min(MOST_RATE - 1, 1 + (int) (STEPS_PER_DOUBLING * Math.log(rate / RATE_FLOOR) / LN_2));
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
