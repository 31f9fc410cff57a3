package dev.roost.floodlight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.floodlight.PacketInFilter.Verdict;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.OpaquePayload;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.UdpDatagram;
import dev.roost.topology.SwitchId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketInFilterTest {

    private static final HomeNetworkConfig HOME = FakeFloodlight.HOME;
    private static final Ipv6Address REPRESENTATIVE = HOME.representativeAddress();
    private static final Ipv6Address ANYCAST = HOME.anycastAddress();
    private static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address MOBILE_NODE = Ipv6Address.parse("2001:db8:1::100");
    private static final Ipv6Address ELSEWHERE = Ipv6Address.parse("2001:db8:3::9");
    private static final long NO_COOKIE = 0;

    private final PacketInFilter filter = new PacketInFilter(List.of(HOME), new SwitchId(1));

    private static byte[] frame(
            Ipv6Address source, Ipv6Address destination, Payload payload, ExtensionHeader... headers) {
        return EthernetFrame.of(
                        MacAddress.parse("02:00:00:00:00:01"),
                        MacAddress.parse("02:00:00:00:00:02"),
                        Ipv6Packet.of(source, destination, List.of(headers), payload))
                .toBytes();
    }

    static byte[] discoveryRequest() {
        return frame(ELSEWHERE, ANYCAST, new HomeAgentAddressDiscoveryRequest(1));
    }

    private static Payload update() {
        return BindingUpdate.of(
                new SequenceNumber(1),
                BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                new BindingLifetime(150),
                List.of());
    }

    private Verdict judge(byte[] frame) {
        return filter.judge(NO_COOKIE, frame);
    }

    @Test
    void whatARuleOfOursPuntedIsOursWhateverItIs() {
        long cookie = 0x526f_0003_0000_0001L;

        assertThat(filter.judge(cookie, new byte[0])).isEqualTo(Verdict.OURS);
        assertThat(filter.judge(cookie, frame(ELSEWHERE, ELSEWHERE, new OpaquePayload(17, OpaqueBytes.zeros(8)))))
                .isEqualTo(Verdict.OURS);
        assertThat(filter.judge(0x5260_0000_0000_0000L, new byte[60])).isEqualTo(Verdict.OTHERS);
    }

    @Test
    void whatIsForTheRepresentativeIsOursBeforeOurRulesAreThere() {
        assertThat(judge(frame(ELSEWHERE, ANYCAST, new HomeAgentAddressDiscoveryRequest(1))))
                .isEqualTo(Verdict.OURS);
        assertThat(judge(frame(ELSEWHERE, REPRESENTATIVE, new EchoRequest(1, 1, OpaqueBytes.zeros(8)))))
                .isEqualTo(Verdict.OURS);
        assertThat(judge(frame(
                        ELSEWHERE,
                        REPRESENTATIVE,
                        update(),
                        DestinationOptions.of(new HomeAddressOption(MOBILE_NODE)))))
                .isEqualTo(Verdict.OURS);
        OpaquePayload forwardingMessage =
                new UdpDatagram(5439, 5439, OpaqueBytes.zeros(84)).toPayload(HOME_AGENT, REPRESENTATIVE);
        assertThat(judge(frame(HOME_AGENT, REPRESENTATIVE, forwardingMessage))).isEqualTo(Verdict.OURS);
    }

    @Test
    void solicitationsAreOursByTheirTarget() {
        assertThat(judge(frame(ELSEWHERE, ANYCAST.solicitedNode(), new NeighborSolicitation(ANYCAST, List.of()))))
                .isEqualTo(Verdict.OURS);
        assertThat(judge(frame(
                        ELSEWHERE,
                        REPRESENTATIVE.solicitedNode(),
                        new NeighborSolicitation(REPRESENTATIVE, List.of()))))
                .isEqualTo(Verdict.OURS);
        assertThat(judge(frame(ELSEWHERE, HOME_AGENT.solicitedNode(), new NeighborSolicitation(HOME_AGENT, List.of()))))
                .isEqualTo(Verdict.OTHERS);
    }

    @Test
    void nobodyElsesAdvertisementOfTheAnycastAddressIsPassedOn() {
        byte[] frame = frame(HOME_AGENT, Ipv6Address.ALL_NODES, new NeighborAdvertisement(0, ANYCAST, List.of()));

        assertThat(judge(frame)).isEqualTo(Verdict.OURS);
    }

    @Test
    void whatOurRulesWouldCopyIsSeenAndPassedOn() {
        byte[] advertisement = frame(
                HOME_AGENT,
                Ipv6Address.ALL_NODES,
                new RouterAdvertisement(64, RouterAdvertisement.HOME_AGENT, 1800, 0, 0, List.of()));
        byte[] update =
                frame(ELSEWHERE, HOME_AGENT, update(), DestinationOptions.of(new HomeAddressOption(MOBILE_NODE)));

        assertThat(judge(advertisement)).isEqualTo(Verdict.SHARED);
        assertThat(judge(update)).isEqualTo(Verdict.SHARED);
        assertThat(judge(frame(ELSEWHERE, ELSEWHERE, update()))).isEqualTo(Verdict.OTHERS);
    }

    @Test
    void ordinaryTrafficIsTheOthers() {
        assertThat(judge(frame(ELSEWHERE, MOBILE_NODE, new OpaquePayload(17, OpaqueBytes.zeros(16)))))
                .isEqualTo(Verdict.OTHERS);
        assertThat(judge(new byte[] {1, 2, 3})).isEqualTo(Verdict.OTHERS);
    }

    @Test
    void aSwitchThatServesNoHomeNetworkHasOnlyTheOthers() {
        PacketInFilter elsewhere = new PacketInFilter(List.of(), new SwitchId(1));

        assertThat(elsewhere.judge(NO_COOKIE, frame(ELSEWHERE, ANYCAST, new HomeAgentAddressDiscoveryRequest(1))))
                .isEqualTo(Verdict.OTHERS);
    }

    @Test
    void everyTruncationHasAVerdict() {
        byte[] frame =
                frame(ELSEWHERE, HOME_AGENT, update(), DestinationOptions.of(new HomeAddressOption(MOBILE_NODE)));

        for (int length = 0; length <= frame.length; length++) {
            assertThat(judge(Arrays.copyOf(frame, length))).isNotNull();
        }
    }
}
