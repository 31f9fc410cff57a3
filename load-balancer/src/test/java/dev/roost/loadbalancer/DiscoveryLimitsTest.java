package dev.roost.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** How often discovery is answered, by source and altogether. */
final class DiscoveryLimitsTest {

    private static final long INVENTED = 0x2001_0dba_0000_0000L;

    private long invented;

    private static Scene limited(OptionalInt perSource, OptionalInt total) {
        return new Scene(Scene.config().withDiscoveryLimits(new DiscoveryLimits(perSource, total))).withHomeAgents(3);
    }

    private static Ipv6Address at(int link, int node) {
        return new Ipv6Address(0x2001_0db8_0005_0000L + link, node);
    }

    /** An address on a link that nobody ever used. */
    private Ipv6Address invented() {
        return new Ipv6Address(INVENTED + Mixing.mix(invented++) % 0x1_0000_0000L, 1);
    }

    @Test
    void aLinkHasNoMoreAnswersASecondThanItMay() {
        Scene scene = limited(OptionalInt.of(10), OptionalInt.empty());
        int answered = 0;
        for (int node = 1; node <= 100; node++) {
            answered += scene.ask(at(1, node)).isEmpty() ? 0 : 1;
        }
        assertThat(answered).isEqualTo(10);
        assertThat(scene.counted()).containsExactly(Reason.DISCOVERY_SOURCE_LIMIT);
        assertThat(scene.ask(at(2, 1))).as("another link").isNotEmpty();

        scene.passMillis(100);
        assertThat(scene.ask(at(1, 1)))
                .as("a tenth of a second brings one more")
                .isNotEmpty();
        assertThat(scene.ask(at(1, 2))).isEmpty();
        scene.passMillis(10_000);
        answered = 0;
        for (int node = 1; node <= 100; node++) {
            answered += scene.ask(at(1, node)).isEmpty() ? 0 : 1;
        }
        assertThat(answered).as("no more is saved up than a second's").isEqualTo(10);
    }

    @Test
    void allTogetherHaveNoMoreAnswersASecondThanTheyMay() {
        Scene scene = limited(OptionalInt.empty(), OptionalInt.of(100));
        int answered = 0;
        for (int i = 0; i < 1000; i++) {
            answered += scene.ask(at(i % 300, 1)).isEmpty() ? 0 : 1;
        }
        assertThat(answered).isEqualTo(100);
        assertThat(scene.counted()).containsExactly(Reason.DISCOVERY_LIMIT);
    }

    @Test
    void inventedLinksGetHalfOfAllAnswersAtTheMost() {
        Scene scene = limited(OptionalInt.empty(), OptionalInt.of(100));
        int answered = 0;
        for (int i = 0; i < 1000; i++) {
            answered += scene.ask(invented()).isEmpty() ? 0 : 1;
        }
        assertThat(answered).isEqualTo(50);
        assertThat(scene.counted()).containsExactly(Reason.DISCOVERY_NEWCOMERS_LIMIT);
    }

    /** Fifty thousand a second from links that nobody ever used, and ten a second from one that somebody does. */
    @Test
    void aFloodFromInventedLinksLeavesOthersTheirAnswers() {
        Scene scene = limited(OptionalInt.of(100), OptionalInt.of(2000));
        int answered = 0;
        int floodAnswered = 0;
        for (int milli = 0; milli < 5000; milli++) {
            scene.passMillis(1);
            for (int i = 0; i < 50; i++) {
                floodAnswered += decided(scene, invented()) ? 1 : 0;
            }
            if (milli % 100 == 50) {
                answered += decided(scene, at(1, milli)) ? 1 : 0;
            }
        }

        assertThat(answered).as("of 50").isGreaterThanOrEqualTo(49);
        assertThat(floodAnswered).isBetween(4000, 6100);
    }

    @Test
    void whoAsksAgainInAFloodIsAnswered() {
        Scene scene = limited(OptionalInt.empty(), OptionalInt.of(100));
        for (int i = 0; i < 200; i++) {
            decided(scene, invented());
        }
        assertThat(decided(scene, at(1, 1))).isFalse();
        for (int milli = 0; milli < 3000; milli++) {
            scene.passMillis(1);
            for (int i = 0; i < 50; i++) {
                decided(scene, invented());
            }
        }

        assertThat(decided(scene, at(1, 1))).as("after 3 s (RFC 6275, 11.4.1)").isTrue();
    }

    @Test
    void whoIsBoundIsNoNewcomer() {
        Scene scene = limited(OptionalInt.empty(), OptionalInt.of(100));
        scene.bind(1, 2);
        for (int i = 0; i < 200; i++) {
            decided(scene, invented());
        }

        assertThat(decided(scene, at(1, 1))).isFalse();
        assertThat(decided(scene, Scene.careOf(1))).isTrue();
    }

    @Test
    void forgettingALinkThatAsksOftenIsCounted() {
        Scene scene = limited(OptionalInt.of(1000), OptionalInt.empty());
        boolean counted = false;
        for (int i = 0; i < 1_000_000 && !counted; i++) {
            Ipv6Address source = invented();
            decided(scene, source);
            decided(scene, source);
            counted = scene.counted().contains(Reason.DISCOVERY_SOURCE_EVICTED);
            if (!counted) {
                decided(scene, invented());
                counted = scene.counted().contains(Reason.DISCOVERY_SOURCE_EVICTED);
            }
        }

        assertThat(counted).isTrue();
    }

    @Test
    void limitsMayChangeWhileRunning() {
        Scene scene = new Scene().withHomeAgents(2);
        HomeNetworkConfig limited =
                scene.network.config().withDiscoveryLimits(new DiscoveryLimits(OptionalInt.of(1), OptionalInt.empty()));

        scene.happened(scene.network.reconfigure(scene.now, limited));
        assertThat(scene.ask(at(1, 1))).isNotEmpty();
        assertThat(scene.ask(at(1, 2))).isEmpty();
        scene.happened(scene.network.reconfigure(scene.now, limited.withDiscoveryLimits(DiscoveryLimits.NONE)));
        assertThat(scene.ask(at(1, 3))).isNotEmpty();
    }

    /** Without the checks of {@link Scene#request}, which look at all of the state each time. */
    private static boolean decided(Scene scene, Ipv6Address source) {
        scene.happened(scene.network.onDiscoveryRequest(
                scene.now,
                new PacketOrigin(Scene.ROUTER_PORT, Scene.ROUTER_MAC, source, Scene.ANYCAST),
                new dev.roost.mobileip.HomeAgentAddressDiscoveryRequest(1)));
        return scene.last.effects().stream().anyMatch(Effect.SendDiscoveryReply.class::isInstance);
    }
}
