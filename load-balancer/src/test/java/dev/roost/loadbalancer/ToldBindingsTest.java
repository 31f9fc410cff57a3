package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.ROUTER_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_PORT;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Bindings that home agents report, and those of which only addresses are seen. */
final class ToldBindingsTest {

    private final Scene scene = new Scene().withHomeAgents(3);

    private Decision reports(int n, int mobileNode, Ipv6Address careOfAddress, int lifetimeSeconds, int ageSeconds) {
        return scene.happened(scene.network.onBindingReported(
                scene.now,
                new BindingReport(
                        linkLocal(n),
                        home(mobileNode),
                        careOfAddress,
                        Duration.ofSeconds(lifetimeSeconds),
                        OptionalInt.of(7),
                        Duration.ofSeconds(ageSeconds))));
    }

    private void sendsProtectedUpdate(int mobileNode, Ipv6Address careOfAddress, int n) {
        scene.happened(scene.network.onProtectedUpdate(
                scene.now, new PacketOrigin(ROUTER_PORT, ROUTER_MAC, careOfAddress, global(n)), home(mobileNode)));
    }

    private void answersProtected(SwitchPort from, int mobileNode, Ipv6Address careOfAddress, int n) {
        scene.happened(scene.network.onProtectedAcknowledgement(
                scene.now, new PacketOrigin(from, mac(n), global(n), careOfAddress), home(mobileNode)));
    }

    private MobileNodeView only() {
        List<MobileNodeView> bound = scene.network.mobileNodes(scene.now);
        assertThat(bound).hasSize(1);
        return bound.get(0);
    }

    @Test
    void whatAHomeAgentReportsIsBoundAndSteered() {
        reports(2, 1, careOf(1), 600, 0);

        assertThat(only())
                .isEqualTo(new MobileNodeView(
                        home(1), careOf(1), global(2), global(2), Duration.ofMinutes(10), 7, Evidence.AGENT));
        assertThat(scene.network
                        .steeringPlan()
                        .forwarderOf(home(1))
                        .orElseThrow()
                        .linkLocalAddress())
                .isEqualTo(linkLocal(2));
        assertThat(scene.events()).containsExactly("mobile-node-registered");
    }

    @Test
    void whatIsReportedAgainIsNothingToRemember() {
        reports(2, 1, careOf(1), 600, 0);
        scene.passMillis(30_000);

        assertThat(reports(2, 1, careOf(1), 570, 30)).isEqualTo(Decision.NONE);
    }

    @Test
    void aReportMakesAnAcknowledgedBindingCertainAndARefreshKeepsItSo() {
        scene.bind(1, 1);
        assertThat(only().evidence()).isEqualTo(Evidence.ACKNOWLEDGED);

        reports(1, 1, careOf(1), 600, 0);
        assertThat(only().evidence()).isEqualTo(Evidence.AGENT);
        scene.bind(1, 1);
        assertThat(only().evidence()).isEqualTo(Evidence.AGENT);
        scene.bind(home(1), careOf(2), 1);
        assertThat(only().evidence()).isEqualTo(Evidence.ACKNOWLEDGED);
    }

    /** The table of the former home agent is read after the mobile node has registered with another one. */
    @Test
    void aRowThatIsOlderThanWhatIsKnownAltersNothing() {
        scene.bind(1, 1);
        scene.passMillis(20_000);
        scene.bind(1, 2);
        scene.passMillis(1000);

        reports(1, 1, careOf(1), 579, 21);

        assertThat(scene.counted()).containsExactly(Reason.REPORT_OUT_OF_DATE);
        assertThat(only().homeAgent()).isEqualTo(global(2));
        reports(3, 1, careOf(1), 600, 0);
        assertThat(only().homeAgent()).isEqualTo(global(3));
    }

    @Test
    void aReportOfNoBindingReleasesButNotAnotherHomeAgents() {
        reports(2, 1, careOf(1), 600, 0);

        reports(1, 1, careOf(1), 0, 0);
        assertThat(scene.counted()).containsExactly(Reason.RELEASE_WITHOUT_BINDING);
        assertThat(only().homeAgent()).isEqualTo(global(2));
        reports(2, 1, careOf(1), 0, 0);
        assertThat(scene.network.mobileNodes(scene.now)).isEmpty();
        assertThat(scene.events()).containsExactly("mobile-node-released");
    }

    /**
     * <pre>
     *   home agent    binds   copies its table   releases
     *   controller      |                          sees it   reads the copy
     *   seconds         0            10             10.5           11
     * </pre>
     */
    @Test
    void aRowOfBeforeAReleaseDoesNotBringTheBindingBack() {
        scene.bind(1, 1);
        scene.passMillis(10_500);
        scene.release(1, 1);
        scene.passMillis(500);

        reports(1, 1, careOf(1), 590, 10);

        assertThat(scene.counted()).containsExactly(Reason.REPORT_OUT_OF_DATE);
        assertThat(scene.network.mobileNodes(scene.now)).isEmpty();
        scene.passMillis(2000);
        reports(1, 1, careOf(2), 600, 1);
        assertThat(only().careOfAddress()).isEqualTo(careOf(2));
    }

    @Test
    void aRowOfBeforeAReleaseThatTheHomeAgentToldDoesNotBringTheBindingBack() {
        reports(1, 1, careOf(1), 600, 0);
        scene.passMillis(10_000);
        reports(1, 1, careOf(1), 0, 0);

        reports(1, 1, careOf(1), 590, 10);

        assertThat(scene.counted()).containsExactly(Reason.REPORT_OUT_OF_DATE);
        assertThat(scene.network.mobileNodes(scene.now)).isEmpty();
    }

