package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.topology.SwitchId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the operator alters while mobile nodes are served. */
final class ReconfigurationTest {

    private final Scene scene = new Scene().withHomeAgents(3);

    private void becomes(HomeNetworkConfig config) {
        scene.happened(scene.network.reconfigure(scene.now, config));
    }

    private HomeNetworkConfig weighing(Map<Ipv6Address, Integer> weights) {
        return scene.network.config().withBalancing(BalancingConfig.DEFAULTS.withWeights(weights));
    }

    private List<SteeringPlan.Pin> pins() {
        List<SteeringPlan.Pin> pins = new ArrayList<>();
        scene.network.steeringPlan().forEachPin(pins::add);
        return pins;
    }

    /** How many of so many mobile nodes, which register at once, each home agent gets. */
    private int[] shares(int mobileNodes) {
        int[] shares = new int[4];
        for (int i = 0; i < mobileNodes; i++) {
            Ipv6Address first = scene.ask(careOf(1000 + i)).get(0);
            int n = (int) (first.low() - global(0).low());
            shares[n]++;
            scene.bind(1000 + i, n);
        }
        return shares;
    }

    @Test
    void weightsSetWhileRunningMoveNobodyWhoIsBound() {
        for (int n = 0; n < 30; n++) {
            scene.bind(n, 1 + n % 3);
        }
        List<SteeringPlan.Pin> before = pins();

        scene.happened(scene.network.setWeight(scene.now, global(3), 7));

        assertThat(scene.last.changes())
                .hasSize(1)
                .allMatch(change -> change.touched().equals(Touched.NOTHING));
        assertThat(pins()).isEqualTo(before);
        assertThat(scene.view(3).weight()).isEqualTo(7);
        assertThat(scene.events()).containsExactly("home-agent-weighted");
        assertThat(scene.network.setWeight(scene.now, linkLocal(3), 7)).isEqualTo(Decision.NONE);
    }

    @Test
    void sharesFollowTheWeights() {
        becomes(weighing(Map.of(global(2), 2, linkLocal(3), 4)));

        assertThat(shares(700)).containsExactly(0, 100, 200, 400);
    }

    @Test
    void aWeightOfNobodyIsRefusedAndOneOutOfRangeIsAMistake() {
        scene.happened(scene.network.setWeight(scene.now, global(9), 7));
        assertThat(scene.counted()).containsExactly(Reason.UNKNOWN_HOME_AGENT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scene.network.setWeight(scene.now, global(1), 0))
                .withMessage("weight: wanted 1 to 100, got 0");
    }

    @Test
    void aWeightThatWasSetHoldsUntilTheConfigurationGivesAnother() {
        scene.happened(scene.network.setWeight(scene.now, global(3), 7));
        HomeNetwork restarted = new HomeNetwork(scene.network.config(), 1);
        scene.network.snapshot().forEach(restarted::apply);
        assertThat(restarted.view(scene.now)).isEqualTo(scene.network.view(scene.now));

        becomes(weighing(Map.of(global(1), 2)));
        assertThat(scene.view(1).weight()).isEqualTo(2);
        assertThat(scene.view(3).weight()).isEqualTo(7);

        becomes(weighing(Map.of(global(3), 5)));
        assertThat(scene.view(1).weight()).isEqualTo(1);
        assertThat(scene.view(3).weight()).isEqualTo(5);
    }

    @Test
    void newThresholdsAreJudgedAtOnce() {
        for (int n = 0; n < 6; n++) {
            scene.bind(n, 1);
        }
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.ACTIVE);

