package dev.roost.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.UnusableRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MalformedPacketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class MessageCodecTest {
    private static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    private static final StartForwarding START = new StartForwarding(
            0xffff_ffffL,
            HOME_ADDRESS,
            Ipv6Address.parse("2001:db8:3::5"),
            Ipv6Address.parse("2001:db8:1::11"),
            41,
            -1,
            0xffff_ffffL);

    private static byte[] written(ForwardingMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MessageCodec.length(message));
        MessageCodec.write(new MessageHeader(message.type(), 0, 0, 1, 0, 1), message, out);
        assertThat(out.remaining()).as("length of %s", message).isZero();
        return out.array();
    }

    private static ForwardingMessage parsed(int type, byte[] octets) throws MalformedPacketException {
        return MessageCodec.parse(type, ByteBuffer.wrap(octets), 0);
    }

    @Test
    void everyMessageSurvivesTheWire() throws MalformedPacketException {
        assertThat(parsed(StartForwarding.TYPE, written(START))).isEqualTo(START);
        for (ForwardingMessage message : Vector.messages()) {
            assertThat(parsed(message.type(), written(message))).isEqualTo(message);
        }
    }

    @Test
    void optionsThatAreNotKnownAreSkipped() throws MalformedPacketException {
        byte[] octets = written(START);
        byte[] longer = Arrays.copyOf(octets, octets.length + 7);
        longer[octets.length] = (byte) 200;
        longer[octets.length + 1] = 3;
        longer[octets.length + 5] = 0;

        assertThat(parsed(StartForwarding.TYPE, longer)).isEqualTo(START);
    }

    @Test
    void optionsThatEndBehindTheMessageMakeItMalformed() {
        byte[] octets = written(START);
        for (int length = MessageCodec.FIXED + 1; length < octets.length; length++) {
            byte[] cut = Arrays.copyOf(octets, length);
            if ((length - MessageCodec.FIXED) % MessageOptions.ADDRESS_OPTION != 0) {
                assertThatThrownBy(() -> parsed(StartForwarding.TYPE, cut))
                        .isInstanceOf(MalformedPacketException.class);
            }
        }
    }

    @Test
    void aSecondOptionOfAKindMakesItMalformed() {
        byte[] octets = written(START);
        octets[MessageCodec.FIXED + MessageOptions.ADDRESS_OPTION] = MessageOptions.HOME_ADDRESS;

        assertThatThrownBy(() -> parsed(StartForwarding.TYPE, octets)).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void aRequestWithoutWhatItNeedsIsAnsweredAsIncomplete() throws MalformedPacketException {
        for (ForwardingMessage message : Vector.messages()) {
            boolean needsOptions =
                    MessageCodec.isRequest(message.type()) && message.type() != ForwardingMessage.Hello.TYPE;
            ForwardingMessage bare = parsed(message.type(), Arrays.copyOf(written(message), MessageCodec.FIXED));
            if (needsOptions) {
                assertThat(bare).isInstanceOfSatisfying(UnusableRequest.class, request -> {
                    assertThat(request.refusal().status()).isEqualTo(DelegationStatus.MISSING_OPTION);
                    assertThat(request.refusal().identifier()).isEqualTo(message.identifier());
                    assertThat(request.refusal().type()).isEqualTo(message.type() + 1);
                });
            } else {
                assertThat(bare.identifier()).isEqualTo(message.identifier());
            }
        }
    }

    @Test
    void anIpv4AddressIsAnsweredAsOfAnotherFamily() throws MalformedPacketException {
        byte[] octets = Arrays.copyOf(written(START), MessageCodec.FIXED + 6);
        octets[MessageCodec.FIXED + 1] = 4;

        assertThat(parsed(StartForwarding.TYPE, octets))
                .isInstanceOfSatisfying(
                        UnusableRequest.class,
                        request -> assertThat(request.status()).isEqualTo(DelegationStatus.ADDRESS_FAMILY));
    }

    @Test
    void aStatusThatIsNotKnownIsThePlainYesOrNoOfItsHalf() {
        assertThat(DelegationStatus.of(17)).isEqualTo(DelegationStatus.ACCEPTED);
        assertThat(DelegationStatus.of(200)).isEqualTo(DelegationStatus.REFUSED);
    }
}
