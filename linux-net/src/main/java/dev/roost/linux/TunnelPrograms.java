package dev.roost.linux;

import static dev.roost.linux.BpfPackets.*;

import dev.roost.linux.BpfAssembler.If;
import dev.roost.linux.BpfAssembler.Width;

/**
 * The eBPF programs that carry the tunnels, instruction by instruction.
 *
 * <p>{@link #arrival} runs for each IPv6 packet that comes in by an interface, in front of the kernel's IPv6. It takes packets out of
 * tunnels when the outer addresses are those of the binding, and at a home agent puts packets for bound home addresses
 * into theirs. It then looks up the route itself and hands the packet straight to the outgoing interface; whatever is
 * not plain (no neighbor known yet, hop limit used up, segments put together by the interface, ...) it leaves to the kernel, which does the rest as for any packet.
 * What a router on the tunnel's way says about packets too big for it is passed on to who sent them ({@link TooBigRelay}).
 * {@link #departure} hangs on a route and puts packets that this host itself sends into tunnels.
 *
 * <p>A binding's key is the home address, its value the other end of the tunnel, this end, and whether packets are only taken out. At a
 * home agent the same table holds the addresses of the host itself, with zeros for a value: what comes out of a tunnel for one of
 * those goes to the kernel, which the route lookup of one table alone might not tell.
 *
 * <p>This end need not be an address of this host: a home agent that forwards for another one puts that one's address in front, and
 * takes out what the home link brings it for that address. What is tunnelled to another one's address and is nothing of ours goes
 * on to that one, by the kernel.
 *
 * <p>Registers, in both: 6 the packet's context, 7 and 8 start and end of its bytes, 9 the binding.
 */
final class TunnelPrograms {
    /** Which inner address names the binding. */
    enum Role {
        /** Puts in by destination, takes out by source. */
        HOME_AGENT,
        /** Puts in by source, takes out by destination. */
        MOBILE_NODE
    }

    static final int KEY_BYTES = 16;
    static final int ENDS_BYTES = 32;
    /** Both ends, and the 8 bytes of {@link #RECEIVE_ONLY}: with them the kernel still takes 128 bytes for an entry. */
    static final int VALUE_BYTES = ENDS_BYTES + 8;

    /** Not 0: packets are taken out of this tunnel, and none put in. */
    static final long RECEIVE_ONLY = 1;
    /** Put on packets that are too big for their tunnel, for a rule that leads them to a route with the tunnel's MTU. */
    static final int TOO_BIG_MARK = 0x526f_6f73;

    static final int TUNNEL_HEADER_BYTES = IPV6_HEADER;

    /** PACKET_OTHERHOST of the kernel's if_packet.h. */
    private static final int TO_OTHER_HOST = 3;

    // Counters, by index.
    static final int ENCAPSULATED = 0;
    static final int DECAPSULATED = 1;
    static final int WRONG_SOURCE = 2;
    static final int NO_BINDING = 3;
    static final int TOO_BIG = 4;
    static final int REFUSED = 5;
    static final int COUNTERS = 6;

    private final Role role;
    private final int bindings;
    private final int localEnds;
    private final int counters;
    private final int tunnelMtu;
    private final boolean mainTableOnly;
    private int labels;

    /**
     * @param bindings descriptor of the map of bindings
     * @param localEnds descriptor of the map whose keys are this end's addresses of all tunnels, as far as they are this host's
     * @param counters descriptor of the map of counters
     * @param tunnelMtu the longest inner packet, in bytes
     * @param mainTableOnly look routes up in the main table alone, which saves asking each routing rule; right while
     *     there are no rules but the kernel's and ours
     */
    TunnelPrograms(Role role, int bindings, int localEnds, int counters, int tunnelMtu, boolean mainTableOnly) {
        this.role = role;
        this.bindings = bindings;
        this.localEnds = localEnds;
        this.counters = counters;
        this.tunnelMtu = tunnelMtu;
        this.mainTableOnly = mainTableOnly;
    }

