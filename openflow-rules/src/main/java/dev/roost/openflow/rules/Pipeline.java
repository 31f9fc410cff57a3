package dev.roost.openflow.rules;

import java.util.Arrays;
import java.util.Optional;

/**
 * Every kind of rule that we install, as data: all in table 0, highest priority first.
 *
 * <p>The one place where priorities are written down. {@link RuleCompiler} makes the rules, {@link Cookies} carries the purpose, and
 * {@code docs/pipeline.md} is generated from {@link #toMarkdown()}.
 *
 * <p>One table, because that is what every OpenFlow 1.3 switch has. Nothing here matches on extension headers: Open vSwitch has no
 * IPV6_EXTHDR field, and finds the Mobility Header behind destination options and routing headers by itself.
 */
public enum Pipeline {
    LINK_DISCOVERY(
            1,
            60000,
            "eth_dst=01:80:c2:00:00:0e, eth_type=0x88cc",
            "CONTROLLER",
            "Finds the links between switches; left out where the host of the application does that itself."),
    ADVERTISEMENT_SHIELD(
            2,
            50000,
            "ICMPv6 136 (NA), nd_target = anycast or representative address",
            "drop",
            "Unmodified home agents hold the anycast address too and would answer for it; the representative is nobody's."),
    SOLICITATION_INTERCEPT(
            3,
            49000,
            "ICMPv6 135 (NS), nd_target = anycast or representative address",
            "CONTROLLER",
            "Answered by the controller and heard by nobody else. On the target, since all anycast addresses share one group."),
    LINK_SOLICITATION(
            4,
            48900,
            "in_port = link to another switch, ICMPv6 135 (NS)",
            "NORMAL",
            "The switch where it came in has let it pass already; it must not be taken for a question from this port."),
    BOUND_SOLICITATION(
            5,
            48800,
            "ICMPv6 135 (NS), nd_target = bound home address, ipv6_dst = its solicited-node multicast address",
            "CONTROLLER",
            "The controller answers, or lets it go where a home agent must see the answer of the mobile node itself. Who asks by "
                    + "unicast whether it still reaches the home address is steered, so that it does without the controller."),
    DISCOVERY_INTERCEPT(
            6,
            48000,
            "ICMPv6 144 (discovery request), ipv6_dst = anycast address",
            "CONTROLLER, through a meter where one is configured and the switch has meters",
            "Only the representative answers, with its list."),
    REPRESENTATIVE_INTERCEPT(
            7,
            48000,
            "ICMPv6 128 (echo) or 136 (NA), or IP protocol 135 (Mobility Header), ipv6_dst = representative address; ICMPv6 2 (Packet Too Big) where it takes registrations",
            "CONTROLLER",
            "Ping works, a home agent that is probed is heard, a binding update sent there is refused rather than lost, and who tunnels in its name is told what was too big."),
    FORWARDING_INTERCEPT(
            22,
            48000,
            "UDP to the port of the forwarding protocol, ipv6_dst = representative address; with keys for delegation",
            "CONTROLLER",
            "Home agents speak of delegations with the representative in band, so that no other network is needed for it."),
    REPRESENTATIVE_TUNNEL(
            25,
            47500,
            "ipv6_src = care-of address, ipv6_dst = representative address, IP protocol 41 or that of a later fragment",
            "group of the forwarder",
            "Where the representative takes registrations, another home agent forwards for all of them."),
    VIRTUAL_ADDRESS_SHIELD(
            8,
            47000,
            "ipv6_dst = anycast or representative address",
            "drop",
            "No machine has these addresses; flooding what is sent there would only wake home agents up."),
    LINK_ADVERTISEMENT(
            9,
            46100,
            "in_port = link to another switch, ICMPv6 134 (RA)",
            "NORMAL",
            "Copied already where it came in; a home agent is attached there, not here."),
    ADVERTISEMENT_OWNER(
            17,
            46050,
            "in_port, eth_src and ipv6_src of an admitted home agent, ICMPv6 134 (RA); with raGuard",
            "CONTROLLER, NORMAL",
            "What it says where it is attached is its own, and reaches everybody also while no controller is there."),
    ADVERTISEMENT_GUARD(
            18,
            46000,
            "ICMPv6 134 (RA); with raGuard, in place of the copy",
            "CONTROLLER",
            "Whose it is shows only inside the packet; the controller lets it go unless it is refused."),
    ADVERTISEMENT_COPY(
            10,
            46000,
            "ICMPv6 134 (RA)",
            "CONTROLLER, NORMAL",
            "Home agents are learned from their router advertisements, which everybody else must hear as well."),
    LINK_MOBILITY(
            11,
            45100,
            "in_port = link to another switch, IP protocol 135, ipv6_src or ipv6_dst = address of a home agent",
            "NORMAL",
            "Copied already where it came in."),
    MOBILITY_COPY(
            12,
            45000,
            "IP protocol 135 (Mobility Header), ipv6_src or ipv6_dst = address of a home agent",
            "CONTROLLER, NORMAL",
            "Bindings are followed from the updates and acknowledgements that pass. Above steering, so that an acknowledgement "
                    + "to a mobile node at home is not sent back."),
    PROTECTED_QUIET(
            19,
            44200,
            "IP protocol 50 (ESP), ipv6_src and ipv6_dst of a tunnel that was just seen",
            "NORMAL",
            "What is tunnelled under ESP is no registration, and there may be very much of it; for a few seconds none is copied."),
    LINK_PROTECTED(
            20,
            44100,
            "in_port = link to another switch, IP protocol 50, ipv6_src or ipv6_dst = address of a home agent",
            "NORMAL",
            "Copied already where it came in."),
    PROTECTED_COPY(
            21,
            44000,
            "IP protocol 50 (ESP), ipv6_src or ipv6_dst = address of a home agent",
            "CONTROLLER, NORMAL",
            "Of registrations under ESP the addresses show, in the Home Address option and the type 2 routing header before it."),
    LINK_STEERED(
            24,
            32000,
            "in_port = link to another switch, eth_dst of a home agent, IPv6",
            "group of the home agent",
            "The switch where it came in has steered it already: while forwarding moves, switches change one after the other, and "
                    + "whoever steers first decides."),
    REVERSE_STEERING(
            23,
            31000,
            "ipv6_src = care-of address, ipv6_dst = address where it is bound, IP protocol 41 or that of a later fragment",
            "group of the forwarder",
            "Only where another home agent forwards: what the mobile node sends through its tunnel goes there too. Signalling "
                    + "and ICMPv6 errors stay with the home agent where it is bound."),
    STEERING(
            13,
            30000,
            "ipv6_dst = bound home address",
            "group of the home agent that forwards",
            "The group rewrites eth_dst, since a home agent ignores frames for another, and sends towards it."),
    TO_ROUTER(
            26,
            100,
            "eth_src of a home agent, eth_dst of a router that registrations come through, IPv6; in Floodlight",
            "towards the router",
            "Tunnels to mobile nodes, and what comes out of them: without these rules each care-of address and each connection would be a "
                    + "packet-in and a flow of Forwarding's, which ends when the controller is away. Others' rules come before."),
    FROM_ROUTER(
            27,
            100,
            "eth_src of that router, at its own switch also in_port, eth_dst of a home agent, IPv6; in Floodlight",
            "towards the home agent",
            "The way back. At its own switch from its own port only: where it has moved, its packets reach the controller, and the rules go."),
    LOAD_SENT(
            15,
            2,
            "in_port and eth_src of a home agent that shares its port with others",
            "NORMAL",
            "Counts what it sends, which the port's counters do not tell from what the others send."),
    LOAD_RECEIVED(
            16,
            1,
            "eth_dst of a home agent that shares its port with others",
            "NORMAL",
            "Counts what it receives, beside what its group counts."),
    TABLE_MISS(
            14,
            0,
            "everything else",
            "NORMAL",
            "The switch stays a switch. Can be turned off; never put in where somebody else's rule has the same place.");

