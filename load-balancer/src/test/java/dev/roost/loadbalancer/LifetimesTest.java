package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.ROUTER_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_PORT;
import static dev.roost.loadbalancer.Scene.SWITCH;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Bindings whose lifetime is over, where mobile nodes may have refreshed them unseen. Each is accepted for 600 s. */
final class LifetimesTest {

    private static final SwitchId OTHER = new SwitchId(2);

    private Scene scene = started(new Scene());

    private static Scene started(Scene scene) {
        scene.happened(scene.network.onStarted(scene.now));
        return scene;
    }

    private void connect(SwitchId id) {
        scene.happened(scene.network.onSwitchConnected(scene.now, id));
    }

    private void disconnect(SwitchId id) {
        scene.happened(scene.network.onSwitchDisconnected(scene.now, id));
    }

    private void bindSeen() {
        connect(SWITCH);
        scene.passMillis(1);
        scene.withHomeAgents(2);
        scene.bind(1, 1);
    }

    /** Lets time pass, with every deadline on the way. */
    private void pass(long seconds) {
        Instant end = scene.now.plusSeconds(seconds);
        while (scene.network.nextDeadline().filter(next -> !next.isAfter(end)).isPresent()) {
            Instant due = scene.network.nextDeadline().orElseThrow();
            scene.now = due.isAfter(scene.now) ? due : scene.now;
            scene.happened(scene.network.onDeadline(scene.now));
            assertThat(scene.last.changes()).isNotEmpty();
        }
        scene.now = end;
    }

    private boolean steers(int mobileNode) {
        return scene.network.steeringPlan().forwarderOf(home(mobileNode)).isPresent();
    }

    private Duration remaining(int mobileNode) {
        return scene.network.mobileNodes(scene.now).stream()
                .filter(view -> view.homeAddress().equals(home(mobileNode)))
                .map(MobileNodeView::remainingLifetime)
                .findFirst()
                .orElseThrow();
    }

    /** Another process, with what a journal kept. */
    private void restart(Iterable<Change> kept) {
        Scene after = new Scene();
        after.now = scene.now;
        kept.forEach(after.network::apply);
        scene = started(after);
    }

    private void restart() {
        restart(scene.network.snapshot());
    }

