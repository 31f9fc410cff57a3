package dev.roost.homeagent.binding;

import static dev.roost.homeagent.binding.HomeLink.CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.HOME_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.OTHER_CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MobilePrefixSolicitation;
import dev.roost.mobileip.MobilityAuthentication;
import dev.roost.mobileip.MobilityAuthenticator;
import dev.roost.mobileip.MobilityOption;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.UnknownMobilityOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RFC 4285: who may bind what. */
final class AuthenticationTest {
    private static final byte[] KEY = "sixteen octets!!".getBytes(StandardCharsets.US_ASCII);
    private static final Ipv6Address KEYLESS = Ipv6Address.parse("2001:db8:1::200");
    private static final MobilityAuthenticator ASSOCIATION = new MobilityAuthenticator(256, KEY);

    private final HomeLink link = authenticated(false);

    @Test
    void bindsAnAuthenticatedMobileNodeAndAuthenticatesTheAnswer() {
        link.receive(signed(update(1, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));

        BindingAcknowledgement acknowledgement = link.acknowledgement();
        assertThat(acknowledgement.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        assertThat(ASSOCIATION.verify(acknowledgement, CARE_OF_ADDRESS, HOME_ADDRESS))
                .isTrue();
    }

    @Test
    void answers146UnsignedToWhatDoesNotVerifyAndChangesNothing() {
        MobilityAuthenticator wrongKey =
                new MobilityAuthenticator(256, "another sixteen!".getBytes(StandardCharsets.US_ASCII));
        BindingUpdate plain = update(9, 600);
        bindSigned();

        for (BindingUpdate forged : List.of(
                wrongKey.sign(plain, OTHER_CARE_OF_ADDRESS, HOME_ADDRESS),
                // genuine, but sent on from another care-of address, or for another home address
                ASSOCIATION.sign(plain, CARE_OF_ADDRESS, HOME_ADDRESS),
                ASSOCIATION.sign(plain, OTHER_CARE_OF_ADDRESS, KEYLESS))) {
            link.receive(forged, OTHER_CARE_OF_ADDRESS, HOME_ADDRESS);

            BindingAcknowledgement refusal = link.acknowledgement();
            assertThat(refusal.status()).isEqualTo(BindingStatus.MIPV6_AUTH_FAIL);
            assertThat(refusal.sequenceNumber().value()).isEqualTo(9);
            assertThat(refusal.options()).noneMatch(MobilityAuthentication.class::isInstance);
        }
        assertThat(link.binding().orElseThrow().careOfAddress()).isEqualTo(CARE_OF_ADDRESS);
        assertThat(link.binding().orElseThrow().sequence()).isEqualTo(1);
    }

    @Test
    void tellsNothingToSendersThatHaveNoAssociationWhateverTheyAsk() {
        MobilityAuthenticator wrongSpi = new MobilityAuthenticator(257, KEY);
        int withoutHomeRegistration = BindingUpdate.ACKNOWLEDGE;
        bindSigned();

        link.receive(update(9, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(9, 0), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(0, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(withoutHomeRegistration, 9, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(update(withoutHomeRegistration, 9, 600), CARE_OF_ADDRESS, KEYLESS);
        link.receive(update(9, 600), CARE_OF_ADDRESS, HomeLink.HOME_AGENT);
        link.receive(update(9, 600), CARE_OF_ADDRESS, Ipv6Address.parse("2001:db8:2::100"));
        link.receive(wrongSpi.sign(update(9, 600), CARE_OF_ADDRESS, HOME_ADDRESS), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.receive(ASSOCIATION.sign(update(1, 600), CARE_OF_ADDRESS, KEYLESS), CARE_OF_ADDRESS, KEYLESS);
        link.take(link.agent.onMobilePrefixSolicitation(
                link.now,
                HomeLink.away(OTHER_CARE_OF_ADDRESS, Optional.of(KEYLESS)),
                new MobilePrefixSolicitation(1, List.of())));

        assertThat(link.drain(BindingAcknowledgement.class)).isEmpty();
        assertThat(link.count(Counter.IGNORED_UNAUTHENTICATED)).isEqualTo(9);
        assertThat(link.binding().orElseThrow().sequence()).isEqualTo(1);
        assertThat(link.isBound(KEYLESS)).isFalse();
    }

    @Test
    void answersNoMoreThanAHundredFailuresASecond() {
        BindingUpdate forged = ASSOCIATION.sign(update(9, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        for (int i = 0; i < 150; i++) {
            link.receive(forged, OTHER_CARE_OF_ADDRESS, HOME_ADDRESS);
        }

        assertThat(link.drain(BindingAcknowledgement.class)).hasSize(100);
        assertThat(link.count(Counter.AUTHENTICATION_FAILURES_UNANSWERED)).isEqualTo(50);
    }

    @Test
    void signsWhateverItAnswersToAVerifiedUpdate() {
        bindSigned();

        link.receive(signed(update(BindingUpdate.ACKNOWLEDGE, 2, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(verifiedStatus()).isEqualTo(BindingStatus.REGISTRATION_TYPE_CHANGE_DISALLOWED);
        link.receive(signed(update(1, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(verifiedStatus()).isEqualTo(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW);
        link.receive(signed(update(2, 0)), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(verifiedStatus()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        link.receive(signed(update(3, 0)), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(verifiedStatus()).isEqualTo(BindingStatus.NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE);
        link.receive(signed(update(3, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.take(link.agent.onNeighborAdvertisement(HomeLink.ROUTER_MAC, HOME_ADDRESS));
        assertThat(verifiedStatus()).isEqualTo(BindingStatus.DUPLICATE_ADDRESS_DETECTION_FAILED);
    }

    @Test
    void refusesAReplayOfAnOldUpdateAfterTheBindingIsGone() {
        BindingUpdate old = signed(update(1, 600));
        link.receive(old, CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));
        link.receive(ASSOCIATION.sign(update(2, 0), CARE_OF_ADDRESS, HOME_ADDRESS), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.receive(old, CARE_OF_ADDRESS, HOME_ADDRESS);

        BindingAcknowledgement refusal = link.acknowledgement();
        assertThat(refusal.status()).isEqualTo(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW);
        assertThat(refusal.sequenceNumber().value()).isEqualTo(2);
        link.receive(signed(update(3, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));
        assertThat(link.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
    }

    @Test
    void keepsTheLastSequenceNumberThroughItsSnapshot() {
        link.receive(signed(update(5, 4)), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(6));
        HomeLink restarted = authenticated(false);
        link.agent.snapshot().forEach(restarted.agent::apply);

        restarted.receive(signed(update(5, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(restarted.status()).isEqualTo(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW);
    }

    @Test
    void takesFreshTimestampsAndRepeatsThemInTheAnswer() {
        long timestamp = BindingAuthenticator.ntpTimestamp(link.now.minusSeconds(6));
        link.receive(signed(update(1, 600, timestampOption(timestamp))), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));

        BindingAcknowledgement acknowledgement = link.acknowledgement();
        assertThat(acknowledgement.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
        assertThat(timestampOf(acknowledgement)).isEqualTo(timestamp);
        assertThat(ASSOCIATION.verify(acknowledgement, CARE_OF_ADDRESS, HOME_ADDRESS))
                .isTrue();
    }

    @Test
    void answers144WithTheRightTimeToTimestampsThatAreStaleOrNotNewer() {
        Instant[] wrong = {link.now.minusSeconds(8), link.now.plusSeconds(8)};
        for (Instant instant : wrong) {
            long timestamp = BindingAuthenticator.ntpTimestamp(instant) | 0x1234;
            link.receive(signed(update(1, 600, timestampOption(timestamp))), CARE_OF_ADDRESS, HOME_ADDRESS);

            BindingAcknowledgement refusal = link.acknowledgement();
            assertThat(refusal.status()).isEqualTo(BindingStatus.MIPV6_ID_MISMATCH);
            assertThat((int) timestampOf(refusal)).isEqualTo((int) timestamp);
            assertThat(timestampOf(refusal) >>> 32).isEqualTo(BindingAuthenticator.ntpTimestamp(link.now) >>> 32);
        }
        long taken = BindingAuthenticator.ntpTimestamp(link.now);
        link.receive(signed(update(1, 600, timestampOption(taken))), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));
        link.drain();
        link.receive(signed(update(2, 600, timestampOption(taken))), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(link.status()).isEqualTo(BindingStatus.MIPV6_ID_MISMATCH);
    }

    @Test
    void answers145WhereTheTimestampIsRequiredAndMissing() {
        HomeLink strict = authenticated(true);

        strict.receive(signed(update(1, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(strict.status()).isEqualTo(BindingStatus.MIPV6_MESG_ID_REQD);
    }

    @Test
    void looksAtNoAuthenticationWhereNoneIsConfigured() {
        HomeLink open = new HomeLink();
        open.receive(
                new MobilityAuthenticator(999, KEY).sign(update(1, 600), OTHER_CARE_OF_ADDRESS, KEYLESS),
                CARE_OF_ADDRESS,
                HOME_ADDRESS);
        open.advance(Duration.ofSeconds(1));

        assertThat(open.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
    }

    private void bindSigned() {
        link.receive(signed(update(1, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));
        link.drain();
    }

    private BindingStatus verifiedStatus() {
        BindingAcknowledgement acknowledgement = link.acknowledgement();
        assertThat(ASSOCIATION.verify(acknowledgement, CARE_OF_ADDRESS, HOME_ADDRESS))
                .as("signed: " + acknowledgement)
                .isTrue();
        return acknowledgement.status();
    }

    private static HomeLink authenticated(boolean timestampRequired) {
        return new HomeLink(
                settings -> settings,
                BindingAuthenticator.of(List.of(new MobileNodeKey(HOME_ADDRESS, 256, KEY)), timestampRequired));
    }

    private static BindingUpdate signed(BindingUpdate update) {
        return ASSOCIATION.sign(update, CARE_OF_ADDRESS, HOME_ADDRESS);
    }

    private static MobilityOption timestampOption(long timestamp) {
        return new UnknownMobilityOption(
                10, OpaqueBytes.of(ByteBuffer.allocate(8).putLong(timestamp).array()));
    }

    private static long timestampOf(BindingAcknowledgement acknowledgement) {
        return acknowledgement
                .option(UnknownMobilityOption.class)
                .orElseThrow()
                .body()
                .asBuffer()
                .getLong();
    }
}
