package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.CARE_OF;
import static dev.roost.controller.HomeLinkPackets.CONFIG;
import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingKey;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.ForwarderReportAcknowledgement;
import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.openflow.fake.FakeSwitch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another key for the forwarding protocol, by reloads, as docs/forwarding-protocol.md has it: nobody is silent for a moment. */
class ForwardingKeyRotationTest {

    private static final DelegationConfig.Key OLD = new DelegationConfig.Key(1, OpaqueBytes.of(FakePeer.SECRET));
    private static final DelegationConfig.Key NEW =
            new DelegationConfig.Key(2, OpaqueBytes.of("a secret of next year".getBytes(StandardCharsets.UTF_8)));

    private final FakePeer ha1 = new FakePeer(1, 11);
    private final FakePeer ha2 = new FakePeer(2, 22);
    private TestController home;
    private FakeConnection s1;
    private long identifier;

    private static HomeNetworkConfig config(DelegationConfig.Key... keys) {
        DelegationConfig pattern = DelegationTest.delegation(DelegationConfig.Mode.DRAIN);
        return CONFIG.withDelegation(new DelegationConfig(
                pattern.mode(),
                pattern.port(),
                List.of(keys),
                pattern.movesAtOnce(),
                pattern.movesPerMinute(),
                pattern.moveAgainAfter(),
                pattern.imbalance(),
                pattern.unmodifiedHomeAgents(),
                pattern.representative(),
                pattern.authentication()));
    }

    private static ForwardingKey signing(DelegationConfig.Key key) {
        return new ForwardingKey(key.identifier(), key.secret().toBytes());
    }

    private void pass(Duration time) {
        for (long step = 0; step < time.toMillis(); step += 100) {
            home.pass(Duration.ofMillis(100));
            exchange();
        }
    }

    private void exchange() {
        for (var sent = s1.takeSent(); !sent.isEmpty(); sent = s1.takeSent()) {
            ha1.takeIn(home, s1, sent);
            ha2.takeIn(home, s1, sent);
        }
    }

    /** Both are heard at every time, and a report is acknowledged, with the forwarder that it names. */
    private void worksWithoutInterruption(int forwarder) {
        long ignored = home.counters.total("roost_forwarding_messages_ignored_total");
        pass(Duration.ofSeconds(12));
        ForwarderReport report = new ForwarderReport(
                ++identifier, DelegationStatus.ACCEPTED, MOBILE_NODE, CARE_OF, addressOf(forwarder), 1000 + identifier);
        ha1.send(home, s1, report);
        exchange();

        assertThat(ha1.takeReceived())
                .containsExactly(new ForwarderReportAcknowledgement(
                        report.identifier(), DelegationStatus.ACCEPTED, MOBILE_NODE, report.epoch()));
        assertThat(home.eventKinds()).doesNotContain("forwarding-peer-silent");
        assertThat(home.counters.total("roost_forwarding_messages_ignored_total"))
                .as("nothing is refused, and no session is asked for again")
                .isEqualTo(ignored);
    }

    @BeforeEach
    void twoHomeAgentsAndABoundMobileNode() throws Exception {
        home = new TestController(null, List.of(config(OLD)));
        s1 = home.connect(1, new FakeSwitch());
        home.receive(s1, 1, advertisement(1));
        home.receive(s1, 2, advertisement(2));
        home.receive(s1, 3, bindingUpdate(MOBILE_NODE, addressOf(1), 7));
        home.receive(s1, 1, acknowledgement(1, MOBILE_NODE, 7));
        exchange();
    }

    @Test
    void aKeyIsChangedWithoutInterruption() {
        worksWithoutInterruption(2);

        home.reload(config(OLD, NEW));
        worksWithoutInterruption(1);
        ha1.useKeys(signing(OLD), signing(NEW));
        ha2.useKeys(signing(OLD), signing(NEW));
        worksWithoutInterruption(2);
        home.reload(config(NEW, OLD));
        worksWithoutInterruption(1);
        ha1.useKeys(signing(NEW), signing(OLD));
        worksWithoutInterruption(2);
        ha2.useKeys(signing(NEW));
        ha1.useKeys(signing(NEW));
        worksWithoutInterruption(1);
        home.reload(config(NEW));
        worksWithoutInterruption(2);

        ha1.useKeys(signing(OLD));
        ha1.send(
                home, s1, new ForwarderReport(99, DelegationStatus.ACCEPTED, MOBILE_NODE, CARE_OF, addressOf(1), 9999));
        assertThat(home.counters.value("roost_forwarding_messages_ignored_total", "reason", "ignored-unknown-key"))
                .as("the old key opens nothing any more")
                .isEqualTo(1);
    }
}