    /** Whole seconds are told, so that a row may look older than it is; not for good. */
    @Test
    void whatAHomeAgentStillTellsLaterIsBelieved() {
        scene.bind(1, 1);
        scene.passMillis(10_000);
        scene.release(1, 1);
        scene.passMillis(RecentReleases.MEMORY_MILLIS);

        reports(1, 1, careOf(1), 580, 20);

        assertThat(only().homeAgent()).isEqualTo(global(1));
    }

    @Test
    void aReleaseByOneHomeAgentSaysNothingOfAnother() {
        scene.bind(1, 1);
        scene.passMillis(10_000);
        scene.release(1, 1);

        reports(2, 1, careOf(1), 590, 10);

        assertThat(only().homeAgent()).isEqualTo(global(2));
    }

    @Test
    void reportsOfStrangersAndOfAddressesElsewhereAreCounted() {
        reports(9, 1, careOf(1), 600, 0);
        assertThat(scene.counted()).containsExactly(Reason.REPORT_OF_UNKNOWN_HOME_AGENT);
        scene.happened(scene.network.onBindingReported(
                scene.now,
                new BindingReport(
                        global(1), global(2), careOf(1), Duration.ofSeconds(9), OptionalInt.empty(), Duration.ZERO)));
        assertThat(scene.counted()).containsExactly(Reason.REPORT_NOT_OF_HOME_ADDRESS);
        assertThat(scene.network.mobileNodes(scene.now)).isEmpty();
    }

    @Test
    void anEncryptedRegistrationIsObservedOnceTheHomeAgentAnswers() {
        sendsProtectedUpdate(1, careOf(1), 2);
        assertThat(scene.network.mobileNodes(scene.now)).isEmpty();

        answersProtected(port(2), 1, careOf(1), 2);

        assertThat(only().evidence()).isEqualTo(Evidence.OBSERVED);
        assertThat(only().homeAgent()).isEqualTo(global(2));
        assertThat(scene.network
                        .steeringPlan()
                        .forwarderOf(home(1))
                        .orElseThrow()
                        .linkLocalAddress())
                .isEqualTo(linkLocal(2));
        assertThat(scene.ask(careOf(1))).startsWith(global(2));
    }

    @Test
    void anAnswerFromAnotherPortOrToAnotherCareOfAddressIsNotBelieved() {
        sendsProtectedUpdate(1, careOf(1), 2);

        answersProtected(port(3), 1, careOf(1), 2);
        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_AT_OTHER_PORT);
        answersProtected(port(2), 1, careOf(8), 2);
        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE);
        scene.passMillis(PendingUpdates.LIFETIME_MILLIS);
        answersProtected(port(2), 1, careOf(1), 2);
        assertThat(scene.network.mobileNodes(scene.now)).isEmpty();
    }

    @Test
    void whatIsOnlySeenOutranksNothing() {
        scene.bind(1, 1);
        sendsProtectedUpdate(1, careOf(5), 2);

        answersProtected(port(2), 1, careOf(5), 2);

        assertThat(scene.counted()).containsExactly(Reason.OBSERVATION_OUTRANKED);
        assertThat(only().homeAgent()).isEqualTo(global(1));
    }

    @Test
    void anObservedBindingLastsAsLongAsSomethingIsSeenOfIt() {
        sendsProtectedUpdate(1, careOf(1), 2);
        answersProtected(port(2), 1, careOf(1), 2);
        scene.passMillis(1000);
        sendsProtectedUpdate(1, careOf(1), 2);
        assertThat(scene.last).isEqualTo(Decision.NONE);

        scene.passMillis(ToldBindings.OBSERVED_LIFETIME_MILLIS / 2);
        sendsProtectedUpdate(1, careOf(1), 2);
        answersProtected(port(2), 1, careOf(1), 2);
        assertThat(only().remainingLifetime()).isEqualTo(Duration.ofMillis(ToldBindings.OBSERVED_LIFETIME_MILLIS));

        scene.toNextDeadline();
        assertThat(scene.network.mobileNodes(scene.now)).isEmpty();
    }

    @Test
    void theOperatorMayBelieveClaimsOrIgnoreThem() {
        scene.happened(scene.network.reconfigure(
                scene.now, scene.network.config().withProtectedUpdates(ProtectedUpdates.CLAIMED)));
        sendsProtectedUpdate(1, careOf(1), 2);
        assertThat(only().evidence()).isEqualTo(Evidence.OBSERVED);
        sendsProtectedUpdate(1, careOf(1), 3);
        assertThat(only().homeAgent()).isEqualTo(global(2));

        scene.happened(scene.network.reconfigure(
                scene.now, scene.network.config().withProtectedUpdates(ProtectedUpdates.IGNORED)));
        sendsProtectedUpdate(2, careOf(2), 2);
        assertThat(scene.counted()).containsExactly(Reason.PROTECTED_UPDATE_IGNORED);
    }

    @Test
    void whatWasToldOutlivesTheProcess() {
        reports(2, 1, careOf(1), 600, 0);
        HomeNetwork restarted = new HomeNetwork(scene.network.config(), 1);

        scene.network.snapshot().forEach(restarted::apply);

        assertThat(restarted.mobileNodes(scene.now)).isEqualTo(scene.network.mobileNodes(scene.now));
    }
}
