package dev.roost.loadbalancer;

/**
 * What becomes of an operator's wish that another home agent forwards.
 *
 * @param verdict whether it is begun
 * @param reason why not; a stable word, empty where it is
 * @param decision to be taken in any case
 */
public record MigrationAnswer(Verdict verdict, String reason, Decision decision) {

    /** What may become of it. */
    public enum Verdict {
        /** It is on its way, or waits for its turn. */
        BEGUN,
        /** That home agent forwards already. */
        DONE,
        UNKNOWN_MOBILE_NODE,
        UNKNOWN_HOME_AGENT,
        /** It cannot be. */
        REFUSED
    }

    static MigrationAnswer of(Verdict verdict) {
        return new MigrationAnswer(verdict, "", Decision.NONE);
    }

    static MigrationAnswer refused(String reason) {
        return new MigrationAnswer(Verdict.REFUSED, reason, Decision.NONE);
    }
}
