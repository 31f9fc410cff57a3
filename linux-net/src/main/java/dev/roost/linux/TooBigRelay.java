package dev.roost.linux;

import static dev.roost.linux.BpfPackets.*;

import dev.roost.linux.BpfAssembler.If;
import dev.roost.linux.BpfAssembler.Width;
import dev.roost.linux.TunnelPrograms.Role;

/**
 * The part of the arrival program that passes Packet Too Big on from the tunnel's way to whoever sent what was too big
 * (RFC 2473, 7.1 and 8.1): without it, packets just under the tunnel's MTU would vanish where the way has a smaller one.
 *
 * <pre>
 *   Ethernet | IPv6  router -> this end    | ICMPv6 2, MTU    | IPv6 this end -> far end | IPv6 source -> ... | ...
 *   Ethernet | IPv6  this end -> source    | ICMPv6 2, MTU-40 |                            IPv6 source -> ... | ...
 * </pre>
 *
 * The quoted outer addresses must be those of the binding of the quoted inner packet, so that only who sees the tunnel's packets
 * can have a say. The checksum is changed by what changes (RFC 1624): a wrong one stays wrong.
 */
final class TooBigRelay {
    private static final int ICMPV6_CHECKSUM = INNER + 2;
    private static final int ICMPV6_MTU = INNER + 4;
    private static final int ICMPV6_HEADER = 8;
    private static final int QUOTED_OUTER = INNER + ICMPV6_HEADER;
    private static final int QUOTED_INNER = QUOTED_OUTER + IPV6_HEADER;
    private static final int NEEDED = QUOTED_INNER + IPV6_HEADER;
    /** RFC 8200, 5. */
    private static final int SMALLEST_MTU = 1280;

    // On the stack: what the checksum loses and gains, and the address of this end.
    private static final int LOST = -144;
    private static final int LOST_LENGTH = LOST + 16;
    private static final int LOST_MTU = LOST + 20;
    private static final int LOST_HEADER = LOST + 24;
    private static final int LOST_BYTES = 64;
    private static final int GAINED = -168;
    private static final int GAINED_LENGTH = GAINED + 16;
    private static final int GAINED_MTU = GAINED + 20;
    private static final int GAINED_BYTES = 24;
    private static final int THIS_END = -184;

    /** Hop limit 64 and next header 58, as the two bytes lie in memory. */
    private static final int NEXT_HEADER_ICMPV6_HOP_LIMIT_64 = 0x403a;

    private TooBigRelay() {}

    /** Comes with an ICMPv6 Packet Too Big; goes on to "plain", with the packet as it was or rewritten. */
    static void emit(BpfAssembler program, Role role, int bindings, Runnable count) {
        program.load(Width.WORD, 2, 6, LENGTH).jumpIf(If.LESS, 2, NEEDED, "plain");
        makeLinear(program, NEEDED);
        bounds(program, NEEDED, "pass");
        program.load(Width.BYTE, 2, 7, QUOTED_OUTER + NEXT_HEADER)
                .jumpIf(If.NOT_EQUAL, 2, IPV6, "plain")
                .move(2, 7)
                .add(2, QUOTED_INNER + (role == Role.HOME_AGENT ? DESTINATION : SOURCE))
                .loadMap(1, bindings)
                .call(MAP_LOOKUP)
                .jumpIf(If.EQUAL, 0, 0, "plain");
        for (int i = 0; i < 16; i += 8) {
            // The value holds the far end, then this end.
            program.load(Width.DOUBLE, 2, 0, i)
                    .load(Width.DOUBLE, 3, 7, QUOTED_OUTER + DESTINATION + i)
                    .jumpIfRegister(If.NOT_EQUAL, 2, 3, "plain")
                    .load(Width.DOUBLE, 2, 0, 16 + i)
                    .load(Width.DOUBLE, 3, 7, QUOTED_OUTER + SOURCE + i)
                    .jumpIfRegister(If.NOT_EQUAL, 2, 3, "plain")
                    .load(Width.DOUBLE, 3, 7, OUTER + DESTINATION + i)
                    .jumpIfRegister(If.NOT_EQUAL, 2, 3, "plain");
        }
        program.load(Width.BYTE, 2, 7, QUOTED_INNER + SOURCE)
                .jumpIf(If.EQUAL, 2, 0xff, "plain")
                .load(Width.HALF, 2, 7, QUOTED_INNER + SOURCE)
                .and(2, LINK_LOCAL_MASK)
                .jumpIf(If.EQUAL, 2, LINK_LOCAL, "plain");
        noteChanges(program, role);
        newChecksum(program);
        program.move(1, 6)
                .set(2, -IPV6_HEADER)
                .set(3, BEHIND_ETHERNET)
                .set(4, KEEP_SEGMENT_SIZE)
                .call(ADJUST_ROOM)
                .jumpIf(If.NOT_EQUAL, 0, 0, "refused");
        rewrite(program);
        count.run();
    }

