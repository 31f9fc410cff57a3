package dev.roost.loadbalancer;

import dev.roost.loadbalancer.DelegationNote.BudgetNoted;

/** How many mobile nodes may be moved of one's own accord by now, at {@code movesPerMinute}. */
final class MoveBudget {

    private final Tables tables;

    MoveBudget(Tables tables) {
        this.tables = tables;
    }

    /**
     * What is left.
     *
     * @param burstMillis what was not used longer ago than that is lost
     */
    int left(long nowMillis, long burstMillis) {
        return (int) Math.max(0, (nowMillis - from(nowMillis, burstMillis)) / millisPerMove() + 1);
    }

    /** When there is something left again, if there is not now. */
    long freeAtMillis() {
        BudgetNoted noted = tables.delegations.budget();
        return noted == null ? 0 : (long) Math.ceil(noted.freeAtMillis());
    }

    /** What is to be remembered when so many were moved. */
    BudgetNoted spent(long nowMillis, long burstMillis, int moves) {
        return new BudgetNoted(from(nowMillis, burstMillis) + moves * millisPerMove());
    }

    private double from(long nowMillis, long burstMillis) {
        BudgetNoted noted = tables.delegations.budget();
        double earliest = nowMillis - burstMillis + millisPerMove();
        return noted == null ? earliest : Math.max(earliest, noted.freeAtMillis());
    }

    private double millisPerMove() {
        return 60_000.0 / tables.config.delegation().movesPerMinute();
    }
}