    byte[] arrival() {
        BpfAssembler program = new BpfAssembler();
        program.move(6, 1)
                .load(Width.WORD, 2, 6, PACKET_TYPE) // 0: to our link-layer address
                .jumpIf(If.NOT_EQUAL, 2, 0, "pass");
        makeLinear(program, INNER + IPV6_HEADER);
        bounds(program, INNER + 1, "pass");
        program.load(Width.BYTE, 2, 7, OUTER + NEXT_HEADER)
                .jumpIf(If.EQUAL, 2, IPV6, "tunnelled")
                .jumpIf(If.NOT_EQUAL, 2, ICMPV6, "plain")
                .load(Width.BYTE, 2, 7, INNER);
        if (role == Role.HOME_AGENT) {
            program.jumpIf(If.EQUAL, 2, NEIGHBOR_SOLICITATION, "solicitation");
        }
        program.jumpIf(If.NOT_EQUAL, 2, PACKET_TOO_BIG, "plain");
        TooBigRelay.emit(program, role, bindings, () -> count(program, TOO_BIG));
        program.label("plain");
        if (role == Role.HOME_AGENT) {
            lookUp(program, OUTER + DESTINATION, "pass");
            encapsulate(program);
            forward(program);
            leaveToDaemon(program);
        } else {
            program.jump("pass");
        }
        decapsulate(program);
        return ends(program).assemble();
    }

    byte[] departure() {
        BpfAssembler program = new BpfAssembler();
        program.move(6, 1);
        bounds(program, TUNNEL_HEADER_BYTES, "pass");
        program.load(Width.BYTE, 2, 7, DESTINATION)
                .jumpIf(If.EQUAL, 2, 0xff, "pass")
                .load(Width.HALF, 2, 7, DESTINATION)
                .and(2, LINK_LOCAL_MASK)
                .jumpIf(If.EQUAL, 2, LINK_LOCAL, "pass");
        // A mobile node away from home sends nothing from its home address but through the tunnel.
        lookUp(
                program,
                role == Role.HOME_AGENT ? DESTINATION : SOURCE,
                role == Role.HOME_AGENT ? "pass" : "no binding");
        passReceiveOnly(program);
        int header = -TUNNEL_HEADER_BYTES; // on the stack
        program.load(Width.WORD, 2, 7, 0)
                .store(Width.WORD, 10, header, 2)
                .load(Width.HALF, 2, 7, PAYLOAD_LENGTH)
                .networkOrder16(2)
                .add(2, TUNNEL_HEADER_BYTES)
                .networkOrder16(2)
                .store(Width.HALF, 10, header + PAYLOAD_LENGTH, 2)
                .storeValue(Width.HALF, 10, header + NEXT_HEADER, NEXT_HEADER_IPV6_HOP_LIMIT_64);
        copyEnds(program, 10, header);
        program.move(1, 6)
                .set(2, LWT_ENCAP_IP)
                .move(3, 10)
                .add(3, header)
                .set(4, TUNNEL_HEADER_BYTES)
                .call(PUSH_ENCAPSULATION)
                .jumpIf(If.NOT_EQUAL, 0, 0, "refused");
        count(program, ENCAPSULATED, 0);
        program.set(0, REROUTE).exit();
        return ends(program).assemble();
    }

    private void lookUp(BpfAssembler program, int addressOffset, String otherwise) {
        program.move(2, 7)
                .add(2, addressOffset)
                .loadMap(1, bindings)
                .call(MAP_LOOKUP)
                .jumpIf(If.EQUAL, 0, 0, otherwise)
                .move(9, 0);
    }

    /**
     * A solicitation by unicast for a home address, which its home agent answers in user space: packet sockets see it, while the
     * kernel drops what is for another host and would forward it, or complain to who asks, otherwise.
     */
    private void leaveToDaemon(BpfAssembler program) {
        program.label("solicitation");
        lookUp(program, OUTER + DESTINATION, "pass");
        program.load(Width.DOUBLE, 2, 9, 0)
                .jumpIf(If.NOT_EQUAL, 2, 0, "of another")
                .load(Width.DOUBLE, 2, 9, 8)
                .jumpIf(If.EQUAL, 2, 0, "pass")
                .label("of another")
                .move(1, 6)
                .set(2, TO_OTHER_HOST)
                .call(CHANGE_PACKET_TYPE)
                .jump("pass");
    }

