package dev.roost.homeagent.binding;

import static dev.roost.homeagent.binding.HomeLink.CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.HOME_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.OTHER_CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.away;
import static dev.roost.homeagent.binding.HomeLink.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.MobilePrefixSolicitation;
import dev.roost.mobileip.Type2RoutingHeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RFC 6275, 9.3.3 and what real mobile nodes make of it. */
final class UnboundSendersTest {
    private static final Ipv6Address STRANGER = Ipv6Address.parse("2001:db8:9::1");
    private static final Ipv6Address FOREIGN_HOME_ADDRESS = Ipv6Address.parse("2001:db8:2::100");

    private static final MobilePrefixSolicitation SOLICITATION = new MobilePrefixSolicitation(7, List.of());

    private final HomeLink link = new HomeLink();

    @Test
    void asksAMobileNodeWhoseBindingIsLostToRegisterAgain() {
        link.take(link.agent.onMobilePrefixSolicitation(
                link.now, away(CARE_OF_ADDRESS, Optional.of(HOME_ADDRESS)), SOLICITATION));

        assertThat(packet(link.sent.get(0)).destination()).isEqualTo(CARE_OF_ADDRESS);
        assertThat(packet(link.sent.get(0)).extensionHeaders()).containsExactly(new Type2RoutingHeader(HOME_ADDRESS));
        assertThat(link.status()).isEqualTo(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW);
    }

    @Test
    void tellsPrefixesOnlyToTheRegisteredCareOfAddress() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 1, 600);
        link.take(link.agent.onMobilePrefixSolicitation(
                link.now, away(OTHER_CARE_OF_ADDRESS, Optional.of(HOME_ADDRESS)), SOLICITATION));
        link.take(
                link.agent.onMobilePrefixSolicitation(link.now, away(CARE_OF_ADDRESS, Optional.empty()), SOLICITATION));
        assertThat(link.drain()).isEmpty();

        link.take(link.agent.onMobilePrefixSolicitation(
                link.now, away(CARE_OF_ADDRESS, Optional.of(HOME_ADDRESS)), SOLICITATION));
        assertThat(link.drain(MobilePrefixAdvertisement.class))
                .singleElement()
                .satisfies(answer -> assertThat(answer.identifier()).isEqualTo(7));
    }

    @Test
    void answersAHomeAddressThatIsNoneOfItsOwnWithABindingError() {
        link.take(link.agent.onMobilePrefixSolicitation(
                link.now, away(STRANGER, Optional.of(FOREIGN_HOME_ADDRESS)), SOLICITATION));

        assertThat(packet(link.sent.get(0)).destination()).isEqualTo(STRANGER);
        assertThat(link.drain(BindingError.class))
                .containsExactly(new BindingError(BindingError.UNKNOWN_BINDING, FOREIGN_HOME_ADDRESS));
    }

    @Test
    void answersAnUnknownMobilityMessageWithABindingErrorButNeverOneOfItsMobileNodes() {
        link.take(link.agent.onUnknownMobilityMessage(link.now, away(STRANGER, Optional.empty())));
        assertThat(link.drain(BindingError.class))
                .containsExactly(new BindingError(BindingError.UNRECOGNIZED_MH_TYPE, Ipv6Address.UNSPECIFIED));

        link.take(link.agent.onUnknownMobilityMessage(link.now, away(CARE_OF_ADDRESS, Optional.of(HOME_ADDRESS))));
        link.take(link.agent.onUnknownMobilityMessage(link.now, away(HOME_ADDRESS, Optional.empty())));
        link.take(link.agent.onUnknownMobilityMessage(link.now, away(Ipv6Address.UNSPECIFIED, Optional.empty())));
        assertThat(link.drain()).isEmpty();
    }

    @Test
    void sendsNoMoreThanAHundredOfThemASecond() {
        for (int i = 0; i < 1000; i++) {
            link.take(link.agent.onMobilePrefixSolicitation(
                    link.now, away(STRANGER, Optional.of(FOREIGN_HOME_ADDRESS)), SOLICITATION));
            link.take(link.agent.onMobilePrefixSolicitation(
                    link.now, away(STRANGER, Optional.of(HOME_ADDRESS)), SOLICITATION));
        }
        assertThat(link.drain()).hasSize(200);
        assertThat(link.count(Counter.BINDING_ERRORS_SUPPRESSED)).isEqualTo(900);
        assertThat(link.count(Counter.REREGISTRATIONS_SUPPRESSED)).isEqualTo(900);

        link.advance(Duration.ofMillis(500));
        for (int i = 0; i < 1000; i++) {
            link.take(link.agent.onMobilePrefixSolicitation(
                    link.now, away(STRANGER, Optional.of(FOREIGN_HOME_ADDRESS)), SOLICITATION));
        }
        assertThat(link.drain()).hasSize(50);
    }
}
