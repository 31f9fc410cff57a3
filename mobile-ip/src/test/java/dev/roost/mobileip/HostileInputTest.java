package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever the octets, the codecs give a result or a {@link MalformedPacketException}, and nothing else.
 *
 * <p>Each hostile frame goes through the verified and the unverified parser and the view; checksums are ignored by the latter two, so that
 * corruption gets past them to the code behind. A result must survive being written and read again.
 */
class HostileInputTest {

    private static final int NETWORK = EthernetFrame.HEADER_LENGTH;
    private static final int PAYLOAD_LENGTH = NETWORK + 4;

    private int accepted;
    private int refused;

    @Test
    void everyTruncation() throws MalformedPacketException {
        for (Captures.Frame frame : Captures.varied()) {
            for (int length = 0; length < frame.octets().length(); length++) {
                byte[] cut = Arrays.copyOf(frame.bytes(), length);
                feed(cut, frame);
                if (length >= PAYLOAD_LENGTH + 2) {
                    // The same with a payload length that owns up to it, or the cut would never get past the header.
                    ByteBuffer.wrap(cut).putShort(PAYLOAD_LENGTH, (short) Math.max(0, length - NETWORK - 40));
                    feed(cut, frame);
                }
            }
        }
        assertBothHappened();
    }

    @Test
    void everyCorruptionOfOneOctet() throws MalformedPacketException {
        for (Captures.Frame frame : Captures.varied()) {
            byte[] bytes = frame.bytes();
            for (int at = 0; at < bytes.length; at++) {
                byte original = bytes[at];
                for (int value = 0; value < 256; value++) {
                    bytes[at] = (byte) value;
                    feed(bytes, frame);
                }
                bytes[at] = original;
            }
        }
        assertBothHappened();
    }

    @Test
    void aCorruptedOctetUnderTheChecksumIsNoticed() throws MalformedPacketException {
        for (Captures.Frame frame : Captures.varied()) {
            byte[] bytes = frame.bytes();
            PacketView view = new PacketView();
            view.read(ByteBuffer.wrap(bytes), 0, bytes.length);
            if (view.messageType() != PacketView.NO_MESSAGE) {
                for (int at = view.payloadOffset(); at < bytes.length; at++) {
                    bytes[at] ^= 0x10;
                    assertThat(isAccepted(bytes))
                            .as("%s with octet %s changed", frame, at)
                            .isFalse();
                    bytes[at] ^= 0x10;
                }
            }
        }
    }

    @Test
    void randomCorruptionsOfSeveralOctets() throws MalformedPacketException {
        long seed = Long.getLong("roost.seed", System.nanoTime());
        System.out.println("HostileInputTest seed " + seed);
        Random random = new Random(seed);
        List<Captures.Frame> frames = Captures.varied();
        for (int i = 0; i < 100_000; i++) {
            Captures.Frame frame = frames.get(random.nextInt(frames.size()));
            byte[] bytes = frame.bytes();
            for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
                // The interesting octets are lengths, types and flags behind the IPv6 addresses, or small values
                // anywhere.
                int at = NETWORK + random.nextInt(bytes.length - NETWORK);
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(8) : random.nextInt());
            }
            feed(bytes, frame);
        }
        assertBothHappened();
    }

    @Test
    void randomExtensionHeaderChains() {
        long seed = Long.getLong("roost.seed", System.nanoTime());
        System.out.println("HostileInputTest seed " + seed);
        Random random = new Random(seed);
        int[] protocols = {0, 43, 44, 51, 60, 58, 59, 135, 139, 140, 41, 50};
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[NETWORK + 40 + random.nextInt(160)];
            random.nextBytes(bytes);
            ByteBuffer frame = ByteBuffer.wrap(bytes);
            frame.putShort(12, (short) 0x86dd).put(NETWORK, (byte) 0x60);
            frame.putShort(PAYLOAD_LENGTH, (short) (bytes.length - NETWORK - 40));
            frame.put(NETWORK + 6, (byte) protocols[random.nextInt(protocols.length)]);
            for (int at = NETWORK + 40; at + 8 <= bytes.length; at += 8 + 8 * (bytes[at + 1] & 0xff)) {
                bytes[at] = (byte) protocols[random.nextInt(protocols.length)];
                bytes[at + 1] = (byte) random.nextInt(3);
                bytes[at + 2] = (byte) random.nextInt(4);
                bytes[at + 3] = (byte) random.nextInt(4);
            }
            feed(bytes, "random chain");
        }
        assertBothHappened();
    }

    private void assertBothHappened() {
        assertThat(accepted).isPositive();
        assertThat(refused).isPositive();
    }

    private static boolean isAccepted(byte[] frame) {
        try {
            EthernetFrame.parse(ByteBuffer.wrap(frame));
            return true;
        } catch (MalformedPacketException refusal) {
            return false;
        }
    }

    private void feed(byte[] frame, Object origin) {
        try {
            feed(frame);
        } catch (RuntimeException | Error e) {
            fail("from " + origin + ": " + OpaqueBytes.of(frame), e);
        }
    }

    private void feed(byte[] frame) {
        // Not at the start of its buffer: an absolute index that forgets the offset shows up.
        ByteBuffer buffer = ByteBuffer.allocate(frame.length + 14)
                .position(7)
                .put(frame)
                .flip()
                .position(7);
        boolean verified = isAccepted(frame);
        boolean viewed = isViewed(buffer);
        Ipv6Packet packet;
        try {
            EthernetFrame.requireIpv6(buffer, 7, buffer.limit());
            packet = Ipv6Packet.parseUnverified(buffer.position(7 + NETWORK));
        } catch (MalformedPacketException refusal) {
            require(
                    refusal.offset() >= 7 && refusal.offset() <= buffer.limit(),
                    "offset outside: " + refusal.getMessage());
            require(!verified, "refused only without a checksum");
            refused++;
            return;
        }
        accepted++;
        require(viewed, "the view refuses what the parser accepts");
        checkRewritten(packet);
    }

    private static boolean isViewed(ByteBuffer buffer) {
        PacketView view = new PacketView();
        try {
            view.read(buffer, 7, buffer.limit() - 7);
        } catch (MalformedPacketException refusal) {
            return false;
        }
        require(view.payloadOffset() + view.payloadLength() <= buffer.limit(), "payload outside");
        view.effectiveSource();
        view.effectiveDestination();
        if (view.hasTarget()) {
            view.target();
        }
        return true;
    }

    private static void checkRewritten(Ipv6Packet packet) {
        byte[] written = packet.toBytes();
        try {
            require(Ipv6Packet.parse(ByteBuffer.wrap(written)).equals(packet), "another packet when read again");
            if (packet.payload() instanceof NeighborDiscoveryMessage message) {
                message.requireValid(packet.header());
            }
        } catch (MalformedPacketException refusal) {
            // Only the checks that need the header may still refuse, and they point into it or at the target.
            require(refusal.offset() < Ipv6Header.LENGTH + 16, refusal.getMessage());
        }
    }

    /** On a path that is taken millions of times, so without the cost of a fluent assertion. */
    private static void require(boolean condition, String claim) {
        if (!condition) {
            throw new AssertionError(claim);
        }
    }
}