        becomes(scene.network
                .config()
                .withBalancing(BalancingConfig.DEFAULTS.withThresholds(
                        new LoadThresholds(OptionalInt.of(5), OptionalLong.empty(), OptionalLong.empty()))));
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.OVERLOADED);
        assertThat(scene.ask(careOf(99)).get(0)).isNotEqualTo(global(1));

        becomes(scene.network.config().withBalancing(BalancingConfig.DEFAULTS));
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.ACTIVE);
    }

    @Test
    void anotherTimeToLiveHoldsForListsThatWereSentBefore() {
        scene.homeAgent(1).preference(20).advertises();
        scene.ask(careOf(1));
        scene.homeAgent(1).preference(0).advertises();
        assertThat(scene.ask(careOf(1))).startsWith(global(1));

        becomes(scene.network
                .config()
                .withStickiness(new StickinessConfig(Duration.ZERO, StickinessConfig.Mode.DEFAULT)));

        assertThat(scene.ask(careOf(1)).get(0)).isNotEqualTo(global(1));
    }

    @Test
    void whoIsNoLongerAdmittedLeavesTheListAndKeepsItsMobileNodes() {
        scene.bind(1, 2);

        becomes(scene.network
                .config()
                .withHomeAgents(List.of(
                        AdmittedHomeAgent.of(mac(1)),
                        new AdmittedHomeAgent(
                                mac(3), Optional.of(global(30)), Optional.of(Scene.SWITCH), OptionalInt.of(3)))));

        assertThat(scene.lists(1)).isTrue();
        assertThat(scene.lists(2)).isFalse();
        assertThat(scene.view(3).state()).isEqualTo(HomeNetworkView.State.WITHOUT_ADDRESS);
        assertThat(scene.network
                        .steeringPlan()
                        .forwarderOf(home(1))
                        .orElseThrow()
                        .attachment())
                .isEqualTo(port(2));
        assertThat(scene.ask(careOf(9))).containsExactly(global(1), Scene.REPRESENTATIVE);
    }

    @Test
    void whoIsOnASwitchThatIsNoLongerServedLeavesTheList() {
        becomes(scene.network.config().withSwitches(Set.of(new SwitchId(9))));

        assertThat(scene.network.view(scene.now).homeAgents()).isEmpty();
    }

    @Test
    void theSameConfigurationComesToNothing() {
        assertThat(scene.network.reconfigure(scene.now, Scene.config())).isEqualTo(Decision.NONE);
    }

    @Test
    void anotherPrefixIsAnotherHomeNetwork() {
        HomeNetworkConfig other = HomeNetworkConfig.of(
                "home",
                dev.roost.mobileip.Ipv6Prefix.parse("2001:db8:9::/64"),
                Ipv6Address.parse("2001:db8:9::fe"),
                Scene.REPRESENTATIVE_MAC);

        assertThat(scene.network.config().canBecome(other)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scene.network.reconfigure(scene.now, other))
                .withMessageContaining("makes it another home network");
    }

    /**
     * Renumbering: one home network for each prefix, home agents in both. The old prefix is deprecated, and served as long
     * as it is valid.
     */
    @Test
    void bothPrefixesAreServedWhileBothAreValid() {
        Ipv6Address renumbered = Ipv6Address.parse("2001:db8:9::11");
        Scene old = new Scene();
        Scene announced = new Scene(HomeNetworkConfig.of(
                "new",
                dev.roost.mobileip.Ipv6Prefix.parse("2001:db8:9::/64"),
                Ipv6Address.parse("2001:db8:9::fe"),
                Scene.REPRESENTATIVE_MAC));
        for (Scene each : List.of(old, announced)) {
            each.homeAgent(1)
                    .prefix(global(1), PrefixInformation.ROUTER_ADDRESS, 20)
                    .prefix(renumbered, PrefixInformation.ROUTER_ADDRESS, 86_400)
                    .advertises();
        }
        assertThat(old.ask(careOf(1))).startsWith(global(1));
        assertThat(announced
                        .request(careOf(1), announced.network.config().anycastAddress())
                        .effects())
                .anyMatch(effect -> effect instanceof Effect.SendDiscoveryReply reply
                        && reply.reply().homeAgents().contains(renumbered));

        old.passMillis(10_000);
        old.homeAgent(1)
                .prefix(renumbered, PrefixInformation.ROUTER_ADDRESS, 86_400)
                .advertises();
        assertThat(old.ask(careOf(2))).startsWith(global(1));
        old.toNextDeadline();

        assertThat(old.now).isEqualTo(Scene.BEGINNING.plusSeconds(20));
        assertThat(old.events()).containsExactly("home-agent-changed");
        assertThat(old.ask(careOf(3))).containsExactly(Scene.REPRESENTATIVE);
        assertThat(old.view(1).addresses()).containsExactly(renumbered);
    }
}