    private void encapsulate(BpfAssembler program) {
        program.label("encapsulate")
                // An address of this host itself is in the table with no far end.
                .load(Width.DOUBLE, 2, 9, 0)
                .jumpIf(If.NOT_EQUAL, 2, 0, "bound")
                .load(Width.DOUBLE, 2, 9, 8)
                .jumpIf(If.EQUAL, 2, 0, "pass")
                .label("bound");
        passReceiveOnly(program);
        program.load(Width.BYTE, 2, 7, OUTER + HOP_LIMIT)
                .jumpIf(If.LESS_OR_EQUAL, 2, 1, "pass") // Time Exceeded comes from the kernel
                .load(Width.HALF, 3, 7, OUTER + SOURCE)
                .and(3, LINK_LOCAL_MASK)
                .jumpIf(If.EQUAL, 3, LINK_LOCAL, "refused") // RFC 6275, 10.4.2
                // Neighbor discovery is never tunnelled.
                .jumpIf(If.NOT_EQUAL, 2, 255, "not neighbor discovery")
                .load(Width.BYTE, 2, 7, OUTER + NEXT_HEADER)
                .jumpIf(If.NOT_EQUAL, 2, ICMPV6, "not neighbor discovery")
                .load(Width.BYTE, 2, 7, INNER)
                .jumpIf(If.LESS, 2, 133, "not neighbor discovery")
                .jumpIf(If.LESS_OR_EQUAL, 2, 137, "refused")
                .label("not neighbor discovery");
        refuseTooBig(program);
        program.move(1, 6)
                .set(2, TUNNEL_HEADER_BYTES)
                .set(3, BEHIND_ETHERNET)
                .set(4, KEEP_SEGMENT_SIZE | ENCAPSULATES_IPV6)
                .call(ADJUST_ROOM)
                .jumpIf(If.NOT_EQUAL, 0, 0, "refused");
        bounds(program, INNER + TUNNEL_HEADER_BYTES, "refused");
        // Version, traffic class with congestion notification (RFC 6040) and flow label are those of the inner header.
        program.load(Width.WORD, 2, 7, INNER)
                .store(Width.WORD, 7, OUTER, 2)
                .load(Width.HALF, 2, 7, INNER + PAYLOAD_LENGTH)
                .networkOrder16(2)
                .add(2, TUNNEL_HEADER_BYTES)
                .networkOrder16(2)
                .store(Width.HALF, 7, OUTER + PAYLOAD_LENGTH, 2)
                .storeValue(Width.HALF, 7, OUTER + NEXT_HEADER, NEXT_HEADER_IPV6_HOP_LIMIT_64)
                .load(Width.BYTE, 2, 7, INNER + HOP_LIMIT)
                .add(2, -1) // RFC 2473, 3.1
                .store(Width.BYTE, 7, INNER + HOP_LIMIT, 2);
        copyEnds(program, 7, OUTER);
        count(program, ENCAPSULATED, -ETHERNET);
    }

    /** The kernel sends what is for the home address to the link, where whoever forwards now has its packets. */
    private void passReceiveOnly(BpfAssembler program) {
        if (role == Role.HOME_AGENT) {
            program.load(Width.DOUBLE, 2, 9, ENDS_BYTES).jumpIf(If.NOT_EQUAL, 2, 0, "pass");
        }
    }

    /** Marks a packet that does not fit the tunnel, for the kernel to answer with Packet Too Big. */
    private void refuseTooBig(BpfAssembler program) {
        program.load(Width.WORD, 2, 6, GSO_SIZE)
                .jumpIf(If.NOT_EQUAL, 2, 0, "segments")
                .load(Width.WORD, 2, 6, LENGTH)
                .add(2, -ETHERNET)
                .jump("length known")
                // Segments put together: what counts is the length of each once they are apart.
                .label("segments")
                .load(Width.BYTE, 3, 7, OUTER + NEXT_HEADER)
                .jumpIf(If.NOT_EQUAL, 3, TCP, "segments of UDP")
                .move(3, 7)
                .add(3, INNER + 13)
                .jumpIfRegister(If.GREATER, 3, 8, "pass")
                .load(Width.BYTE, 3, 7, INNER + 12) // data offset, in words, in the upper half
                .shiftRight(3, 4)
                .shiftLeft(3, 2)
                .addRegister(2, 3)
                .add(2, TUNNEL_HEADER_BYTES)
                .jump("length known")
                .label("segments of UDP")
                .add(2, TUNNEL_HEADER_BYTES + 8)
                .label("length known")
                .jumpIf(If.LESS_OR_EQUAL, 2, tunnelMtu, "fits")
                .set(2, TOO_BIG_MARK)
                .store(Width.WORD, 6, MARK, 2);
        count(program, TOO_BIG);
        program.jump("pass").label("fits");
    }

