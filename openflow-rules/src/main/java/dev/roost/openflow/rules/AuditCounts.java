package dev.roost.openflow.rules;

/** How often what a switch reported was not what it was believed to have. */
final class AuditCounts {

    private long missing;
    private long altered;
    private long unexpected;

    /** Counts one, unless nothing was known before. */
    void missing(boolean known) {
        missing += known ? 1 : 0;
    }

    /** Counts one, unless nothing was known before. */
    void altered(boolean known) {
        altered += known ? 1 : 0;
    }

    void unexpected(int count) {
        unexpected += count;
    }

    long missing() {
        return missing;
    }

    long altered() {
        return altered;
    }

    long unexpected() {
        return unexpected;
    }
}