    /** Number of the only table in use. */
    public static final int TABLE = 0;

    private final int code;
    private final int priority;
    private final String match;
    private final String actions;
    private final String reason;

    Pipeline(int code, int priority, String match, String actions, String reason) {
        this.code = code;
        this.priority = priority;
        this.match = match;
        this.actions = actions;
        this.reason = reason;
    }

    /** Goes into the cookie, so it outlives this version: never reuse one. */
    int code() {
        return code;
    }

    public int priority() {
        return priority;
    }

    /** The stable word for the REST interface: {@code steering}, {@code table-miss}, ... */
    public String purpose() {
        StringBuilder word = new StringBuilder(name().length());
        name().chars().forEach(c -> word.append(c == '_' ? '-' : Character.toLowerCase((char) c)));
        return word.toString();
    }

    static Optional<Pipeline> ofCode(int code) {
        return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }

    /** The text of {@code docs/pipeline.md}. */
    public static String toMarkdown() {
        StringBuilder out = new StringBuilder("""
                # Flow rules

                Generated from `Pipeline.java`; `PipelineDocument` writes it, and a test fails when it is stale.

                All rules are in table 0. Each carries a cookie of ours: application `0x526f`, network, purpose and subject, 16, 8, 8
                and 32 bits. Rules with another application in the cookie are never touched.

                | priority | purpose | match | actions | why |
                |---:|---|---|---|---|
                """);
        for (Pipeline kind : values()) {
            out.append(String.format(
                    "| %d | `%s` | %s | %s | %s |%n",
                    kind.priority, kind.purpose(), kind.match, kind.actions, kind.reason));
        }
        return out.append("""

                Groups are of type INDIRECT, one for each home agent on each switch, numbered `0x52`, network, index of the home agent
                (8, 8 and 16 bits): set `eth_dst` to the home agent's address, output to its port or to the next switch on the
                shortest way, `NORMAL` if no way is known. Moving everybody off a home agent is one group modification.

                Meters are numbered `0x52` and network (8 and 8 bits): packets a second, dropping what is more than that and one
                second's burst.
                """).toString();
    }
}
