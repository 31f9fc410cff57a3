package dev.roost.homeagent.binding;

import static dev.roost.homeagent.binding.HomeLink.CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.HOME_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.HOME_AGENT;
import static dev.roost.homeagent.binding.HomeLink.MOBILE_NODE_MAC;
import static dev.roost.homeagent.binding.HomeLink.OTHER_CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.packet;
import static dev.roost.homeagent.binding.HomeLink.update;
import static dev.roost.homeagent.binding.HomeLink.updateWithAlternate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingAuthorizationData;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.NonceIndices;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.Type2RoutingHeader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 6275, 9.5.1, 10.3.1 and 10.3.2: binding updates and the statuses that answer them. */
final class RegistrationTest {
    private final HomeLink link = new HomeLink();

    @Test
    void bindsAfterOneSecondInWhichNobodyOnTheHomeLinkClaimsTheAddress() {
        link.receive(update(7, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(link.drain(NeighborSolicitation.class))
                .singleElement()
                .satisfies(probe -> assertThat(probe.target()).isEqualTo(HOME_ADDRESS));
        link.advance(Duration.ofMillis(999));
        assertThat(link.drain()).isEmpty();
        assertThat(link.isBound(HOME_ADDRESS)).isFalse();

        link.advance(Duration.ofMillis(1));

        assertThat(link.binding())
                .hasValue(new Binding(
                        HOME_ADDRESS,
                        CARE_OF_ADDRESS,
                        7,
                        600,
                        link.now.plusSeconds(600).toEpochMilli(),
                        link.now.toEpochMilli(),
                        false));
        List<Effect> sent = link.drain();
        assertThat(packet(sent.get(0)).payload()).isInstanceOf(NeighborAdvertisement.class);
        Ipv6Packet answer = packet(sent.get(1));
        assertThat(answer.source()).isEqualTo(HOME_AGENT);
        assertThat(answer.destination()).isEqualTo(CARE_OF_ADDRESS);
        assertThat(answer.extensionHeaders()).containsExactly(new Type2RoutingHeader(HOME_ADDRESS));
        assertThat(answer.payload()).isInstanceOfSatisfying(BindingAcknowledgement.class, acknowledgement -> {
            assertThat(acknowledgement.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
            assertThat(acknowledgement.sequenceNumber()).isEqualTo(new SequenceNumber(7));
            assertThat(acknowledgement.lifetime().toSeconds()).isEqualTo(600);
        });
    }

    @Test
    void testsAnyNumberOfAddressesSideBySide() {
        int many = 5000;
        for (int i = 0; i < many; i++) {
            link.receive(update(1, 600), careOf(i), home(i));
        }
        assertThat(link.drain(NeighborSolicitation.class)).hasSize(many);

        link.advance(Duration.ofSeconds(1));

        assertThat(link.drain(BindingAcknowledgement.class))
                .hasSize(many)
                .allMatch(acknowledgement -> acknowledgement.status().isAccepted());
        assertThat(link.agent.bindings()).hasSize(many);
    }

    @Test
    void acknowledgesTheNewestBindingUpdateWhenMoreCameWhileTheAddressWasTested() {
        link.receive(update(7, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofMillis(500));
        link.receive(update(8, 300), OTHER_CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(7, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(link.drain(NeighborSolicitation.class)).hasSize(1);

        link.advance(Duration.ofMillis(500));

        BindingAcknowledgement acknowledgement = link.acknowledgement();
        assertThat(acknowledgement.sequenceNumber().value()).isEqualTo(8);
        assertThat(acknowledgement.lifetime().toSeconds()).isEqualTo(300);
        assertThat(link.binding().orElseThrow().careOfAddress()).isEqualTo(OTHER_CARE_OF_ADDRESS);
        link.advance(Duration.ofSeconds(10));
        assertThat(link.drain(BindingAcknowledgement.class)).isEmpty();
    }

    @Test
    void refreshesAtOnceWithoutTestingTheAddressAgain() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 7, 600);
        link.advance(Duration.ofSeconds(570));
        link.drain();

        link.receive(update(8, 600), CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(link.drain())
                .hasSize(1)
                .allMatch(effect -> packet(effect).payload() instanceof BindingAcknowledgement ack
                        && ack.status().isAccepted());
        assertThat(link.binding().orElseThrow().registeredAt()).isEqualTo(link.now.minusSeconds(570));
        link.advance(Duration.ofSeconds(599));
        assertThat(link.isBound(HOME_ADDRESS)).isTrue();
        link.advance(Duration.ofSeconds(1));
        assertThat(link.isBound(HOME_ADDRESS)).isFalse();
    }

    @Test
    void followsToAnotherCareOfAddress() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 7, 600);

        link.receive(update(8, 600), OTHER_CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(packet(link.sent.get(0)).destination()).isEqualTo(OTHER_CARE_OF_ADDRESS);
        assertThat(link.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        assertThat(link.binding().orElseThrow().careOfAddress()).isEqualTo(OTHER_CARE_OF_ADDRESS);
    }

    @Test
    void bindsToTheAlternateCareOfAddressButAnswersWhereTheUpdateCameFrom() {
        link.receive(updateWithAlternate(7, 600, OTHER_CARE_OF_ADDRESS), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));

        assertThat(packet(link.sent.get(2)).destination()).isEqualTo(CARE_OF_ADDRESS);
        assertThat(link.binding().orElseThrow().careOfAddress()).isEqualTo(OTHER_CARE_OF_ADDRESS);
    }

    @Test
    void takesAnAlternateCareOfAddressFromTheHomeAddressItself() {
        link.receiveAtHome(updateWithAlternate(7, 600, CARE_OF_ADDRESS), HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));

        assertThat(link.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        assertThat(link.binding().orElseThrow().careOfAddress()).isEqualTo(CARE_OF_ADDRESS);
    }

    @Test
    void deregistersAMobileNodeAtHomeAndAnswersToItsLinkLayerAddress() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 7, 600);

        link.receiveAtHome(updateWithAlternate(8, 0, HOME_ADDRESS), HOME_ADDRESS);

        assertThat(link.isBound(HOME_ADDRESS)).isFalse();
        assertThat(link.sent).singleElement().isInstanceOfSatisfying(Effect.Send.class, answer -> {
            assertThat(answer.linkLayerDestination()).isEqualTo(MOBILE_NODE_MAC);
            assertThat(answer.packet().destination()).isEqualTo(HOME_ADDRESS);
            assertThat(answer.packet().extensionHeaders()).isEmpty();
        });
        BindingAcknowledgement acknowledgement = link.acknowledgement();
        assertThat(acknowledgement.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        assertThat(acknowledgement.lifetime()).isEqualTo(BindingLifetime.ZERO);
    }

    @Test
    void deregistersFromAwayWithLifetimeZeroOrWithTheHomeAddressAsCareOfAddress() {
        for (BindingUpdate deregistration : List.of(update(8, 0), updateWithAlternate(8, 600, HOME_ADDRESS))) {
            HomeLink fresh = new HomeLink();
            fresh.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 7, 600);

            fresh.receive(deregistration, CARE_OF_ADDRESS, HOME_ADDRESS);

            BindingAcknowledgement acknowledgement = fresh.acknowledgement();
            assertThat(acknowledgement.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
            assertThat(acknowledgement.lifetime()).isEqualTo(BindingLifetime.ZERO);
            assertThat(fresh.isBound(HOME_ADDRESS)).isFalse();
        }
    }

    @Test
    void answers133ToADeregistrationWithoutABinding() {
        link.receive(update(8, 0), CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(link.status()).isEqualTo(BindingStatus.NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE);
    }

    @Test
    void endsTheTestOfAnAddressWhoseMobileNodeDeregisters() {
        link.receive(update(7, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(8, 0), CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(link.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        link.advance(Duration.ofSeconds(2));
        assertThat(link.drain()).isEmpty();
        assertThat(link.isBound(HOME_ADDRESS)).isFalse();
    }

    @Test
    void answers135WithTheLastSequenceNumberOutsideTheWindow() {
        for (int[] vector : new int[][] {{16, 0}, {32782, 0}, {15, 135}, {0, 135}, {32783, 135}, {65535, 135}}) {
            HomeLink fresh = new HomeLink();
            fresh.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 15, 600);

            fresh.receive(update(vector[0], 600), OTHER_CARE_OF_ADDRESS, HOME_ADDRESS);

            BindingAcknowledgement acknowledgement = fresh.acknowledgement();
            assertThat(acknowledgement.status().value())
                    .as("sequence %d", vector[0])
                    .isEqualTo(vector[1]);
            boolean accepted = vector[1] == 0;
            assertThat(acknowledgement.sequenceNumber().value()).isEqualTo(accepted ? vector[0] : 15);
            assertThat(fresh.binding().orElseThrow().careOfAddress())
                    .isEqualTo(accepted ? OTHER_CARE_OF_ADDRESS : CARE_OF_ADDRESS);
        }
    }

    @Test
    void takesAnySequenceNumberOnceTheBindingIsGone() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 40000, 600);
        link.receive(update(40001, 0), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 3, 600);

        assertThat(link.binding().orElseThrow().sequence()).isEqualTo(3);
    }

    @Test
    void answers132OutsideTheHomeSubnet() {
        link.receive(update(1, 600), CARE_OF_ADDRESS, Ipv6Address.parse("2001:db8:2::100"));

        assertThat(link.status()).isEqualTo(BindingStatus.NOT_HOME_SUBNET);
    }

    @Test
    void answers129ForItsOwnAndForTheAnycastAddress() {
        link.receive(update(1, 600), CARE_OF_ADDRESS, HOME_AGENT);
        assertThat(link.status()).isEqualTo(BindingStatus.ADMINISTRATIVELY_PROHIBITED);

        link.receive(update(1, 600), CARE_OF_ADDRESS, HomeLink.PREFIX.homeAgentsAnycast());
        assertThat(link.status()).isEqualTo(BindingStatus.ADMINISTRATIVELY_PROHIBITED);
    }

    @Test
    void answers139WhenABoundMobileNodeClearsTheHomeRegistrationBit() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 7, 600);

        link.receive(update(BindingUpdate.ACKNOWLEDGE, 8, 600), OTHER_CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(link.status()).isEqualTo(BindingStatus.REGISTRATION_TYPE_CHANGE_DISALLOWED);
        assertThat(link.binding().orElseThrow().careOfAddress()).isEqualTo(CARE_OF_ADDRESS);
    }

    @Test
    void isSilentToCorrespondentRegistrations() {
        link.receive(update(BindingUpdate.ACKNOWLEDGE, 8, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(1, 600, new NonceIndices(1, 2)), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(1, 600, authorizationData()), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(2));

        assertThat(link.drain()).isEmpty();
        assertThat(link.agent.bindings()).isEmpty();
    }

    @Test
    void answers174ToCareOfAddressesThatNoTunnelCanReach() {
        for (String impossible :
                List.of("fe80::1", "ff02::1", "::", "::1", "2001:db8:1::11", "2001:db8:1:0:fdff:ffff:ffff:fffe")) {
            link.receive(updateWithAlternate(1, 600, Ipv6Address.parse(impossible)), CARE_OF_ADDRESS, HOME_ADDRESS);

            assertThat(link.status()).as(impossible).isEqualTo(BindingStatus.INVALID_CARE_OF_ADDRESS);
        }
    }

    @Test
    void refusesACareOfAddressThatIsABoundHomeAddressItself() {
        link.bind(home(1), CARE_OF_ADDRESS, 1, 600);

        link.receive(update(1, 600), home(1), HOME_ADDRESS);

        assertThat(link.status()).isEqualTo(BindingStatus.INVALID_CARE_OF_ADDRESS);
    }

    @Test
    void answers130AtTheLimitButStillRefreshesAndDeregisters() {
        HomeLink full = new HomeLink(settings -> withLimit(settings, 2), BindingAuthenticator.none());
        full.bind(home(1), careOf(1), 1, 600);
        full.receive(update(1, 600), careOf(2), home(2));
        full.drain();

        full.receive(update(1, 600), careOf(3), home(3));
        assertThat(full.status()).isEqualTo(BindingStatus.INSUFFICIENT_RESOURCES);

        full.advance(Duration.ofSeconds(1));
        full.drain();
        full.receive(update(2, 600), careOf(1), home(1));
        assertThat(full.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        full.receive(update(3, 0), careOf(1), home(1));
        assertThat(full.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        full.bind(home(3), careOf(3), 2, 600);
        assertThat(full.count(Counter.REFUSED_NO_RESOURCES)).isEqualTo(1);
    }

    @Test
    void grantsNoMoreThanItsLimitAndNeverMoreThanWasAsked() {
        HomeLink strict = new HomeLink(
                settings -> withLifetimes(settings, Duration.ofSeconds(103), Duration.ofDays(1)),
                BindingAuthenticator.none());
        strict.receive(update(1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        strict.advance(Duration.ofSeconds(1));
        assertThat(strict.acknowledgement().lifetime().toSeconds()).isEqualTo(100);

        strict.receive(update(2, 20), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(strict.acknowledgement().lifetime().toSeconds()).isEqualTo(20);
    }

    @Test
    void answersStatus1WhenThePrefixIsDeprecatedWithinTheLifetime() {
        HomeLink deprecated = new HomeLink(
                settings -> withLifetimes(settings, Duration.ofHours(1), Duration.ofMinutes(5)),
                BindingAuthenticator.none());
        deprecated.receive(update(1, 300), CARE_OF_ADDRESS, HOME_ADDRESS);
        deprecated.advance(Duration.ofSeconds(1));
        assertThat(deprecated.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);

        deprecated.receive(update(2, 304), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(deprecated.status()).isEqualTo(BindingStatus.ACCEPTED_BUT_PREFIX_DISCOVERY_NECESSARY);
    }

    @Test
    void acknowledgesEvenWhenNotAskedTo() {
        link.receive(update(BindingUpdate.HOME_REGISTRATION, 1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));

        assertThat(link.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
    }

    @Test
    void dropsUpdatesWhoseAddressesNobodyCanAnswer() {
        link.receive(update(1, 600), Ipv6Address.parse("fe80::1"), HOME_ADDRESS);
        link.receive(update(1, 600), CARE_OF_ADDRESS, Ipv6Address.parse("ff02::1"));
        link.receive(update(1, 600), CARE_OF_ADDRESS, Ipv6Address.parse("fe80::1"));

        assertThat(link.drain()).isEmpty();
    }

    @Test
    void forgetsABindingWhenItsLifetimeEndsAndNotBefore() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 1, 4);

        link.advance(Duration.ofMillis(3999));
        assertThat(link.isBound(HOME_ADDRESS)).isTrue();
        link.advance(Duration.ofMillis(1));
        assertThat(link.isBound(HOME_ADDRESS)).isFalse();
    }

    private static BindingAuthorizationData authorizationData() {
        return new BindingAuthorizationData(OpaqueBytes.zeros(12));
    }

    private static Ipv6Address home(int i) {
        return new Ipv6Address(HomeLink.PREFIX.address().high(), 0x1000 + i);
    }

    private static Ipv6Address careOf(int i) {
        return new Ipv6Address(CARE_OF_ADDRESS.high(), 0x1000 + i);
    }

    static HomeAgentSettings withLimit(HomeAgentSettings settings, int maximumBindings) {
        return with(settings, settings.prefixPreferredLifetime(), settings.maximumBindingLifetime(), maximumBindings);
    }

    private static HomeAgentSettings withLifetimes(HomeAgentSettings settings, Duration binding, Duration preferred) {
        return with(settings, preferred, binding, settings.maximumBindings());
    }

    private static HomeAgentSettings with(
            HomeAgentSettings settings, Duration preferred, Duration binding, int maximumBindings) {
        return new HomeAgentSettings(
                settings.address(),
                settings.prefix(),
                settings.linkLayerAddress(),
                settings.linkLocalAddress(),
                settings.ownAddresses(),
                settings.homeAgentLifetime(),
                settings.routerLifetime(),
                settings.routerAdvertisementInterval(),
                settings.prefixValidLifetime(),
                preferred,
                binding,
                maximumBindings,
                settings.detectionTime());
    }
}
