package dev.roost.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roost.loadbalancer.Evidence;
import dev.roost.loadbalancer.HomeNetworkView.AnswerView;
import dev.roost.loadbalancer.HomeNetworkView.BindingUpdateView;
import dev.roost.loadbalancer.HomeNetworkView.DelegationView;
import dev.roost.loadbalancer.HomeNetworkView.HomeAgentView;
import dev.roost.loadbalancer.HomeNetworkView.LoadView;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.loadbalancer.HomeNetworkView.State;
import dev.roost.loadbalancer.LoadSample;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Operators' scripts rest on these names and forms. */
final class JsonTest {
    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address OTHER = Ipv6Address.parse("2001:db8:1::12");
    private static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::1");

    private static void assertJson(JsonNode json, String expected) {
        assertThat(Json.write(json)).isEqualTo(expected.replace('\'', '"').replace("\n", ""));
    }

    @Test
    void tellsAHomeAgentWithItsLoad() {
        LoadView load = new LoadView(
                7,
                2,
                -1,
                5,
                OptionalDouble.of(12.34),
                OptionalDouble.empty(),
                Optional.of(LoadSample.Source.OPENFLOW),
                Optional.of(TIME));
        HomeAgentView homeAgent = new HomeAgentView(
                0,
                Ipv6Address.parse("fe80::1"),
                List.of(HOME_AGENT),
                MacAddress.parse("02:00:00:00:00:11"),
                10,
                0,
                4,
                Duration.ofMillis(1_799_500),
                State.OVERLOADED,
                new SwitchPort(new SwitchId(1), 3),
                6,
                new DelegationView(true, true, false, 3),
                load);

        assertJson(Json.homeAgent("home", homeAgent), """
                {'homeNetwork':'home','linkLocalAddress':'fe80::1','addresses':['2001:db8:1::11'],
                'linkLayerAddress':'02:00:00:00:00:11','preference':10,'effectivePreference':0,'weight':4,
                'remainingLifetime':1799.5,'state':'overloaded',
                'attachment':{'switch':'00:00:00:00:00:00:00:01','port':3},'forwarding':6,'delegation':{'speaks':true,'roles':['primary'],'entries':3},
                'load':{'bindings':7,'inFlight':2,'packetsTransmitted':18446744073709551615,'packetsReceived':5,
                'transmitRate':12.3,'receiveRate':null,'source':'openflow','sampledAt':'2026-03-01T12:00:00.123Z'}}""");
    }

    @Test
    void tellsARegistrationUnderWay() {
        BindingUpdateView update = new BindingUpdateView(
                Ipv6Address.parse("2001:db8:1::100"), CARE_OF_ADDRESS, HOME_AGENT, OptionalInt.of(65535), TIME);

        assertJson(Json.bindingUpdate("home", update), """
                {'homeNetwork':'home','homeAddress':'2001:db8:1::100','careOfAddress':'%s',
                'homeAgent':'2001:db8:1::11','sequence':65535,'seenAt':'2026-03-01T12:00:00.123Z'}""".formatted(CARE_OF_ADDRESS));
    }

    @Test
    void tellsAMobileNodeAndWhoForwardsForIt() {
        MobileNodeView mobileNode = new MobileNodeView(
                Ipv6Address.parse("2001:db8:1::100"),
                CARE_OF_ADDRESS,
                HOME_AGENT,
                OTHER,
                Duration.ofMinutes(10),
                65535,
                Evidence.ACKNOWLEDGED);

        assertJson(Json.mobileNode("home", mobileNode), """
                {'homeNetwork':'home','homeAddress':'2001:db8:1::100','careOfAddress':'2001:db8:3::1',
                'homeAgent':'2001:db8:1::11','forwarder':'2001:db8:1::12','remainingLifetime':600.0,
                'sequence':65535,'evidence':'acknowledged'}""");
    }

    @Test
    void tellsAnAnswerInItsOrder() {
        assertJson(Json.notification("home", new AnswerView(CARE_OF_ADDRESS, List.of(OTHER, HOME_AGENT), TIME)), """
                {'homeNetwork':'home','careOfAddress':'2001:db8:3::1',
                'homeAgents':['2001:db8:1::12','2001:db8:1::11'],'sentAt':'2026-03-01T12:00:00.123Z'}""");
    }
}