    private void decapsulate(BpfAssembler program) {
        program.label("tunnelled")
                .move(3, 7)
                .add(3, INNER + TUNNEL_HEADER_BYTES)
                .jumpIfRegister(If.GREATER, 3, 8, "pass");
        lookUp(program, INNER + (role == Role.HOME_AGENT ? SOURCE : DESTINATION), "unknown");
        // RFC 6275, 10.4.5: the outer source must be the care-of address. Here both outer addresses must be those of
        // the binding; a home address inside somebody else's tunnel is forged, wherever that tunnel leads.
        for (int i = 0; i < ENDS_BYTES; i += 8) {
            program.load(Width.DOUBLE, 2, 9, i)
                    .load(Width.DOUBLE, 3, 7, OUTER + SOURCE + i)
                    .jumpIfRegister(If.NOT_EQUAL, 2, 3, role == Role.HOME_AGENT ? "other ends" : "wrong source");
        }
        checkInner(program);
        program.move(1, 6)
                .set(2, -TUNNEL_HEADER_BYTES)
                .set(3, BEHIND_ETHERNET)
                .set(4, KEEP_SEGMENT_SIZE)
                .call(ADJUST_ROOM)
                .jumpIf(If.NOT_EQUAL, 0, 0, "refused");
        count(program, DECAPSULATED, TUNNEL_HEADER_BYTES - ETHERNET);
        if (role == Role.HOME_AGENT) {
            bounds(program, INNER + 1, "pass");
            // From one mobile node to another: out of one tunnel and into the next.
            lookUp(program, OUTER + DESTINATION, "forward");
            program.jump("encapsulate");
        } else {
            program.jump("pass");
        }
        program.label("unknown");
        if (role == Role.MOBILE_NODE) {
            program.jump("pass");
            return;
        }
        // Tunnels of others that only pass through here are none of our business.
        program.move(2, 7)
                .add(2, OUTER + DESTINATION)
                .loadMap(1, localEnds)
                .call(MAP_LOOKUP)
                .jumpIf(If.EQUAL, 0, 0, "pass")
                .jump("no binding")
                .label("other ends");
        // Addressed to another home agent, for which this one forwards: it knows better.
        lookUp(program, OUTER + DESTINATION, "pass");
        program.load(Width.DOUBLE, 2, 9, 0)
                .jumpIf(If.NOT_EQUAL, 2, 0, "pass")
                .load(Width.DOUBLE, 2, 9, 8)
                .jumpIf(If.NOT_EQUAL, 2, 0, "pass")
                .jump("wrong source");
    }

    private static void checkInner(BpfAssembler program) {
        program.load(Width.BYTE, 2, 7, INNER)
                .and(2, 0xf0)
                .jumpIf(If.NOT_EQUAL, 2, 0x60, "refused")
                // Nothing comes out of a tunnel that could pass for a packet of this link.
                .load(Width.BYTE, 2, 7, INNER + DESTINATION)
                .jumpIf(If.EQUAL, 2, 0xff, "refused")
                .load(Width.HALF, 2, 7, INNER + DESTINATION)
                .and(2, LINK_LOCAL_MASK)
                .jumpIf(If.EQUAL, 2, LINK_LOCAL, "refused")
                .load(Width.BYTE, 2, 7, INNER + HOP_LIMIT)
                .jumpIf(If.NOT_EQUAL, 2, 255, "hop limit done")
                .storeValue(Width.BYTE, 7, INNER + HOP_LIMIT, 254)
                .label("hop limit done")
                // RFC 6040, 4.2: congestion experienced on the way is handed on, or drops what cannot say so.
                .load(Width.BYTE, 2, 7, OUTER + TRAFFIC_CLASS_LOW)
                .and(2, ECN)
                .jumpIf(If.NOT_EQUAL, 2, ECN, "congestion done")
                .load(Width.BYTE, 2, 7, INNER + TRAFFIC_CLASS_LOW)
                .move(3, 2)
                .and(3, ECN)
                .jumpIf(If.EQUAL, 3, 0, "refused")
                .or(2, ECN)
                .store(Width.BYTE, 7, INNER + TRAFFIC_CLASS_LOW, 2)
                .label("congestion done");
    }

