package dev.roost.homeagent.binding;

import static dev.roost.homeagent.binding.HomeLink.HOME_AGENT;
import static dev.roost.homeagent.binding.HomeLink.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.AdvertisementInterval;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** H-26, H-40 to H-43 and RFC 6275, 7: what the home agent says about itself, and when. */
final class RouterAdvertisementTest {
    private final HomeLink link = new HomeLink();

    @Test
    void saysThatItIsAHomeAgentWithItsFullAddressPreferenceAndLifetime() {
        Ipv6Packet packet = packet(link.agent.routerAdvertisement(40_000, false));
        RouterAdvertisement advertisement = (RouterAdvertisement) packet.payload();

        assertThat(packet.source()).isEqualTo(link.settings.linkLocalAddress());
        assertThat(packet.destination()).isEqualTo(Ipv6Address.ALL_NODES);
        assertThat(packet.header().hopLimit()).isEqualTo(255);
        assertThat(advertisement.homeAgent()).isTrue();
        PrefixInformation prefix =
                option(advertisement, PrefixInformation.class).get(0);
        assertThat(prefix.routerAddress()).isTrue();
        assertThat(prefix.address()).isEqualTo(HOME_AGENT);
        assertThat(option(advertisement, HomeAgentInformation.class))
                .containsExactly(new HomeAgentInformation(40_000, 1800));
        assertThat(option(advertisement, AdvertisementInterval.class)).containsExactly(new AdvertisementInterval(1000));
    }

    @Test
    void asksForThePreferenceBeforeEveryAdvertisement() {
        link.agent.onStart(link.now);

        link.advance(Duration.ofSeconds(30));

        List<Effect> advertisements = link.drain();
        assertThat(advertisements).hasSizeBetween(30, 41).containsOnly(new Effect.AdvertiseRouter(false));
    }

    @Test
    void leavesTheInformationOutOnlyWhereBothValuesAreTheDefault() {
        HomeLink router = new HomeLink(RouterAdvertisementTest::asDefaultRouter, BindingAuthenticator.none());

        assertThat(option(advertisement(router, 0), HomeAgentInformation.class)).isEmpty();
        assertThat(option(advertisement(router, 1), HomeAgentInformation.class))
                .containsExactly(new HomeAgentInformation(1, 1800));
        assertThat(option(advertisement(link, 0), HomeAgentInformation.class))
                .containsExactly(new HomeAgentInformation(0, 1800));
    }

    @Test
    void endsWithAdvertisementsOfNoHomeAgentAndNoRouter() {
        link.agent.onStart(link.now);
        link.advance(Duration.ofSeconds(10));
        link.drain();
        link.agent.onStop(link.now);
        link.advance(Duration.ofSeconds(10));

        assertThat(link.drain())
                .containsExactly(
                        new Effect.AdvertiseRouter(true),
                        new Effect.AdvertiseRouter(true),
                        new Effect.AdvertiseRouter(true));
        assertThat(link.agent.hasCeased()).isTrue();
        HomeLink router = new HomeLink(RouterAdvertisementTest::asDefaultRouter, BindingAuthenticator.none());
        RouterAdvertisement last = (RouterAdvertisement)
                packet(router.agent.routerAdvertisement(10, true)).payload();
        assertThat(last.homeAgent()).isFalse();
        assertThat(last.routerLifetimeSeconds()).isZero();
        assertThat(option(last, HomeAgentInformation.class)).isEmpty();
    }

    private static RouterAdvertisement advertisement(HomeLink link, int preference) {
        return (RouterAdvertisement)
                packet(link.agent.routerAdvertisement(preference, false)).payload();
    }

    private static <T extends NdOption> List<T> option(RouterAdvertisement advertisement, Class<T> kind) {
        return advertisement.options().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static HomeAgentSettings asDefaultRouter(HomeAgentSettings settings) {
        return new HomeAgentSettings(
                settings.address(),
                settings.prefix(),
                settings.linkLayerAddress(),
                settings.linkLocalAddress(),
                settings.ownAddresses(),
                settings.homeAgentLifetime(),
                settings.homeAgentLifetime(),
                settings.routerAdvertisementInterval(),
                settings.prefixValidLifetime(),
                settings.prefixPreferredLifetime(),
                settings.maximumBindingLifetime(),
                settings.maximumBindings(),
                settings.detectionTime());
    }
}
