package dev.roost.openflow.fake;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.EthType;
import org.projectfloodlight.openflow.types.IPv6Address;
import org.projectfloodlight.openflow.types.IpProtocol;
import org.projectfloodlight.openflow.types.MacAddress;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TransportPort;
import org.projectfloodlight.openflow.types.U8;

/**
 * What a switch sees in a frame, the way Open vSwitch does: the protocol is the one behind hop-by-hop options, routing headers,
 * destination options and authentication headers; no checksum is looked at; of a fragment the ports, and so the ICMPv6 type, are not
 * seen (the default fragment handling of OpenFlow).
 */
final class FrameFields {

    private static final int ETHERNET_HEADER = 14;
    private static final int IPV6_HEADER = 40;
    private static final int ND_TARGET_END = 24;

    private final Map<MatchField<?>, Object> values = new HashMap<>();

    FrameFields(int inPort, byte[] frame) {
        values.put(MatchField.IN_PORT, OFPort.of(inPort));
        ByteBuffer in = ByteBuffer.wrap(frame);
        if (frame.length < ETHERNET_HEADER) {
            return;
        }
        values.put(MatchField.ETH_DST, MacAddress.of(bytes(in, 0, 6)));
        values.put(MatchField.ETH_SRC, MacAddress.of(bytes(in, 6, 6)));
        int etherType = Short.toUnsignedInt(in.getShort(12));
        values.put(MatchField.ETH_TYPE, EthType.of(etherType));
        if (etherType == 0x86dd && frame.length >= ETHERNET_HEADER + IPV6_HEADER) {
            readIpv6(in);
        }
    }

    /** The value of a field; null if the packet has no such field. */
    @SuppressWarnings("unchecked")
    <F extends org.projectfloodlight.openflow.types.OFValueType<F>> @Nullable F get(MatchField<F> field) {
        return (F) values.get(field);
    }

    private void readIpv6(ByteBuffer in) {
        values.put(MatchField.IPV6_SRC, IPv6Address.of(bytes(in, ETHERNET_HEADER + 8, 16)));
        values.put(MatchField.IPV6_DST, IPv6Address.of(bytes(in, ETHERNET_HEADER + 24, 16)));
        int protocol = Byte.toUnsignedInt(in.get(ETHERNET_HEADER + 6));
        int at = ETHERNET_HEADER + IPV6_HEADER;
        boolean fragment = false;
        while (isExtension(protocol) && at + 8 <= in.limit()) {
            int next = Byte.toUnsignedInt(in.get(at));
            int units = Byte.toUnsignedInt(in.get(at + 1));
            if (protocol == 44) {
                fragment = true;
                if ((in.getShort(at + 2) & 0xfff8) != 0) {
                    // A later fragment: what is behind is not a header.
                    values.put(MatchField.IP_PROTO, IpProtocol.of((short) 44));
                    return;
                }
                at += 8;
            } else {
                at += protocol == 51 ? (units + 2) * 4 : (units + 1) * 8;
            }
            protocol = next;
        }
        values.put(MatchField.IP_PROTO, IpProtocol.of((short) protocol));
        if (protocol == 58 && !fragment && at + 4 <= in.limit()) {
            readIcmp(in, at);
        } else if (protocol == 17 && !fragment && at + 4 <= in.limit()) {
            values.put(MatchField.UDP_SRC, TransportPort.of(Short.toUnsignedInt(in.getShort(at))));
            values.put(MatchField.UDP_DST, TransportPort.of(Short.toUnsignedInt(in.getShort(at + 2))));
        }
    }

    private void readIcmp(ByteBuffer in, int at) {
        int type = Byte.toUnsignedInt(in.get(at));
        int code = Byte.toUnsignedInt(in.get(at + 1));
        values.put(MatchField.ICMPV6_TYPE, U8.of((short) type));
        values.put(MatchField.ICMPV6_CODE, U8.of((short) code));
        if ((type == 135 || type == 136) && code == 0 && at + ND_TARGET_END <= in.limit()) {
            values.put(MatchField.IPV6_ND_TARGET, IPv6Address.of(bytes(in, at + 8, 16)));
        }
    }

    private static boolean isExtension(int protocol) {
        return protocol == 0 || protocol == 43 || protocol == 44 || protocol == 51 || protocol == 60;
    }

    private static byte[] bytes(ByteBuffer in, int at, int length) {
        byte[] out = new byte[length];
        in.get(at, out);
        return out;
    }
}