    /** Sends the packet out by the route of its outermost header. */
    private void forward(BpfAssembler program) {
        int parameters = -64; // struct bpf_fib_lookup, on the stack
        program.label("forward")
                .load(Width.WORD, 2, 6, GSO_SIZE)
                .jumpIf(If.NOT_EQUAL, 2, 0, "pass")
                .load(Width.BYTE, 2, 7, OUTER + HOP_LIMIT)
                .jumpIf(If.LESS_OR_EQUAL, 2, 1, "pass");
        for (int i = 0; i < 64; i += 8) {
            program.storeValue(Width.DOUBLE, 10, parameters + i, 0);
        }
        program.storeValue(Width.BYTE, 10, parameters, 10) // AF_INET6
                .load(Width.WORD, 2, 6, LENGTH)
                .add(2, -ETHERNET)
                .store(Width.HALF, 10, parameters + 6, 2)
                .load(Width.WORD, 2, 6, INTERFACE)
                .store(Width.WORD, 10, parameters + 8, 2);
        for (int i = 0; i < 32; i += 8) {
            program.load(Width.DOUBLE, 2, 7, OUTER + SOURCE + i).store(Width.DOUBLE, 10, parameters + 16 + i, 2);
        }
        program.move(1, 6)
                .move(2, 10)
                .add(2, parameters)
                .set(3, 64)
                .set(4, mainTableOnly ? FIB_LOOKUP_DIRECT : 0)
                .call(FIB_LOOKUP)
                .jumpIf(If.NOT_EQUAL, 0, 0, "pass");
        copyHalves(program, parameters + 58, 0); // destination
        copyHalves(program, parameters + 52, 6); // source
        program.load(Width.BYTE, 2, 7, OUTER + HOP_LIMIT)
                .add(2, -1)
                .store(Width.BYTE, 7, OUTER + HOP_LIMIT, 2)
                .load(Width.WORD, 1, 10, parameters + 8)
                .set(2, 0)
                .call(REDIRECT)
                .exit();
    }

    private static void copyHalves(BpfAssembler program, int fromStack, int toFrame) {
        for (int i = 0; i < 6; i += 2) {
            program.load(Width.HALF, 2, 10, fromStack + i).store(Width.HALF, 7, toFrame + i, 2);
        }
    }

    /** Writes source (this end) and destination (the other end) of the header at {@code base + offset}. */
    private static void copyEnds(BpfAssembler program, int base, int offset) {
        for (int i = 0; i < 16; i += 8) {
            program.load(Width.DOUBLE, 2, 9, 16 + i)
                    .store(Width.DOUBLE, base, offset + SOURCE + i, 2)
                    .load(Width.DOUBLE, 2, 9, i)
                    .store(Width.DOUBLE, base, offset + DESTINATION + i, 2);
        }
    }

    private void count(BpfAssembler program, int counter) {
        count(program, counter, 0);
    }

    /** @param octets more than the packet is long here */
    private void count(BpfAssembler program, int counter, int octets) {
        String done = "counted " + labels++;
        int key = -72; // on the stack, below what the other parts use
        program.storeValue(Width.WORD, 10, key, counter)
                .move(2, 10)
                .add(2, key)
                .loadMap(1, counters)
                .call(MAP_LOOKUP)
                .jumpIf(If.EQUAL, 0, 0, done)
                .load(Width.DOUBLE, 1, 0, 0)
                .add(1, 1)
                .store(Width.DOUBLE, 0, 0, 1)
                .load(Width.WORD, 2, 6, LENGTH)
                .add(2, octets)
                .load(Width.DOUBLE, 1, 0, Long.BYTES)
                .addRegister(1, 2)
                .store(Width.DOUBLE, 0, Long.BYTES, 1)
                .label(done);
    }

    /** The ends that other parts jump to. */
    private BpfAssembler ends(BpfAssembler program) {
        program.label("pass").set(0, PASS).exit();
        countedEnd(program, "wrong source", WRONG_SOURCE);
        countedEnd(program, "no binding", NO_BINDING);
        countedEnd(program, "refused", REFUSED);
        return program;
    }

    private void countedEnd(BpfAssembler program, String label, int counter) {
        if (program.jumpsTo(label)) {
            program.label(label);
            count(program, counter);
            program.set(0, DROP).exit();
        }
    }
}
