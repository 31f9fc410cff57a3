package dev.roost.delegation;

import dev.roost.delegation.DelegationChange.DelegationForgotten;
import dev.roost.delegation.DelegationChange.ForwardersChanged;
import dev.roost.delegation.DelegationChange.ForwardingStarted;
import dev.roost.delegation.DelegationChange.ForwardingStopped;
import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Durable changes as bytes, for the journal of a home agent or a controller. Kinds begin where those of bindings end, so both fit into
 * one journal.
 *
 * <pre>
 *   forwarders  kind (1) | home address (16) | epoch (8) | holder (16) | reported (1) | count (1) | other (16) ...
 *   forgotten   kind (1) | home address (16)
 *   started     kind (1) | home address (16) | primary (16) | epoch (8) | care-of address (16) | tunnel source (16) | encapsulation (1) | until ms (8)
 *   stopped     kind (1) | home address (16) | cause (1)
 * </pre>
 *
 * <p>Times are in milliseconds of the writing loop's clock; the reader says by how much its own differs.
 */
public final class DelegationChangeCodec {
    /** The first kind used here; lower ones are others'. */
    public static final byte FIRST_KIND = 32;
    /** The longest change. */
    public static final int MAX_CHANGE_BYTES = 43 + Ipv6Address.LENGTH * Delegation.MAX_OTHERS;

    private static final byte FORWARDERS = FIRST_KIND;
    private static final byte FORGOTTEN = FIRST_KIND + 1;
    private static final byte STARTED = FIRST_KIND + 2;
    private static final byte STOPPED = FIRST_KIND + 3;
    private static final List<ForwardingStopped.Cause> CAUSES = List.of(ForwardingStopped.Cause.values());

    private DelegationChangeCodec() {}

    /** Whether a change of this kind is read here. */
    public static boolean isKind(byte kind) {
        return kind >= FORWARDERS && kind <= STOPPED;
    }

    /** Writes a durable change; the caller has seen to {@link #MAX_CHANGE_BYTES} of room. */
    public static void write(DelegationChange change, ByteBuffer out) {
        if (!change.durable()) {
            throw new IllegalArgumentException("not durable: " + change);
        }
        if (change instanceof ForwardersChanged changed) {
            write(changed.delegation(), out);
        } else if (change instanceof DelegationForgotten forgotten) {
            out.put(FORGOTTEN);
            forgotten.homeAddress().writeTo(out);
        } else if (change instanceof ForwardingStarted started) {
            write(started.entry(), out);
        } else if (change instanceof ForwardingStopped stopped) {
            out.put(STOPPED);
            stopped.homeAddress().writeTo(out);
            out.put((byte) CAUSES.indexOf(stopped.cause()));
        }
    }

    private static void write(Delegation delegation, ByteBuffer out) {
        out.put(FORWARDERS);
        delegation.homeAddress().writeTo(out);
        out.putLong(delegation.epoch());
        delegation.holder().writeTo(out);
        out.put((byte) (delegation.reported() ? 1 : 0));
        out.put((byte) delegation.others().size());
        delegation.others().forEach(other -> other.writeTo(out));
    }

    private static void write(ForwardingEntry entry, ByteBuffer out) {
        out.put(STARTED);
        entry.homeAddress().writeTo(out);
        entry.primary().writeTo(out);
        out.putLong(entry.epoch());
        entry.careOfAddress().writeTo(out);
        entry.tunnelSource().writeTo(out);
        out.put((byte) entry.encapsulation()).putLong(entry.untilMillis());
    }

    /**
     * Reads a change whose kind has been read.
     *
     * @param kind one of {@link #isKind}
     * @param shiftMillis what is to be added to times of the writer's clock
     */
    public static DelegationChange read(byte kind, ByteBuffer in, long shiftMillis) {
        return switch (kind) {
            case FORWARDERS -> readForwarders(in);
            case FORGOTTEN -> new DelegationForgotten(Ipv6Address.fromBytes(in), true);
            case STARTED -> new ForwardingStarted(readEntry(in, shiftMillis));
            case STOPPED -> new ForwardingStopped(Ipv6Address.fromBytes(in), CAUSES.get(in.get()));
            default -> throw new IllegalArgumentException("unknown kind of change: " + kind);
        };
    }

    private static DelegationChange readForwarders(ByteBuffer in) {
        Ipv6Address homeAddress = Ipv6Address.fromBytes(in);
        long epoch = in.getLong();
        Ipv6Address holder = Ipv6Address.fromBytes(in);
        boolean reported = in.get() != 0;
        int count = in.get();
        List<Ipv6Address> others = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            others.add(Ipv6Address.fromBytes(in));
        }
        return new ForwardersChanged(
                new Delegation(homeAddress, Optional.empty(), epoch, holder, others, reported, DelegationProgress.NONE),
                true);
    }

    private static ForwardingEntry readEntry(ByteBuffer in, long shiftMillis) {
        return new ForwardingEntry(
                Ipv6Address.fromBytes(in),
                Ipv6Address.fromBytes(in),
                in.getLong(),
                Ipv6Address.fromBytes(in),
                Ipv6Address.fromBytes(in),
                in.get() & 0xff,
                in.getLong() + shiftMillis);
    }
}
