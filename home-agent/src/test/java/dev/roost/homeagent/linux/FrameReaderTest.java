package dev.roost.homeagent.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.homeagent.binding.BindingAuthenticator;
import dev.roost.homeagent.binding.Decision;
import dev.roost.homeagent.binding.Effect;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.UnknownMobilityMessage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes in, decisions out: which frames are for this home agent, and what happens to those that make no sense. */
final class FrameReaderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    /** A captured binding update of UMIP: 2001:db8:1::99 from 2001:db8:3::.. to 2001:db8:1::a. */
    private static final byte[] BINDING_UPDATE = HexFormat.of()
            .parseHex("66f17a06726aa23ecdf0a3d886dd60026de500383c3f20010db800030000e499c6fffe38940920010db8000100000000"
                    + "00000000000a870201020000c91020010db80001000000000000000000993b030500867d58b8c000545f010003102001"
                    + "0db800030000e499c6fffe389409");

    private static final MacAddress MAC = MacAddress.parse("66:f1:7a:06:72:6a");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::a");
    private static final Ipv6Address STRANGER = Ipv6Address.parse("2001:db8:9::1");
    private static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::99");

    private final HomeAgentSettings settings =
            HomeAgentSettings.of(HOME_AGENT, Ipv6Prefix.parse("2001:db8:1::/64"), MAC);
    private final HomeAgent agent = new HomeAgent(settings, BindingAuthenticator.none(), 1);
    private final FrameReader reader = new FrameReader(settings, agent);

    @Test
    void takesABindingUpdateThroughToItsAcknowledgement() {
        apply(read(BINDING_UPDATE));
        Decision then = agent.onDeadline(NOW.plusSeconds(1));

        assertThat(payloads(then)).anyMatch(BindingAcknowledgement.class::isInstance);
    }

    @Test
    void survivesEveryTruncationAndEveryCorruptedOctet() {
        for (int length = 0; length < BINDING_UPDATE.length; length++) {
            assertThat(reader.read(
                            NOW, ByteBuffer.wrap(BINDING_UPDATE, 0, length).slice()))
                    .isEqualTo(Decision.NOTHING);
        }
        assertThat(reader.malformed().values().stream()
                        .mapToLong(count -> count)
                        .sum())
                .isEqualTo(BINDING_UPDATE.length);
        for (int at = 0; at < BINDING_UPDATE.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] corrupted = BINDING_UPDATE.clone();
                corrupted[at] ^= (byte) (1 << bit);
                apply(read(corrupted));
            }
        }
    }

    @Test
    void countsABindingUpdateWithABadChecksumAndIsSilent() {
        byte[] corrupted = BINDING_UPDATE.clone();
        corrupted[corrupted.length - 1] ^= 1;

        assertThat(read(corrupted)).isEqualTo(Decision.NOTHING);
        assertThat(reader.malformed()).containsEntry(MalformedPacketException.Reason.BAD_CHECKSUM, 1L);
    }

    @Test
    void leavesFramesForOthersAndItsOwnAlone() {
        byte[] flooded = BINDING_UPDATE.clone();
        flooded[5] ^= 1;
        assertThat(read(flooded)).isEqualTo(Decision.NOTHING);

        byte[] ours = BINDING_UPDATE.clone();
        System.arraycopy(MAC.toBytes(), 0, ours, 6, MacAddress.LENGTH);
        assertThat(read(ours)).isEqualTo(Decision.NOTHING);

        Ipv6Packet toAnother = Ipv6Packet.of(STRANGER, HOME_ADDRESS, unknownMessage(42));
        assertThat(read(new EthernetFrame(MAC, OTHER_MAC, toAnother).toBytes())).isEqualTo(Decision.NOTHING);
    }

    @Test
    void ignoresNeighborDiscoveryThatCameThroughARouter() {
        apply(read(BINDING_UPDATE));
        apply(agent.onDeadline(NOW.plusSeconds(1)));
        Ipv6Packet solicitation = Ipv6Packet.of(
                Ipv6Address.parse("fe80::1"),
                HOME_ADDRESS.solicitedNode(),
                new NeighborSolicitation(HOME_ADDRESS, List.of()));
        byte[] frame = EthernetFrame.of(OTHER_MAC, OTHER_MAC, solicitation).toBytes();
        assertThat(payloads(read(frame))).singleElement().isInstanceOf(NeighborAdvertisement.class);

        frame[EthernetFrame.HEADER_LENGTH + 7] = (byte) 254;

        assertThat(read(frame)).isEqualTo(Decision.NOTHING);
        assertThat(reader.malformed()).containsEntry(MalformedPacketException.Reason.BAD_HOP_LIMIT, 1L);
    }

    /** RFC 4861, 7.2.4: whoever asks this one alone has its link-layer address, or the one that led here, already. */
    @Test
    void confirmsToWhoAsksByUnicastThatAHomeAddressIsReachedAndTellsNoAddress() {
        apply(read(BINDING_UPDATE));
        apply(agent.onDeadline(NOW.plusSeconds(1)));
        Ipv6Packet probe = Ipv6Packet.of(
                Ipv6Address.parse("fe80::1"), HOME_ADDRESS, new NeighborSolicitation(HOME_ADDRESS, List.of()));

        assertThat(payloads(read(new EthernetFrame(MAC, OTHER_MAC, probe).toBytes())))
                .containsExactly(new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, HOME_ADDRESS, List.of()));
        assertThat(read(new EthernetFrame(OTHER_MAC, OTHER_MAC, probe).toBytes()))
                .as("flooded, for another")
                .isEqualTo(Decision.NOTHING);
    }

    @Test
    void answersUnknownMobilityMessagesButNotReturnRoutability() {
        for (int type = 1; type <= 4; type++) {
            assertThat(payloads(read(mobility(type)))).isEmpty();
        }
        assertThat(payloads(read(mobility(42)))).singleElement().isInstanceOf(BindingError.class);
    }

    private static byte[] mobility(int type) {
        return new EthernetFrame(MAC, OTHER_MAC, Ipv6Packet.of(STRANGER, HOME_AGENT, unknownMessage(type))).toBytes();
    }

    private static UnknownMobilityMessage unknownMessage(int type) {
        return new UnknownMobilityMessage(type, OpaqueBytes.zeros(10));
    }

    private Decision read(byte[] frame) {
        return reader.read(NOW, ByteBuffer.wrap(frame));
    }

    private void apply(Decision decision) {
        decision.changes().forEach(agent::apply);
    }

    private static List<Payload> payloads(Decision decision) {
        return decision.effects().stream()
                .filter(Effect.Send.class::isInstance)
                .map(effect -> ((Effect.Send) effect).packet().payload())
                .toList();
    }
}
