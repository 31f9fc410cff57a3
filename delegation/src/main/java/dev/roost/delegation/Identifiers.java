package dev.roost.delegation;

/** Numbers for requests, shared by all that send requests in one process, so that an acknowledgement fits one request only. */
public final class Identifiers {
    private long last;

    /** The next one, 1 to 4294967295. */
    public long next() {
        last = last == 0xffff_ffffL ? 1 : last + 1;
        return last;
    }
}
