package dev.roost.homeagent.binding;

import dev.roost.delegation.DelegationChangeCodec;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRefreshed;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.DelegationChanged;
import dev.roost.homeagent.binding.BindingChange.SequenceRetained;
import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Durable changes as bytes, for the state file of one home agent.
 *
 * <pre>
 *   batch      version (1) | loop clock (8) | wall clock (8) | change ...
 *   binding    kind (1) | home address (16) | care-of address (16) | sequence (2) | lifetime s (4) | expiry ms (8) | registered ms (8) | flags (1)
 *   released   kind (1) | home address (16) | cause (1)
 *   retained   kind (1) | home address (16) | sequence (2)
 *   delegation kind (1) | as {@link DelegationChangeCodec} has it
 * </pre>
 *
 * <p>Version 1 had no time of registration; there the last refresh stands in for it. Times are in milliseconds of the writing loop's clock, which a clock step does not move; both clocks at the time of writing
 * stand in front, so that the reader, a later process, can tell how much of a lifetime is left.
 */
public final class BindingChangeCodec {
    /** Octets in front of the changes of a batch. */
    public static final int BATCH_HEADER_BYTES = 17;
    /** The longest change. */
    public static final int MAX_CHANGE_BYTES = Math.max(56, DelegationChangeCodec.MAX_CHANGE_BYTES);

    private static final byte VERSION = 2;
    private static final byte VERSION_WITHOUT_REGISTRATION_TIME = 1;
    private static final byte REGISTERED = 1;
    private static final byte MOVED = 2;
    private static final byte REFRESHED = 3;
    private static final byte RELEASED = 4;
    private static final byte RETAINED = 5;
    private static final byte COVERS_LINK_LOCAL = 1;
    private static final List<BindingReleased.Cause> CAUSES = List.of(BindingReleased.Cause.values());

    private BindingChangeCodec() {}

    public static void writeHeader(long loopMillis, long wallMillis, ByteBuffer out) {
        out.put(VERSION).putLong(loopMillis).putLong(wallMillis);
    }

    /** Writes a durable change; the caller has seen to {@link #MAX_CHANGE_BYTES} of room. */
    public static void write(BindingChange change, ByteBuffer out) {
        if (change instanceof BindingRegistered registered) {
            write(REGISTERED, registered.binding(), out);
        } else if (change instanceof BindingMoved moved) {
            write(MOVED, moved.binding(), out);
        } else if (change instanceof BindingRefreshed refreshed) {
            write(REFRESHED, refreshed.binding(), out);
        } else if (change instanceof BindingReleased released) {
            out.put(RELEASED);
            released.homeAddress().writeTo(out);
            out.put((byte) CAUSES.indexOf(released.cause()));
        } else if (change instanceof SequenceRetained retained) {
            out.put(RETAINED);
            retained.homeAddress().writeTo(out);
            out.putShort((short) retained.sequence());
        } else if (change instanceof DelegationChanged delegation) {
            DelegationChangeCodec.write(delegation.change(), out);
        } else {
            throw new IllegalArgumentException("not durable: " + change);
        }
    }

    private static void write(byte kind, Binding binding, ByteBuffer out) {
        out.put(kind);
        binding.homeAddress().writeTo(out);
        binding.careOfAddress().writeTo(out);
        out.putShort((short) binding.sequence())
                .putInt(binding.lifetimeSeconds())
                .putLong(binding.expiresAtMillis())
                .putLong(binding.registeredAtMillis())
                .put(binding.coversLinkLocal() ? COVERS_LINK_LOCAL : 0);
    }

    /**
     * Reads a batch, with expiries moved to the clock of the reading process.
     *
     * @param loopMillis the reader's loop clock, at the moment when its wall clock shows {@code wallMillis}
     */
    public static void readBatch(ByteBuffer in, long loopMillis, long wallMillis, Consumer<BindingChange> reader) {
        byte version = in.get();
        if (version != VERSION && version != VERSION_WITHOUT_REGISTRATION_TIME) {
            throw new IllegalArgumentException("state of version " + version + "; wanted " + VERSION);
        }
        long writtenAtLoop = in.getLong();
        long writtenAtWall = in.getLong();
        // A wall clock that was set back between the two processes must not make bindings immortal: no time passed, at
        // least.
        long elapsed = Math.max(0, wallMillis - writtenAtWall);
        long shift = loopMillis - elapsed - writtenAtLoop;
        while (in.hasRemaining()) {
            reader.accept(read(in, version, shift));
        }
    }

    private static BindingChange read(ByteBuffer in, byte version, long shift) {
        byte kind = in.get();
        if (DelegationChangeCodec.isKind(kind)) {
            return new DelegationChanged(DelegationChangeCodec.read(kind, in, shift));
        }
        return switch (kind) {
            case REGISTERED -> new BindingRegistered(readBinding(in, version, shift));
            case MOVED -> new BindingMoved(readBinding(in, version, shift));
            case REFRESHED -> new BindingRefreshed(readBinding(in, version, shift));
            case RELEASED -> new BindingReleased(Ipv6Address.fromBytes(in), CAUSES.get(in.get()));
            case RETAINED -> new SequenceRetained(Ipv6Address.fromBytes(in), in.getShort() & 0xffff);
            default -> throw new IllegalArgumentException("unknown kind of change: " + kind);
        };
    }

    private static Binding readBinding(ByteBuffer in, byte version, long shift) {
        Ipv6Address homeAddress = Ipv6Address.fromBytes(in);
        Ipv6Address careOfAddress = Ipv6Address.fromBytes(in);
        int sequence = in.getShort() & 0xffff;
        int lifetimeSeconds = in.getInt();
        long expiresAtMillis = in.getLong() + shift;
        long registeredAtMillis = version == VERSION ? in.getLong() + shift : expiresAtMillis - lifetimeSeconds * 1000L;
        return new Binding(
                homeAddress,
                careOfAddress,
                sequence,
                lifetimeSeconds,
                expiresAtMillis,
                registeredAtMillis,
                in.get() == COVERS_LINK_LOCAL);
    }
}
