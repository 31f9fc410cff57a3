package dev.roost.homeagent.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.MobilePrefixSolicitation;
import dev.roost.mobileip.NeighborSolicitation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Frames of a capture of UMIP as mobile node and as home agent: what that home agent received goes in here, and what comes out must
 * be what it sent, octet for octet except the flow label.
 */
final class CaptureTest {
    private static final String BINDING_UPDATE =
            "66f17a06726aa23ecdf0a3d886dd60026de500383c3f20010db800030000e499c6fffe38940920010db800010000000000000000"
                    + "000a870201020000c91020010db80001000000000000000000993b030500867d58b8c000545f0100031020010db800030000e499"
                    + "c6fffe389409";
    private static final String PROBE =
            "3333ff00009966f17a06726a86dd6000000000183aff00000000000000000000000000000000ff0200000000000000000001ff00"
                    + "009987004bbc0000000020010db8000100000000000000000099";
    private static final String ANNOUNCEMENT =
            "33330000000166f17a06726a86dd60025fd000203aff20010db800010000000000000000000aff02000000000000000000000000"
                    + "00018800a7262000000020010db8000100000000000000000099020166f17a06726a";
    private static final String ACKNOWLEDGEMENT =
            "a23ecdf0a3d866f17a06726a86dd600a280700282b4020010db800010000000000000000000a20010db800030000e499c6fffe38"
                    + "9409870202010000000020010db80001000000000000000000993b0106000800000058b8009601020000";
    private static final String PREFIX_SOLICITATION =
            "66f17a06726aa23ecdf0a3d886dd6007242a00203c3f20010db800030000e499c6fffe38940920010db800010000000000000000"
                    + "000a3a0201020000c91020010db800010000000000000000009992005296bf0f0000";
    private static final String PREFIX_ADVERTISEMENT =
            "a23ecdf0a3d866f17a06726a86dd600154e600402b4020010db800010000000000000000000a20010db800030000e499c6fffe38"
                    + "94093a0202010000000020010db800010000000000000000009993005610bf0f0000030440e00001517e0000383e000000002001"
                    + "0db800010000000000000000000a";
    private static final String ROUTER_ADVERTISEMENT =
            "33330000000166f17a06726a86dd6009554900483afffe8000000000000064f17afffe06726aff02000000000000000000000000"
                    + "0001860079dc402000000000000000000000030440e000015180000038400000000020010db800010000000000000000000a0101"
                    + "66f17a06726a0701000000000bb808010000000a0708";
    private static final String SOLICITATION =
            "3333ff000099a23ecdf0a3d886dd6000000000203afffe80000000000000a03ecdfffef0a3d8ff0200000000000000000001ff00"
                    + "0099870027220000000020010db80001000000000000000000990101a23ecdf0a3d8";
    private static final String PROXY_ANSWER =
            "a23ecdf0a3d866f17a06726a86dd6000000000203afffe8000000000000064f17afffe06726afe80000000000000a03ecdfffef0"
                    + "a3d8880055824000000020010db8000100000000000000000099020166f17a06726a";
    private static final String DEREGISTRATION =
            "96b9d8ace6788ad4a9b737ab86dd6006b37c0020874020010db800010000000000000000009920010db800010000000000000000"
                    + "000a3b0305004dbf231bc00000000100031020010db8000100000000000000000099";
    private static final String DEREGISTERED =
            "8ad4a9b737ab96b9d8ace67886dd6009a4890010874020010db800010000000000000000000a20010db800010000000000000000"
                    + "00993b0106003e330000231b000001020000";

    private static final int ETHERNET_HEADER = 14;
    private static final Instant START = HomeLink.START;

    private final HomeAgent agent = agent("66:f1:7a:06:72:6a", 86_398, 14_398);

    @Test
    void registersAsTheCapturedHomeAgentDid() throws MalformedPacketException {
        List<Effect> first = take(agent, bindingUpdate(agent, BINDING_UPDATE));
        List<Effect> then = take(agent, agent.onDeadline(START.plusSeconds(1)));

        assertThat(first.stream().map(CaptureTest::octets)).containsExactly(packetOf(PROBE));
        assertThat(then.stream().map(CaptureTest::octets))
                .containsExactly(packetOf(ANNOUNCEMENT), packetOf(ACKNOWLEDGEMENT));
        assertThat(((Effect.Send) first.get(0)).linkLayerDestination()).isEqualTo(destination(PROBE));
        assertThat(((Effect.Send) then.get(0)).linkLayerDestination()).isEqualTo(destination(ANNOUNCEMENT));
    }

