package dev.roost.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which IPv6 frames a {@link PacketSocket} is given: ICMPv6 of some types, and Mobility Headers if asked for, each directly or
 * behind up to two extension headers that are destination options or routing headers. The kernel decides this, so that the
 * rest of the traffic costs the process nothing.
 *
 * <p>Whether the packets are well-formed is for the receiver to find out.
 */
public final class PacketFilter {
    private static final int ROUTING = 43;
    private static final int ICMPV6 = 58;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MOBILITY = 135;
    private static final int MAX_EXTENSION_HEADERS = 2;

    private static final int ETHERTYPE_OFFSET = 12;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int NEXT_HEADER_OFFSET = 14 + 6;
    private static final int PAYLOAD_OFFSET = 14 + 40;

    // Classic BPF.
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_BYTE_AT_X = 0x50;
    private static final int X_FROM_A = 0x07;
    private static final int X_FROM_VALUE = 0x01;
    private static final int ADD = 0x04;
    private static final int ADD_X = 0x0c;
    private static final int SHIFT_LEFT = 0x64;
    private static final int STORE_A = 0x02;
    private static final int LOAD_STORED = 0x60;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int WHOLE_FRAME = 0x40000;

    private final SortedSet<Integer> icmpV6Types;
    private final boolean mobilityHeaders;

    private PacketFilter(SortedSet<Integer> icmpV6Types, boolean mobilityHeaders) {
        this.icmpV6Types = icmpV6Types;
        this.mobilityHeaders = mobilityHeaders;
    }

    /** Neighbor discovery (133 to 137), home agent discovery and mobile prefixes (144 to 147), Mobility Headers. */
    public static PacketFilter signalling() {
        return icmpV6(133, 134, 135, 136, 137, 144, 145, 146, 147).withMobilityHeaders();
    }

    public static PacketFilter icmpV6(int... types) {
        SortedSet<Integer> wanted = new TreeSet<>();
        for (int type : types) {
            wanted.add(type);
        }
        return new PacketFilter(wanted, false);
    }

    public PacketFilter withMobilityHeaders() {
        return new PacketFilter(icmpV6Types, true);
    }

    /** These types beside those there are. */
    public PacketFilter withIcmpV6(int... types) {
        SortedSet<Integer> wanted = new TreeSet<>(icmpV6Types);
        wanted.addAll(icmpV6(types).icmpV6Types);
        return new PacketFilter(wanted, mobilityHeaders);
    }

    /** The filter as the kernel takes it: 8 bytes an instruction, native byte order. */
    byte[] compile() {
        List<Long> program = new ArrayList<>();
        add(program, LOAD_HALF, ETHERTYPE_OFFSET);
        add(program, JUMP_IF_EQUAL, 1, 0, ETHERTYPE_IPV6);
        add(program, RETURN, 0);
        add(program, X_FROM_VALUE, PAYLOAD_OFFSET);
        add(program, LOAD_BYTE, NEXT_HEADER_OFFSET);
        // X: where the next header is; A: which it is.
        for (int depth = 0; depth <= MAX_EXTENSION_HEADERS; depth++) {
            boolean last = depth == MAX_EXTENSION_HEADERS;
            addUpperLayer(program);
            if (last) {
                add(program, RETURN, 0);
            } else {
                addSkipExtensionHeader(program);
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.nativeOrder());
        program.forEach(bytes::putLong);
        return bytes.array();
    }

    /** Accepts or refuses if the header at X is ICMPv6 or a Mobility Header; else goes on behind. */
    private void addUpperLayer(List<Long> program) {
        add(program, JUMP_IF_EQUAL, 0, 1, MOBILITY);
        add(program, RETURN, mobilityHeaders ? WHOLE_FRAME : 0);
        add(program, JUMP_IF_EQUAL, 0, icmpV6Types.size() + 3, ICMPV6);
        add(program, LOAD_BYTE_AT_X, 0);
        int left = icmpV6Types.size();
        for (int type : icmpV6Types) {
            add(program, JUMP_IF_EQUAL, left--, 0, type);
        }
        add(program, RETURN, 0);
        add(program, RETURN, WHOLE_FRAME);
    }

    /** Moves X behind the extension header there and loads what follows it; refuses any other header. */
    private static void addSkipExtensionHeader(List<Long> program) {
        add(program, JUMP_IF_EQUAL, 2, 0, DESTINATION_OPTIONS);
        add(program, JUMP_IF_EQUAL, 1, 0, ROUTING);
        add(program, RETURN, 0);
        add(program, LOAD_BYTE_AT_X, 0);
        add(program, STORE_A, 0);
        add(program, LOAD_BYTE_AT_X, 1); // length in units of 8 bytes behind the first 8
        add(program, SHIFT_LEFT, 3);
        add(program, ADD, 8);
        add(program, ADD_X, 0);
        add(program, X_FROM_A, 0);
        add(program, LOAD_STORED, 0);
    }

    private static void add(List<Long> program, int code, int value) {
        add(program, code, 0, 0, value);
    }

    /** As one little-endian number: code (2 bytes), distances if true and if false, value. */
    private static void add(List<Long> program, int code, int ifTrue, int ifFalse, int value) {
        program.add((long) code | (long) ifTrue << 16 | (long) ifFalse << 24 | (value & 0xffffffffL) << 32);
    }
}
