package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.CONFIG;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.discoveryRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.SwitchProtection;
import dev.roost.openflow.fake.FakeSwitch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFMeterModCommand;
import org.projectfloodlight.openflow.protocol.OFVersion;

/** Discovery requests are limited on the switch where that is wanted and the switch has meters. */
class DiscoveryMeterTest {

    private static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);
    private static final int ROUTER_PORT = 3;
    private static final long METER = 0x5200;

    private static HomeNetworkConfig limitedTo(int packetsPerSecond) {
        return CONFIG.withProtection(new SwitchProtection(false, OptionalInt.of(packetsPerSecond)));
    }

    private static boolean answers(TestController home, FakeConnection at) {
        home.receive(at, ROUTER_PORT, discoveryRequest(1));
        return !at.takeSent().isEmpty();
    }

    @Test
    void putsAMeterBeforeTheRuleThatGoesThroughItAndFollowsTheConfiguration() throws Exception {
        TestController home = new TestController(null, List.of(limitedTo(2000)));
        FakeConnection s1 = home.connect(1, new FakeSwitch());
        home.receive(s1, 1, advertisement(1));

        assertThat(s1.fake().meterRates()).isEqualTo(Map.of(METER, 2000L));
        assertThat(s1.fake().receive(ROUTER_PORT, discoveryRequest(1))).hasToString("CONTROLLER");
        assertThat(home.eventKinds()).doesNotContain("switch-refused");
        assertThat(answers(home, s1)).isTrue();

        home.reload(limitedTo(500));
        assertThat(s1.fake().meterRates()).isEqualTo(Map.of(METER, 500L));

        home.reload(CONFIG);
        assertThat(s1.fake().meterRates()).isEmpty();
        assertThat(answers(home, s1)).as("its rule did not go with the meter").isTrue();
        home.pass(Duration.ofSeconds(6));
        assertThat(home.eventKinds()).doesNotContain("switch-refused");
    }

    @Test
    void doesWithoutWhereTheSwitchHasNone() throws Exception {
        TestController home = new TestController(null, List.of(limitedTo(2000)));
        FakeConnection s1 = home.connect(1, new FakeSwitch().withoutMeters());
        home.receive(s1, 1, advertisement(1));

        home.pass(Duration.ofSeconds(12));

        assertThat(answers(home, s1)).isTrue();
        assertThat(home.eventKinds()).doesNotContain("switch-refused");
        assertThat(home.ask(ControllerView::problems)).isEmpty();
    }

    @Test
    void sendsNothingToASwitchThatComesAgainWithItsMeters() throws Exception {
        TestController home = new TestController(null, List.of(limitedTo(2000)));
        FakeConnection s1 = home.connect(1, new FakeSwitch());
        home.disconnect(s1);

        FakeConnection again = home.connect(1, s1.fake());
        assertThat(again.takeRuleMessages()).isEmpty();

        TestController restarted = new TestController(home, List.of(limitedTo(2000)));
        FakeConnection anew = restarted.connect(1, s1.fake());
        assertThat(anew.takeRuleMessages()).isEmpty();
    }

    @Test
    void putsAMeterBackThatSomebodyTookAwayTogetherWithItsRule() throws Exception {
        TestController home = new TestController(null, List.of(limitedTo(2000)));
        FakeConnection s1 = home.connect(1, new FakeSwitch());
        home.receive(s1, 1, advertisement(1));
        OFMessage deletion = FACTORY.buildMeterMod()
                .setCommand(OFMeterModCommand.DELETE)
                .setMeterId(METER)
                .setMeters(List.of())
                .build();
        assertThat(s1.fake().handle(deletion)).isEmpty();
        assertThat(s1.fake().receive(ROUTER_PORT, discoveryRequest(1))).hasToString("drop");

        home.pass(Duration.ofSeconds(6));

        assertThat(s1.fake().meterRates()).isEqualTo(Map.of(METER, 2000L));
        assertThat(answers(home, s1)).isTrue();
    }
}