    @Test
    void answersPrefixAndNeighborSolicitationsAsTheCapturedHomeAgentDid() throws MalformedPacketException {
        take(agent, bindingUpdate(agent, BINDING_UPDATE));
        take(agent, agent.onDeadline(START.plusSeconds(1)));

        Ipv6Packet asked = parse(PREFIX_SOLICITATION);
        List<Effect> prefixes = take(
                agent,
                agent.onMobilePrefixSolicitation(
                        START, Origin.of(source(PREFIX_SOLICITATION), asked), (MobilePrefixSolicitation)
                                asked.payload()));
        assertThat(prefixes.stream().map(CaptureTest::octets)).containsExactly(packetOf(PREFIX_ADVERTISEMENT));

        Ipv6Packet solicited = parse(SOLICITATION);
        List<Effect> answer = take(
                agent,
                agent.onNeighborSolicitation(
                        source(SOLICITATION),
                        solicited.source(),
                        ((NeighborSolicitation) solicited.payload()).target()));
        assertThat(answer.stream().map(CaptureTest::octets)).containsExactly(packetOf(PROXY_ANSWER));
        assertThat(((Effect.Send) answer.get(0)).linkLayerDestination()).isEqualTo(destination(PROXY_ANSWER));
    }

    @Test
    void advertisesItselfAsTheCapturedHomeAgentDid() {
        HomeAgent advertising = agent("66:f1:7a:06:72:6a", 86_400, 14_400);

        Effect advertisement = advertising.routerAdvertisement(10, false);

        assertThat(octets(advertisement)).isEqualTo(packetOf(ROUTER_ADVERTISEMENT));
    }

    @Test
    void deregistersAsTheCapturedHomeAgentDid() throws MalformedPacketException {
        HomeAgent left = agent("96:b9:d8:ac:e6:78", 86_398, 14_398);
        Ipv6Address homeAddress = parse(DEREGISTRATION).source();
        left.apply(new BindingChange.BindingRegistered(new Binding(
                homeAddress,
                HomeLink.CARE_OF_ADDRESS,
                0x231a,
                600,
                START.plusSeconds(600).toEpochMilli(),
                START.toEpochMilli(),
                false)));

        List<Effect> answer = take(left, bindingUpdate(left, DEREGISTRATION));

        assertThat(answer.stream().map(CaptureTest::octets)).containsExactly(packetOf(DEREGISTERED));
        assertThat(((Effect.Send) answer.get(0)).linkLayerDestination()).isEqualTo(destination(DEREGISTERED));
    }

    private static HomeAgent agent(String linkLayerAddress, long validSeconds, long preferredSeconds) {
        MacAddress mac = MacAddress.parse(linkLayerAddress);
        HomeAgentSettings settings = new HomeAgentSettings(
                Ipv6Address.parse("2001:db8:1::a"),
                Ipv6Prefix.parse("2001:db8:1::/64"),
                mac,
                Ipv6Address.linkLocal(mac),
                Set.of(),
                1800,
                0,
                Duration.ofSeconds(3),
                Duration.ofSeconds(validSeconds),
                Duration.ofSeconds(preferredSeconds),
                Duration.ofMinutes(10),
                10,
                HomeAgentSettings.RETRANS_TIMER);
        return new HomeAgent(settings, BindingAuthenticator.none(), 1);
    }

    private static Decision bindingUpdate(HomeAgent agent, String frame) throws MalformedPacketException {
        Ipv6Packet packet = parse(frame);
        return agent.onBindingUpdate(START, BindingRequest.of(source(frame), packet, (BindingUpdate) packet.payload()));
    }

    private static List<Effect> take(HomeAgent agent, Decision decision) {
        decision.changes().forEach(agent::apply);
        return decision.effects().stream()
                .filter(effect -> !(effect instanceof Effect.Count))
                .toList();
    }

    private static Ipv6Packet parse(String frame) throws MalformedPacketException {
        byte[] octets = HexFormat.of().parseHex(frame);
        return Ipv6Packet.parse(ByteBuffer.wrap(octets, ETHERNET_HEADER, octets.length - ETHERNET_HEADER)
                .slice());
    }

    private static MacAddress destination(String frame) {
        return MacAddress.fromBytes(ByteBuffer.wrap(HexFormat.of().parseHex(frame)));
    }

    private static MacAddress source(String frame) {
        return MacAddress.fromBytes(ByteBuffer.wrap(HexFormat.of().parseHex(frame), 6, 6));
    }

    private static String octets(Effect effect) {
        return withoutFlowLabel(HexFormat.of().formatHex(HomeLink.packet(effect).toBytes()));
    }

    private static String packetOf(String frame) {
        return withoutFlowLabel(frame.substring(2 * ETHERNET_HEADER));
    }

    /** The 20 bits behind version and traffic class. */
    private static String withoutFlowLabel(String packet) {
        return packet.substring(0, 3) + "00000" + packet.substring(8);
    }
}
