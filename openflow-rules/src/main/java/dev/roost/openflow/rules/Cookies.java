package dev.roost.openflow.rules;

import java.util.Optional;

/**
 * The 64 bits by which a flow rule tells that it is ours, and what it is for.
 *
 * <pre>
 *   63            48 47    40 39    32 31                            0
 *   +---------------+--------+--------+------------------------------+
 *   | application   | network| purpose| subject                      |
 *   +---------------+--------+--------+------------------------------+
 * </pre>
 *
 * The network is its index in the configuration, 255 for rules of the switch as a whole. The subject is the index of a home agent or
 * the last 32 bits of a home or care-of address, zero for others: a hint for whoever reads a dump, never a key.
 */
public final class Cookies {

    /** "Ro"; its upper 12 bits, 0x526, are what Floodlight's registry of applications would call our id. */
    static final long APPLICATION = 0x526fL << 48;

    /** Selects what is ours in requests and deletions. */
    static final long MASK = 0xffffL << 48;

    /** Selects what has the same application, network and purpose. */
    static final long KIND_MASK = ~0xffff_ffffL;

    /** Stands for rules that belong to no network in particular. */
    static final int NO_NETWORK = 0xff;

    /** Highest index that a network can have. */
    public static final int MAX_NETWORK = NO_NETWORK - 1;

    private Cookies() {}

    static long of(int network, Pipeline kind, int subject) {
        if (network < 0 || network > NO_NETWORK) {
            throw new IllegalArgumentException("network index is 0 to " + NO_NETWORK + ", not " + network);
        }
        return APPLICATION | (long) network << 40 | (long) kind.code() << 32 | Integer.toUnsignedLong(subject);
    }

    /** Whether a rule with this cookie was put in by this application. */
    public static boolean isOurs(long cookie) {
        return (cookie & MASK) == APPLICATION;
    }

    /** What a rule of ours is for; nothing for a cookie of somebody else's or of another version. */
    public static Optional<Pipeline> kind(long cookie) {
        return isOurs(cookie) ? Pipeline.ofCode((int) (cookie >>> 32) & 0xff) : Optional.empty();
    }
}
