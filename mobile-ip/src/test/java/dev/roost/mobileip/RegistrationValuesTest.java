package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationValuesTest {

    @ParameterizedTest
    @CsvSource({
        "15, 16, true",
        "15, 32782, true",
        "15, 32783, false",
        "15, 15, false",
        "15, 14, false",
        "15, 0, false",
        "15, 65535, false",
        "65535, 0, true",
        "65535, 32766, true",
        "65535, 32767, false",
        "0, 1, true",
        "0, 32767, true",
        "0, 32768, false",
        "32768, 0, false",
        "32769, 0, true",
    })
    void sequenceNumbersAreComparedModulo65536(int last, int received, boolean newer) {
        assertThat(new SequenceNumber(received).isNewerThan(new SequenceNumber(last)))
                .isEqualTo(newer);
    }

    @Test
    void sequenceNumbersWrap() {
        assertThat(new SequenceNumber(65535).next()).isEqualTo(new SequenceNumber(0));
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0, 0",
        "PT0.001S, 0, 1",
        "PT3.999S, 0, 1",
        "PT4S, 1, 1",
        "PT4.001S, 1, 2",
        "PT600S, 150, 150",
        "PT262140S, 65535, 65535",
        "PT262141S, 65535, 65535",
        "P36500D, 65535, 65535",
        "PT-1S, 0, 0",
    })
    void lifetimesCountFourSeconds(Duration duration, int atMost, int atLeast) {
        assertThat(BindingLifetime.atMost(duration).units()).isEqualTo(atMost);
        assertThat(BindingLifetime.atLeast(duration).units()).isEqualTo(atLeast);
    }

    @Test
    void theLongestLifetimeIsFinite() {
        assertThat(BindingLifetime.MAX.toDuration().toSeconds()).isEqualTo(262_140);
        assertThat(BindingLifetime.ZERO.isZero()).isTrue();
    }

    @Test
    void statusesAreNamedAsByIana() {
        assertThat(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW).hasToString("135 Sequence number out of window");
        assertThat(new BindingStatus(146)).isEqualTo(BindingStatus.MIPV6_AUTH_FAIL);
        assertThat(new BindingStatus(200)).hasToString("200 rejected");
        assertThat(new BindingStatus(127).isAccepted()).isTrue();
        assertThat(new BindingStatus(128).isAccepted()).isFalse();
    }
}