    private static void noteChanges(BpfAssembler program, Role role) {
        copyToStack(program, OUTER + SOURCE, LOST, 16);
        copyToStack(program, QUOTED_OUTER, LOST_HEADER, IPV6_HEADER);
        copyToStack(program, OUTER + DESTINATION, THIS_END, 16);
        copyToStack(program, QUOTED_INNER + SOURCE, GAINED, 16);
        program.load(Width.HALF, 2, 7, OUTER + PAYLOAD_LENGTH)
                .networkOrder16(2)
                .move(3, 2)
                .networkOrder32(3)
                .store(Width.WORD, 10, LOST_LENGTH, 3)
                .add(2, -IPV6_HEADER)
                .networkOrder32(2)
                .store(Width.WORD, 10, GAINED_LENGTH, 2)
                .load(Width.WORD, 2, 7, ICMPV6_MTU)
                .store(Width.WORD, 10, LOST_MTU, 2)
                .networkOrder32(2)
                .jumpIf(If.GREATER_OR_EQUAL, 2, SMALLEST_MTU + IPV6_HEADER, "mtu known")
                .set(2, SMALLEST_MTU + IPV6_HEADER)
                .label("mtu known")
                // A mobile node's own route knows that its tunnel takes the room of a header, and takes it off by
                // itself.
                .add(2, role == Role.HOME_AGENT ? -IPV6_HEADER : 0)
                .networkOrder32(2)
                .store(Width.WORD, 10, GAINED_MTU, 2);
    }

    /** Leaves the checksum, as it lies in memory, in register 9. */
    private static void newChecksum(BpfAssembler program) {
        program.load(Width.HALF, 2, 7, ICMPV6_CHECKSUM)
                .set(5, 0xffff)
                .subtractRegister(5, 2)
                .move(1, 10)
                .add(1, LOST)
                .set(2, LOST_BYTES)
                .move(3, 10)
                .add(3, GAINED)
                .set(4, GAINED_BYTES)
                .call(CHECKSUM_DIFFERENCE)
                .shiftLeft(0, 32)
                .shiftRight(0, 32);
        for (int fold = 0; fold < 2; fold++) {
            program.move(2, 0).shiftRight(2, 16).and(0, 0xffff).addRegister(0, 2);
        }
        program.set(9, 0xffff).subtractRegister(9, 0);
    }

    /** The room of the ICMPv6 header and the quoted outer header becomes that of an IPv6 header and the ICMPv6 header. */
    private static void rewrite(BpfAssembler program) {
        bounds(program, QUOTED_OUTER, "refused");
        program.storeValue(Width.WORD, 7, OUTER, 0x60) // version 6, as it lies in memory
                .load(Width.HALF, 2, 10, GAINED_LENGTH + 2)
                .store(Width.HALF, 7, OUTER + PAYLOAD_LENGTH, 2)
                .storeValue(Width.HALF, 7, OUTER + NEXT_HEADER, NEXT_HEADER_ICMPV6_HOP_LIMIT_64);
        for (int i = 0; i < 16; i += 8) {
            program.load(Width.DOUBLE, 2, 10, THIS_END + i)
                    .store(Width.DOUBLE, 7, OUTER + SOURCE + i, 2)
                    .load(Width.DOUBLE, 2, 10, GAINED + i)
                    .store(Width.DOUBLE, 7, OUTER + DESTINATION + i, 2);
        }
        program.storeValue(Width.HALF, 7, INNER, PACKET_TOO_BIG) // and code 0
                .store(Width.HALF, 7, ICMPV6_CHECKSUM, 9)
                .load(Width.WORD, 2, 10, GAINED_MTU)
                .store(Width.WORD, 7, ICMPV6_MTU, 2);
    }

    private static void copyToStack(BpfAssembler program, int fromFrame, int toStack, int bytes) {
        for (int i = 0; i < bytes; i += 8) {
            program.load(Width.DOUBLE, 2, 7, fromFrame + i).store(Width.DOUBLE, 10, toStack + i, 2);
        }
    }
}
