package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * RFC 4285, 5.1. The expected octets were put together by hand and the authenticators computed with Python's hmac module:
 *
 * <pre>{@code
 * mh = bytes.fromhex('3b06050000000010c0000096' '0100' '0310') + coa + b'\0' + bytes.fromhex('091101' '00000100')
 * hmac.new(bytes(range(16)), coa + hoa + mh, hashlib.sha1).digest()[:12]
 * }</pre>
 */
class MobilityAuthenticatorTest {

    private static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    private static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::100");
    private static final MobilityAuthenticator AUTHENTICATOR = authenticator(256);

    private static final BindingUpdate UPDATE = BindingUpdate.of(
            new SequenceNumber(16),
            BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
            new BindingLifetime(150),
            List.of(new AlternateCareOfAddress(CARE_OF_ADDRESS)));

    private static MobilityAuthenticator authenticator(long spi) {
        return new MobilityAuthenticator(spi, HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));
    }

    private static String hex(MobilityMessage message) {
        ByteBuffer out = ByteBuffer.allocate(message.length());
        message.writeTo(out);
        return HexFormat.of().formatHex(out.array());
    }

    @Test
    void signsABindingUpdateAsPythonDoes() {
        BindingUpdate signed = AUTHENTICATOR.sign(UPDATE, CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(hex(signed))
                .isEqualTo("3b06050000000010c0000096" + "0100" + "031020010db8000300000000000000000100" + "00"
                        + "09110100000100" + "723d1d2dfff0a19cc596f99a" + "01020000");
        assertThat(AUTHENTICATOR.verify(signed, CARE_OF_ADDRESS, HOME_ADDRESS)).isTrue();
    }

    @Test
    void signsABindingAcknowledgementAsPythonDoes() {
        BindingAcknowledgement signed = AUTHENTICATOR.sign(
                BindingAcknowledgement.of(
                        BindingStatus.BINDING_UPDATE_ACCEPTED,
                        0,
                        new SequenceNumber(16),
                        new BindingLifetime(150),
                        List.of()),
                CARE_OF_ADDRESS,
                HOME_ADDRESS);

        assertThat(hex(signed))
                .isEqualTo("3b0306000000" + "0000" + "00100096" + "00" + "09110100000100" + "ab2a9f930a09320a9f6011cc");
        assertThat(AUTHENTICATOR.verify(signed, CARE_OF_ADDRESS, HOME_ADDRESS)).isTrue();
    }

    @Test
    void signingAgainReplacesTheAuthenticator() {
        BindingUpdate once = AUTHENTICATOR.sign(UPDATE, CARE_OF_ADDRESS, HOME_ADDRESS);

        assertThat(AUTHENTICATOR.sign(once, CARE_OF_ADDRESS, HOME_ADDRESS)).isEqualTo(once);
    }

    /** All octets of the message but the checksum, which is not known here, and padding, which holds nothing. */
    @Test
    void noticesAnyChangedBit() {
        byte[] octets = HexFormat.of().parseHex(hex(AUTHENTICATOR.sign(UPDATE, CARE_OF_ADDRESS, HOME_ADDRESS)));
        for (int at = MobilityHead.DATA; at < octets.length - 4; at++) {
            for (int bit = 1; bit < 256; bit <<= 1) {
                octets[at] ^= (byte) bit;
                assertThat(verifies(octets, CARE_OF_ADDRESS, HOME_ADDRESS))
                        .as("octet %s bit %s", at, bit)
                        .isFalse();
                octets[at] ^= (byte) bit;
            }
        }
        assertThat(verifies(octets, CARE_OF_ADDRESS, HOME_ADDRESS)).isTrue();
        assertThat(verifies(octets, HOME_ADDRESS, HOME_ADDRESS)).isFalse();
        assertThat(verifies(octets, CARE_OF_ADDRESS, CARE_OF_ADDRESS)).isFalse();
    }

    private static boolean verifies(byte[] octets, Ipv6Address careOfAddress, Ipv6Address homeAddress) {
        try {
            return AUTHENTICATOR.verify(MobilityMessage.parse(ByteBuffer.wrap(octets)), careOfAddress, homeAddress);
        } catch (MalformedPacketException refusal) {
            return false;
        }
    }

    @Test
    void wantsItsOwnOptionAndThatLast() {
        BindingUpdate signed = AUTHENTICATOR.sign(UPDATE, CARE_OF_ADDRESS, HOME_ADDRESS);
        List<MobilityOption> moreBehind = new ArrayList<>(signed.options());
        moreBehind.add(new AlternateCareOfAddress(HOME_ADDRESS));

        assertThat(AUTHENTICATOR.verify(UPDATE, CARE_OF_ADDRESS, HOME_ADDRESS)).isFalse();
        assertThat(authenticator(257).verify(signed, CARE_OF_ADDRESS, HOME_ADDRESS))
                .isFalse();
        assertThat(AUTHENTICATOR.verify(UPDATE.withOptions(moreBehind), CARE_OF_ADDRESS, HOME_ADDRESS))
                .isFalse();
        assertThat(AUTHENTICATOR.verify(UPDATE.withOptions(List.of()), CARE_OF_ADDRESS, HOME_ADDRESS))
                .isFalse();
    }

    @Test
    void refusesReservedIndices() {
        assertThatThrownBy(() -> authenticator(255)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> authenticator(1L << 32)).isInstanceOf(IllegalArgumentException.class);
    }
}
