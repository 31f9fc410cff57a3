package dev.roost.linux;

import dev.roost.linux.BpfAssembler.If;
import dev.roost.linux.BpfAssembler.Width;

/**
 * What the tunnel programs know of packets and of the kernel: offsets, numbers, and how a program gets at a packet's bytes.
 *
 * <p>Registers, in all programs: 6 the packet's context, 7 and 8 start and end of its bytes.
 */
final class BpfPackets {
    // Of struct __sk_buff.
    static final int LENGTH = 0;
    static final int PACKET_TYPE = 4;
    static final int MARK = 8;
    static final int INTERFACE = 40;
    static final int DATA = 76;
    static final int DATA_END = 80;
    static final int GSO_SIZE = 176;

    // Kernel helpers.
    static final int MAP_LOOKUP = 1;
    static final int REDIRECT = 23;
    static final int CHECKSUM_DIFFERENCE = 28;
    static final int CHANGE_PACKET_TYPE = 32;
    static final int PULL_DATA = 39;
    static final int ADJUST_ROOM = 50;
    static final int FIB_LOOKUP = 69;
    static final int PUSH_ENCAPSULATION = 73;

    static final int FIB_LOOKUP_DIRECT = 1;
    static final int BEHIND_ETHERNET = 1;
    static final int KEEP_SEGMENT_SIZE = 1;
    static final int ENCAPSULATES_IPV6 = 4;
    static final int LWT_ENCAP_IP = 2;

    // Verdicts.
    static final int PASS = 0;
    static final int DROP = 2;
    static final int REROUTE = 128;

    // Offsets in a frame, of the outer and of the inner header.
    static final int ETHERNET = 14;
    static final int IPV6_HEADER = 40;
    static final int OUTER = ETHERNET;
    static final int INNER = OUTER + IPV6_HEADER;
    // Offsets in an IPv6 header (RFC 8200, 3).
    static final int TRAFFIC_CLASS_LOW = 1;
    static final int PAYLOAD_LENGTH = 4;
    static final int NEXT_HEADER = 6;
    static final int HOP_LIMIT = 7;
    static final int SOURCE = 8;
    static final int DESTINATION = 24;

    static final int IPV6 = 41;
    static final int ICMPV6 = 58;
    static final int TCP = 6;
    static final int PACKET_TOO_BIG = 2;
    static final int NEIGHBOR_SOLICITATION = 135;
    /** Hop limit 64 and next header 41, as the two bytes lie in memory. */
    static final int NEXT_HEADER_IPV6_HOP_LIMIT_64 = 0x4029;
    /** The first 16 bits of an address under this mask are {@link #LINK_LOCAL} for fe80::/10, as they lie in memory. */
    static final int LINK_LOCAL_MASK = 0xc0ff;

    static final int LINK_LOCAL = 0x80fe;
    /** The two bits of explicit congestion notification in the second byte of the header (RFC 3168). */
    static final int ECN = 0x30;

    private BpfPackets() {}

    /** Has the first {@code least} bytes in one piece, or all if there are fewer, where an interface left them scattered. */
    static void makeLinear(BpfAssembler program, int least) {
        String linear = "linear " + least;
        String all = "all of " + least;
        program.load(Width.WORD, 7, 6, DATA)
                .load(Width.WORD, 8, 6, DATA_END)
                .move(3, 7)
                .add(3, least)
                .jumpIfRegister(If.LESS_OR_EQUAL, 3, 8, linear)
                .load(Width.WORD, 2, 6, LENGTH)
                .jumpIf(If.LESS_OR_EQUAL, 2, least, all)
                .set(2, least)
                .label(all)
                .move(1, 6)
                .call(PULL_DATA)
                .jumpIf(If.NOT_EQUAL, 0, 0, "pass")
                .label(linear);
    }

    /** Loads start and end of the packet's bytes and goes to {@code otherwise} unless there are {@code least}. */
    static void bounds(BpfAssembler program, int least, String otherwise) {
        program.load(Width.WORD, 7, 6, DATA)
                .load(Width.WORD, 8, 6, DATA_END)
                .move(3, 7)
                .add(3, least)
                .jumpIfRegister(If.GREATER, 3, 8, otherwise);
    }
}
