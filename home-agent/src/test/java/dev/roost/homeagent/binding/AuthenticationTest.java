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
import dev.roost.mobileip.MobilityAuthenticator;
import dev.roost.mobileip.MobilityOption;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.UnknownMobilityOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    void answers146ToWhatIsNotAuthenticatedAndChangesNothing() {
        MobilityAuthenticator wrongKey =
                new MobilityAuthenticator(256, "another sixteen!".getBytes(StandardCharsets.US_ASCII));
        MobilityAuthenticator wrongSpi = new MobilityAuthenticator(257, KEY);
        BindingUpdate plain = update(9, 600);
        link.receive(signed(update(1, 600)), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));
        link.drain();

        for (BindingUpdate forged : List.of(
                plain,
                wrongKey.sign(plain, OTHER_CARE_OF_ADDRESS, HOME_ADDRESS),
                wrongSpi.sign(plain, OTHER_CARE_OF_ADDRESS, HOME_ADDRESS),
                // genuine, but sent on from another care-of address, or for another home address
                ASSOCIATION.sign(plain, CARE_OF_ADDRESS, HOME_ADDRESS),
                ASSOCIATION.sign(plain, OTHER_CARE_OF_ADDRESS, KEYLESS))) {
            link.receive(forged, OTHER_CARE_OF_ADDRESS, HOME_ADDRESS);

            assertThat(link.status()).isEqualTo(BindingStatus.MIPV6_AUTH_FAIL);
        }
        link.receive(update(9, 0), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(link.status()).isEqualTo(BindingStatus.MIPV6_AUTH_FAIL);
        assertThat(link.binding().orElseThrow().careOfAddress()).isEqualTo(CARE_OF_ADDRESS);
        assertThat(link.binding().orElseThrow().sequence()).isEqualTo(1);
    }

    @Test
    void answers146ToAMobileNodeThatHasNoKey() {
        link.receive(ASSOCIATION.sign(update(1, 600), CARE_OF_ADDRESS, KEYLESS), CARE_OF_ADDRESS, KEYLESS);

        assertThat(link.status()).isEqualTo(BindingStatus.MIPV6_AUTH_FAIL);
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
