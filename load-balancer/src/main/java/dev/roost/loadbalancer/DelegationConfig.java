package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.OpaqueBytes;
import java.time.Duration;
import java.util.List;

/**
 * Whether and how other home agents forward than those where mobile nodes are bound.
 *
 * @param mode what the controller orders by itself
 * @param port of the forwarding protocol, 1 to 65535
 * @param keys what authenticates its messages, the one that signs first; without any it is not spoken
 * @param movesAtOnce mobile nodes on their way at a time, 1 to {@link #MOST_MOVES_AT_ONCE}
 * @param movesPerMinute what balancing may move, 1 to {@link #MOST_MOVES_PER_MINUTE}
 * @param moveAgainAfter how long balancing leaves one alone that was moved
 * @param imbalance the largest packet rate over the average above which balancing moves; at least 1
 * @param unmodifiedHomeAgents what becomes of the mobile nodes of a drained home agent that does not speak the protocol
 * @param representative whether the representative takes registrations itself
 * @param authentication of those registrations
 */
public record DelegationConfig(
        Mode mode,
        int port,
        List<Key> keys,
        int movesAtOnce,
        int movesPerMinute,
        Duration moveAgainAfter,
        double imbalance,
        UnmodifiedHomeAgents unmodifiedHomeAgents,
        Representative representative,
        Authentication authentication) {

    public static final int DEFAULT_PORT = 5439;
    public static final int MOST_MOVES_AT_ONCE = 1000;
    public static final int MOST_MOVES_PER_MINUTE = 100_000;

    /** Nothing is ordered, and, without keys, nothing heard. */
    public static final DelegationConfig OFF = new DelegationConfig(
            Mode.OFF,
            DEFAULT_PORT,
            List.of(),
            32,
            600,
            Duration.ofMinutes(10),
            1.10,
            UnmodifiedHomeAgents.LEAVE,
            Representative.REFUSE,
            Authentication.NONE);

    /** What the controller orders by itself. */
    public enum Mode {
        /** Nothing; reports of home agents that delegate by themselves are taken. */
        OFF,
        /** What a drained home agent forwards moves to others, and what the operator asks for. */
        DRAIN,
        /** Also from busy home agents to others. */
        BALANCE
    }

    /** What becomes of the mobile nodes of a drained home agent that does not speak the protocol. */
    public enum UnmodifiedHomeAgents {
        LEAVE,
        /** They are refused in its name, at which they register elsewhere. */
        REREGISTER
    }

    /** What the representative does with a registration at its own address. */
    public enum Representative {
        REFUSE,
        /** Accepts it, and has another home agent forward. */
        SERVE
    }

    /**
     * A key that controller and home agents share.
     *
     * @param identifier 0 to 4294967295
     * @param secret at least 16 octets; never shown
     */
    public record Key(long identifier, OpaqueBytes secret) {
        @Override
        public String toString() {
            return "key " + identifier;
        }
    }

    /**
     * Which registrations at the representative are believed.
     *
     * @param isRequired whether by one of the keys; otherwise every one
     * @param timestampRequired whether the replay protection option of RFC 4285 must be there
     */
    public record Authentication(boolean isRequired, boolean timestampRequired, List<RegistrationKey> keys) {

        public static final Authentication NONE = new Authentication(false, false, List.of());

        public Authentication {
            keys = List.copyOf(keys);
        }
    }

    /**
     * What a mobile node shares with its home agents (RFC 4285, 5.1).
     *
     * @param spi 256 to 4294967295
     * @param secret never shown
     */
    public record RegistrationKey(Ipv6Address homeAddress, long spi, OpaqueBytes secret) {
        @Override
        public String toString() {
            return "key of " + homeAddress + " with spi " + spi;
        }
    }

    public DelegationConfig {
        keys = List.copyOf(keys);
        if (keys.isEmpty() && (mode != Mode.OFF || representative == Representative.SERVE)) {
            throw new IllegalArgumentException("delegation: wanted at least one key");
        }
        if (movesAtOnce < 1
                || movesAtOnce > MOST_MOVES_AT_ONCE
                || movesPerMinute < 1
                || movesPerMinute > MOST_MOVES_PER_MINUTE
                || !(imbalance >= 1)
                || moveAgainAfter.isNegative()) {
            throw new IllegalArgumentException("delegation: a limit is out of its range");
        }
    }

    /** Whether the forwarding protocol is spoken. */
    public boolean isSpoken() {
        return !keys.isEmpty();
    }
}