    @Test
    void endsWithItsLifetimeWhereAllWasSeen() {
        bindSeen();

        pass(599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
        assertThat(scene.last.changes()).contains(new BindingReleased(home(1), 0, BindingReleased.Cause.EXPIRED));
    }

    @Test
    void staysForOneLifetimeAfterARestartThatCameTooLate() {
        bindSeen();
        scene.pass(Duration.ofMinutes(30));

        restart();
        pass(5);
        assertThat(steers(1)).as("nothing is seen yet").isTrue();
        connect(SWITCH);
        pass(599);
        assertThat(steers(1)).isTrue();
        assertThat(remaining(1)).isEqualTo(Duration.ofSeconds(1));
        pass(1);

        assertThat(steers(1)).as("prolonged once").isFalse();
        assertThat(scene.network.nextDeadline().filter(next -> next.isBefore(scene.now)))
                .isEmpty();
    }

    @Test
    void lastsAsAcceptedOnceItIsSeenAgain() {
        bindSeen();
        BindingAccepted before = accepted();
        scene.pass(Duration.ofMinutes(30));
        restart();
        connect(SWITCH);
        pass(100);
        assertThat(accepted()).as("reports are ordered by when it was accepted").isEqualTo(before);

        scene.homeAgent(1).advertises();
        scene.bind(1, 1);
        pass(599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
    }

    private BindingAccepted accepted() {
        return StreamSupport.stream(scene.network.snapshot().spliterator(), false)
                .filter(BindingAccepted.class::isInstance)
                .map(BindingAccepted.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void isDecidedAnewAfterASecondRestart() {
        bindSeen();
        scene.pass(Duration.ofMinutes(30));
        restart();
        connect(SWITCH);
        pass(300);

        restart();
        connect(SWITCH);
        pass(599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void isKeptWhileNoSwitchConnectsHoweverLong() {
        bindSeen();

        restart();
        pass(86_400);
        assertThat(steers(1)).isTrue();
        assertThat(remaining(1)).isPositive();
        connect(SWITCH);
        pass(600);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void outlastsASwitchThatIsAway() {
        bindSeen();
        connect(OTHER);
        pass(300);
        disconnect(SWITCH);

        pass(500);
        assertThat(steers(1)).isTrue();
        connect(SWITCH);
        pass(599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void outlastsASwitchThatStaysAwayByOneLifetimeAfterItWasGivenUp() {
        bindSeen();
        connect(OTHER);
        disconnect(SWITCH);

        pass(600 + 599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void outlastsAllSwitchesBeingAwayUntilEachHasHadItsTimeToComeBack() {
        bindSeen();
        connect(OTHER);
        disconnect(SWITCH);
        disconnect(OTHER);
        pass(7200);
        assertThat(steers(1)).isTrue();

        connect(OTHER);
        pass(599);
        connect(SWITCH);
        pass(599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void isNotProlongedForASwitchWithoutHomeAgentAndRouter() {
        bindSeen();
        connect(OTHER);
        pass(300);

        disconnect(OTHER);
        pass(300);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void isProlongedForTheSwitchOfARouter() {
        connect(SWITCH);
        connect(OTHER);
        SwitchPort attachment = new SwitchPort(OTHER, 1);
        scene.homeAgent(1).at(attachment).advertises();
        scene.passMillis(1);
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(attachment, global(1), home(1), careOf(1), 0, scene.sequence(), 600);
        assertThat(scene.network.steeringPlan().routers()).containsExactly(new Router(ROUTER_MAC, ROUTER_PORT));
        pass(300);

        disconnect(SWITCH);
        connect(SWITCH);
        pass(599);

        assertThat(steers(1)).isTrue();
    }

    @Test
    void isProlongedForANewConnectionInPlaceOfADeadOne() {
        bindSeen();
        pass(300);

        connect(SWITCH);
        pass(599);

        assertThat(steers(1)).isTrue();
    }

    @Test
    void isNotProlongedWhereThePortOfItsHomeAgentIsDown() {
        bindSeen();
        scene.pass(Duration.ofMinutes(30));
        restart();
        connect(SWITCH);

        scene.happened(scene.network.onHomeAgentUnreachable(scene.now, port(1)));
        pass(0);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void ofUnknownBeginningLastsTenMinutes() {
        bindSeen();
        BindingAccepted known = accepted();
        scene.network.apply(new BindingAccepted(
                known.homeAddress(),
                known.careOfAddress(),
                known.homeAgent(),
                known.homeAgentAddress(),
                known.sequence(),
                0,
                known.expiresAtMillis(),
                known.evidence()));
        scene.pass(Duration.ofMinutes(30));
        restart();
        connect(SWITCH);

        pass(599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void ofWhichOnlyTrafficWasSeenIsRenewedByTrafficAgain() {
        connect(SWITCH);
        scene.passMillis(1);
        scene.withHomeAgents(1);
        observe();
        scene.pass(Duration.ofMinutes(30));
        restart();
        connect(SWITCH);
        pass(1);
        scene.homeAgent(1).advertises();

        observe();
        pass(599);
        assertThat(steers(1)).isTrue();
        pass(1);

        assertThat(steers(1)).isFalse();
    }

    @Test
    void outranksNothingOnceItIsOnlyProlonged() {
        bindSeen();
        scene.pass(Duration.ofMinutes(30));
        restart();
        connect(SWITCH);
        pass(1);
        scene.withHomeAgents(2);

        PacketOrigin update = new PacketOrigin(ROUTER_PORT, ROUTER_MAC, careOf(1), global(2));
        scene.happened(scene.network.onProtectedUpdate(scene.now, update, home(1)));
        PacketOrigin answer = new PacketOrigin(port(2), Scene.mac(2), global(2), careOf(1));
        scene.happened(scene.network.onProtectedAcknowledgement(scene.now, answer, home(1)));

        assertThat(scene.network.steeringPlan().forwarderOf(home(1)))
                .map(SteeredHomeAgent::linkLocalAddress)
                .contains(Scene.linkLocal(2));
    }

    private void observe() {
        PacketOrigin update = new PacketOrigin(ROUTER_PORT, ROUTER_MAC, careOf(1), global(1));
        scene.happened(scene.network.onProtectedUpdate(scene.now, update, home(1)));
        PacketOrigin answer = new PacketOrigin(port(1), Scene.mac(1), global(1), careOf(1));
        scene.happened(scene.network.onProtectedAcknowledgement(scene.now, answer, home(1)));
        assertThat(scene.last.changes()).hasAtLeastOneElementOfType(BindingAccepted.class);
    }

    @Test
    void endsWhenItsHomeAgentSaysThatItIsGone() {
        bindSeen();
        scene.pass(Duration.ofMinutes(30));
        restart();
        connect(SWITCH);
        pass(1);

        scene.happened(scene.network.onBindingReported(
                scene.now,
                new BindingReport(
                        global(1), home(1), careOf(1), Duration.ZERO, OptionalInt.empty(), Duration.ofSeconds(1))));

        assertThat(steers(1)).isFalse();
    }

    @Test
    void ofManyIsProlongedInSlices() {
        connect(SWITCH);
        scene.passMillis(1);
        scene.withHomeAgents(1);
        int count = HomeNetwork.MOST_EXPIRED_AT_ONCE + 1;
        for (int i = 0; i < count; i++) {
            scene.bind(i, 1);
        }
        scene.pass(Duration.ofMinutes(30));
        restart();

        int slices = 0;
        while (scene.network
                .nextDeadline()
                .filter(next -> !next.isAfter(scene.now))
                .isPresent()) {
            scene.happened(scene.network.onDeadline(scene.now));
            slices++;
        }

        assertThat(slices).isEqualTo(2);
        assertThat(scene.network.steeringPlan().pinCount()).isEqualTo(count);
    }

    @Test
    void remembersNoMoreSwitchesThatAreAwayThanThereIsRoomFor() {
        Sight sight = Sight.ofNothing(0, List.of(SWITCH)).connected(0, OTHER);
        for (int i = 0; i < 2 * Sight.MOST_AWAY; i++) {
            SwitchId id = new SwitchId(100 + i);
            sight = sight.connected(i, id).disconnected(i, id);
        }

        assertThat(sight.awayUntilMillis()).hasSize(Sight.MOST_AWAY);
        assertThat(sight.unseenUntilMillis(9000, new SwitchId(100 + 2 * Sight.MOST_AWAY - 1)))
                .isEqualTo(9000);
        assertThat(sight.unseenUntilMillis(9000, SWITCH)).isZero();
    }

    @Test
    void everythingIsSeenAsLongAsNobodySaysThatThereAreSwitches() {
        scene = new Scene();
        bindSeen();
        disconnect(SWITCH);

        pass(600);

        assertThat(steers(1)).isFalse();
    }
}
