package dev.roost.floodlight;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.openflow.rules.Cookies;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.SwitchId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whose a packet-in of one switch is, by its bytes alone: a pure function that every worker may call at once.
 *
 * <p>What a rule of ours has punted carries our cookie, and is ours: the rule has forwarded it already if it should go on. A packet
 * without our cookie reaches the controller where our rules are not in place yet, as right after a switch has connected. Then what is
 * meant for the anycast address or the representative is ours all the same; what the rules would have copied is looked at and left to
 * the other applications, so that it goes on.
 *
 * <p>It does not say whether a packet is well-formed: what is too short to tell is somebody else's.
 */
final class PacketInFilter {

    enum Verdict {
        /** For us and nobody else. */
        OURS,
        /** For us to see, and for the others to forward. */
        SHARED,
        OTHERS
    }

    private static final int ETHERTYPE_OFFSET = 12;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int IPV6_OFFSET = EthernetFrame.HEADER_LENGTH;
    private static final int NEXT_HEADER_OFFSET = IPV6_OFFSET + 6;
    private static final int SOURCE_OFFSET = IPV6_OFFSET + 8;
    private static final int DESTINATION_OFFSET = IPV6_OFFSET + 24;
    private static final int PAYLOAD_OFFSET = IPV6_OFFSET + 40;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int ICMPV6 = 58;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MOBILITY = 135;
    /** More than any message of ours has (RFC 8200, 4.1). */
    private static final int MOST_EXTENSION_HEADERS = 4;

    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int NEIGHBOR_SOLICITATION = 135;
    private static final int NEIGHBOR_ADVERTISEMENT = 136;
    private static final int TARGET_OFFSET = 8;
    private static final int ADDRESS_LENGTH = 16;

    private final Set<Ipv6Address> ownAddresses = new HashSet<>();
    private final List<Ipv6Prefix> prefixes = new ArrayList<>();

    /** A filter for one switch, which serves some of the home networks. */
    PacketInFilter(Collection<HomeNetworkConfig> configs, SwitchId switchId) {
        for (HomeNetworkConfig config : configs) {
            if (RuleCompiler.serves(config, switchId)) {
                ownAddresses.add(config.anycastAddress());
                ownAddresses.add(config.representativeAddress());
                prefixes.add(config.prefix());
            }
        }
    }

    Verdict judge(long cookie, byte[] frame) {
        if (Cookies.isOurs(cookie)) {
            return Verdict.OURS;
        }
        ByteBuffer in = ByteBuffer.wrap(frame);
        if (prefixes.isEmpty() || !isIpv6(frame)) {
            return Verdict.OTHERS;
        }
        Ipv6Address destination = address(in, DESTINATION_OFFSET);
        if (ownAddresses.contains(destination)) {
            return Verdict.OURS;
        }
        return judgePayload(in, destination);
    }

    static boolean isIpv6(byte[] frame) {
        return frame.length >= PAYLOAD_OFFSET
                && (ByteBuffer.wrap(frame).getShort(ETHERTYPE_OFFSET) & 0xffff) == ETHERTYPE_IPV6;
    }

    private Verdict judgePayload(ByteBuffer in, Ipv6Address destination) {
        int header = in.get(NEXT_HEADER_OFFSET) & 0xff;
        int at = PAYLOAD_OFFSET;
        for (int skipped = 0; isExtension(header) && skipped < MOST_EXTENSION_HEADERS; skipped++) {
            if (in.limit() - at < 2) {
                return Verdict.OTHERS;
            }
            header = in.get(at) & 0xff;
            at += ((in.get(at + 1) & 0xff) + 1) * 8;
        }
        if (header == MOBILITY) {
            return isOfHomeNetwork(destination) || isOfHomeNetwork(address(in, SOURCE_OFFSET))
                    ? Verdict.SHARED
                    : Verdict.OTHERS;
        }
        return header == ICMPV6 && at < in.limit() ? judgeIcmpv6(in, at) : Verdict.OTHERS;
    }

    private Verdict judgeIcmpv6(ByteBuffer in, int at) {
        int type = in.get(at) & 0xff;
        if (type == ROUTER_ADVERTISEMENT) {
            return Verdict.SHARED;
        }
        boolean hasTarget = type == NEIGHBOR_SOLICITATION || type == NEIGHBOR_ADVERTISEMENT;
        return hasTarget
                        && in.limit() - at >= TARGET_OFFSET + ADDRESS_LENGTH
                        && ownAddresses.contains(address(in, at + TARGET_OFFSET))
                ? Verdict.OURS
                : Verdict.OTHERS;
    }

    private static boolean isExtension(int header) {
        return header == HOP_BY_HOP || header == ROUTING || header == DESTINATION_OPTIONS;
    }

    private boolean isOfHomeNetwork(Ipv6Address address) {
        return prefixes.stream().anyMatch(prefix -> prefix.contains(address));
    }

    private static Ipv6Address address(ByteBuffer in, int at) {
        return new Ipv6Address(in.getLong(at), in.getLong(at + Long.BYTES));
    }
}
