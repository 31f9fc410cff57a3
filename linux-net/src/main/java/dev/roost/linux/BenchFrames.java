package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** The frames of {@link TunnelBench}: for each flow a UDP packet, plain, for a mobile node, or tunnelled from one. */
final class BenchFrames {
    static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::a");
    private static final Ipv6Address CORRESPONDENT = Ipv6Address.parse("2001:db8:4::c");
    private static final MacAddress GENERATOR = MacAddress.parse("02:00:00:00:00:01");
    private static final long HOME_PREFIX = 0x2001_0db8_0001_0000L;
    private static final long FOREIGN_PREFIX = 0x2001_0db8_0003_0000L;
    private static final long PLAIN_PREFIX = 0x2001_0db8_0005_0000L;

    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int UDP = 17;
    private static final int IPV6 = 41;
    private static final int HOP_LIMIT = 64;

    private final List<TunnelBinding> flows = new ArrayList<>();
    private final int payloadBytes;

    /** Picks the flows' mobile nodes among {@code bindings} at random. */
    BenchFrames(List<TunnelBinding> bindings, int flowCount, int payloadBytes, SplittableRandom random) {
        for (int i = 0; i < flowCount; i++) {
            flows.add(bindings.get(random.nextInt(bindings.size())));
        }
        this.payloadBytes = payloadBytes;
    }

    /** Mobile nodes with random interface identifiers, each on the same foreign link. */
    static List<TunnelBinding> bindings(int count, SplittableRandom random) {
        List<TunnelBinding> bindings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Ipv6Address homeAddress = new Ipv6Address(HOME_PREFIX, random.nextLong() | 1L << 62);
            Ipv6Address careOfAddress = new Ipv6Address(FOREIGN_PREFIX, random.nextLong() | 1L << 62);
            bindings.add(new TunnelBinding(homeAddress, careOfAddress, HOME_AGENT));
        }
        return bindings;
    }

    List<byte[]> plain(MacAddress to) {
        return each(to, i -> udp(CORRESPONDENT, new Ipv6Address(PLAIN_PREFIX, i + 1L)));
    }

    List<byte[]> forMobileNodes(MacAddress to) {
        return each(to, i -> udp(CORRESPONDENT, flows.get(i).homeAddress()));
    }

    List<byte[]> fromMobileNodes(MacAddress to) {
        return each(to, i -> tunnelled(flows.get(i), flows.get(i).careOfAddress()));
    }

    /** From a neighbor of each mobile node, which claims the mobile node's home address. */
    List<byte[]> forged(MacAddress to) {
        return each(to, i -> {
            Ipv6Address careOfAddress = flows.get(i).careOfAddress();
            return tunnelled(flows.get(i), new Ipv6Address(careOfAddress.high(), careOfAddress.low() ^ 2));
        });
    }

    private List<byte[]> each(MacAddress to, IntFunction<ByteBuffer> packet) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < flows.size(); i++) {
            ByteBuffer bytes = packet.apply(i);
            ByteBuffer frame = ByteBuffer.allocate(2 * MacAddress.LENGTH + 2 + bytes.remaining());
            to.writeTo(frame);
            GENERATOR.writeTo(frame);
            frames.add(frame.putShort((short) ETHERTYPE_IPV6).put(bytes).array());
        }
        return frames;
    }

    private ByteBuffer tunnelled(TunnelBinding binding, Ipv6Address outerSource) {
        return ipv6(outerSource, binding.homeAgentAddress(), IPV6, udp(binding.homeAddress(), CORRESPONDENT));
    }

    private ByteBuffer udp(Ipv6Address source, Ipv6Address destination) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + payloadBytes);
        // Nobody looks at the checksum on the way; it only must not be zero.
        datagram.putShort((short) 4660)
                .putShort((short) 9)
                .putShort((short) datagram.capacity())
                .putShort((short) 1);
        return ipv6(source, destination, UDP, datagram.rewind());
    }

    private static ByteBuffer ipv6(Ipv6Address source, Ipv6Address destination, int nextHeader, ByteBuffer payload) {
        ByteBuffer packet = ByteBuffer.allocate(40 + payload.remaining());
        packet.putInt(0x6000_0000).putShort((short) payload.remaining());
        packet.put((byte) nextHeader).put((byte) HOP_LIMIT);
        source.writeTo(packet);
        destination.writeTo(packet);
        return packet.put(payload).flip();
    }
}
