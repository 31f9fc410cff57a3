package dev.roost.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.ForwardingMessage.Acknowledgement;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.Request;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.OpenedMessage.Accepted;
import dev.roost.delegation.OpenedMessage.Answered;
import dev.roost.delegation.OpenedMessage.Ignored;
import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MessageProtectionTest {
    private static final Ipv6Address PRIMARY = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address SECONDARY = Ipv6Address.parse("2001:db8:1::12");
    private static final StartForwarding START = new StartForwarding(
            1, Ipv6Address.parse("2001:db8:1::100"), Ipv6Address.parse("2001:db8:3::5"), PRIMARY, 41, 5, 600);
    private static final Instant NOW = Instant.EPOCH;

    private final MessageProtection primary = protection(PRIMARY, 100);
    private final MessageProtection secondary = protection(SECONDARY, 200_000);

    private static ForwardingKey key(long identifier) {
        return new ForwardingKey(
                identifier, ("secret number " + identifier + " of ours").getBytes(StandardCharsets.US_ASCII));
    }

    private static MessageProtection protection(Ipv6Address self, long session) {
        return new MessageProtection(self, List.of(key(1)), session);
    }

    private static byte[] sealed(MessageProtection sender, Ipv6Address receiver, ForwardingMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MessageHeader.MAX_MESSAGE);
        sender.protect(receiver, message, out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static OpenedMessage open(MessageProtection receiver, Ipv6Address sender, byte[] datagram) {
        return receiver.open(NOW, sender, ByteBuffer.wrap(datagram), identifier -> identifier == 1);
    }

    /** The first exchange, after which each knows the other's session. */
    private void meet() {
        assertThat(exchange(primary, PRIMARY, secondary, SECONDARY)).isEqualTo(DelegationStatus.SESSION);
        assertThat(open(secondary, PRIMARY, sealed(primary, SECONDARY, START))).isInstanceOf(Accepted.class);
    }

    /** Sends START and hands the receiver's word on sessions back. */
    private static DelegationStatus exchange(
            MessageProtection sender, Ipv6Address from, MessageProtection receiver, Ipv6Address to) {
        OpenedMessage opened = open(receiver, from, sealed(sender, to, START));
        assertThat(opened).isInstanceOf(Answered.class);
        ByteBuffer answer = ((Answered) opened).answer();
        byte[] datagram = new byte[answer.remaining()];
        answer.get(datagram);
        OpenedMessage told = open(sender, to, datagram);
        assertThat(told).isInstanceOf(Accepted.class);
        return ((Acknowledgement) ((Accepted) told).message()).status();
    }

    @Test
    void twoStrangersUnderstandEachOtherAfterOneExchange() {
        meet();

        Acknowledgement answer = START.acknowledge(DelegationStatus.ACCEPTED, 5);
        OpenedMessage opened = open(primary, SECONDARY, sealed(secondary, PRIMARY, answer));

        assertThat(opened)
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted -> assertThat(accepted.message()).isEqualTo(answer));
    }

    @Test
    void everyMessageCountsOnce() {
        meet();
        byte[] datagram = sealed(primary, SECONDARY, START);

        assertThat(open(secondary, PRIMARY, datagram)).isInstanceOf(Accepted.class);
        assertThat(open(secondary, PRIMARY, datagram)).isEqualTo(new Ignored(DelegationCounter.IGNORED_REPLAY));
    }

    @Test
    void messagesOutOfOrderCountWithinAWindow() {
        meet();
        byte[] late = sealed(primary, SECONDARY, START);
        byte[] tooLate = sealed(primary, SECONDARY, START);
        byte[] last = {};
        for (int i = 0; i < 1023; i++) {
            last = sealed(primary, SECONDARY, START);
        }

        assertThat(open(secondary, PRIMARY, last)).isInstanceOf(Accepted.class);
        assertThat(open(secondary, PRIMARY, tooLate)).isInstanceOf(Accepted.class);
        assertThat(open(secondary, PRIMARY, late)).isEqualTo(new Ignored(DelegationCounter.IGNORED_REPLAY));
    }

    @Test
    void aRecordingOfAFormerSessionNeverCounts() {
        meet();
        byte[] recorded = sealed(primary, SECONDARY, START);
        MessageProtection reborn = protection(PRIMARY, 900);
        exchange(reborn, PRIMARY, secondary, SECONDARY);
        assertThat(open(secondary, PRIMARY, sealed(reborn, SECONDARY, START))).isInstanceOf(Accepted.class);

        assertThat(open(secondary, PRIMARY, recorded)).isInstanceOf(Answered.class);
        assertThat(open(secondary, PRIMARY, sealed(reborn, SECONDARY, START))).isInstanceOf(Accepted.class);
    }

    @Test
    void aProcessThatBeganAnewIsUnderstoodByWhomeverItSpeaksTo() {
        meet();
        MessageProtection reborn = protection(SECONDARY, 900_000);

        assertThat(exchange(primary, PRIMARY, reborn, SECONDARY)).isEqualTo(DelegationStatus.SESSION);
        assertThat(open(reborn, PRIMARY, sealed(primary, SECONDARY, START)))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted -> assertThat(accepted.message()).isEqualTo(START));
    }

    @Test
    void aSessionIsBelievedOnlyFromTheAnswerToARequestThatIsOutstanding() {
        OpenedMessage opened = open(secondary, PRIMARY, sealed(primary, SECONDARY, START));
        byte[] answer = new byte[((Answered) opened).answer().remaining()];
        ((Answered) opened).answer().get(answer);

        OpenedMessage told = primary.open(NOW, SECONDARY, ByteBuffer.wrap(answer), identifier -> false);

        assertThat(told).isEqualTo(new Ignored(DelegationCounter.IGNORED_SESSION));
        assertThat(open(secondary, PRIMARY, sealed(primary, SECONDARY, START))).isInstanceOf(Answered.class);
    }

    @Test
    void anAlteredOctetAnywhereIsNoticed() {
        meet();
        byte[] datagram = sealed(primary, SECONDARY, START);
        for (int i = 0; i < datagram.length; i++) {
            byte[] altered = datagram.clone();
            altered[i] ^= 0x10;

            assertThat(open(secondary, PRIMARY, altered)).as("octet %s", i).isInstanceOf(Ignored.class);
        }
        assertThat(open(secondary, PRIMARY, datagram)).isInstanceOf(Accepted.class);
    }

    @Test
    void aTruncatedOrLengthenedMessageIsMalformed() {
        meet();
        byte[] datagram = sealed(primary, SECONDARY, START);
        for (int length = 0; length <= MessageHeader.MAX_MESSAGE + 100; length++) {
            if (length != datagram.length) {
                assertThat(open(secondary, PRIMARY, Arrays.copyOf(datagram, length)))
                        .as("%s octets", length)
                        .isEqualTo(new Ignored(DelegationCounter.IGNORED_MALFORMED));
            }
        }
    }

    @Test
    void theSameMessageFromOrToAnotherAddressIsForged() {
        meet();
        byte[] datagram = sealed(primary, SECONDARY, START);
        Ipv6Address third = Ipv6Address.parse("2001:db8:1::13");

        assertThat(open(secondary, third, datagram)).isEqualTo(new Ignored(DelegationCounter.IGNORED_AUTHENTICATION));
        assertThat(open(protection(third, 1), PRIMARY, datagram))
                .isEqualTo(new Ignored(DelegationCounter.IGNORED_AUTHENTICATION));
        assertThat(open(primary, SECONDARY, datagram))
                .as("reflected")
                .isEqualTo(new Ignored(DelegationCounter.IGNORED_AUTHENTICATION));
    }

    @Test
    void keysRotateWithoutInterruption() {
        meet();
        secondary.useKeys(List.of(key(1), key(2)));
        assertThat(open(secondary, PRIMARY, sealed(primary, SECONDARY, START))).isInstanceOf(Accepted.class);
        primary.useKeys(List.of(key(2), key(1)));
        assertThat(open(secondary, PRIMARY, sealed(primary, SECONDARY, START))).isInstanceOf(Accepted.class);
        secondary.useKeys(List.of(key(2)));
        assertThat(open(secondary, PRIMARY, sealed(primary, SECONDARY, START))).isInstanceOf(Accepted.class);

        primary.useKeys(List.of(key(1)));
        assertThat(open(secondary, PRIMARY, sealed(primary, SECONDARY, START)))
                .isEqualTo(new Ignored(DelegationCounter.IGNORED_UNKNOWN_KEY));
    }

    @Test
    void anotherVersionAndAnUnknownTypeAreMetWithSilence() {
        meet();
        byte[] datagram = sealed(primary, SECONDARY, START);
        datagram[0] = 2;
        assertThat(open(secondary, PRIMARY, datagram)).isEqualTo(new Ignored(DelegationCounter.IGNORED_VERSION));

        for (int type : new int[] {0, 11, 255}) {
            ByteBuffer unknown = ByteBuffer.wrap(sealed(primary, SECONDARY, START));
            unknown.put(1, (byte) type);
            byte[] authenticator = new byte[32];
            key(1).authenticate(PRIMARY, SECONDARY, unknown.duplicate().limit(unknown.limit() - 32), authenticator);
            unknown.put(unknown.limit() - 32, authenticator);
            assertThat(open(secondary, PRIMARY, unknown.array()))
                    .isEqualTo(new Ignored(DelegationCounter.IGNORED_UNKNOWN_TYPE));
        }
    }

    @Test
    void moreThanAThousandPeersAreCountedAndNotRemembered() {
        for (int i = 0; i <= MessageProtection.MAX_PEERS; i++) {
            Ipv6Address address = new Ipv6Address(SECONDARY.high(), 0x1000 + i);
            MessageProtection peer = protection(address, 7_000_000 + i * 10L);
            if (i < MessageProtection.MAX_PEERS) {
                Instant later = NOW.plusSeconds(i);
                OpenedMessage opened = secondary.open(
                        later, address, ByteBuffer.wrap(sealed(peer, SECONDARY, START)), identifier -> true);
                ByteBuffer answer = ((Answered) opened).answer();
                peer.open(later, SECONDARY, answer, identifier -> true);
                assertThat(open(secondary, address, sealed(peer, SECONDARY, START)))
                        .isInstanceOf(Accepted.class);
            } else {
                assertThat(open(secondary, address, sealed(peer, SECONDARY, START)))
                        .isEqualTo(new Ignored(DelegationCounter.IGNORED_PEER_TABLE_FULL));
            }
        }
    }

    @Test
    void answersAboutSessionsAreLimited() {
        int answered = 0;
        for (int i = 0; i < 3000; i++) {
            answered += open(secondary, PRIMARY, sealed(primary, SECONDARY, START)) instanceof Answered ? 1 : 0;
        }

        assertThat(answered).isEqualTo(1000);
    }

    @Test
    void noOctetsWhateverMakeItThrow() {
        meet();
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (noise.length > 8) {
                ByteBuffer.wrap(noise)
                        .put((byte) 1)
                        .put((byte) (1 + random.nextInt(10)))
                        .putShort((short) noise.length)
                        .putInt(1);
            }
            assertThat(open(secondary, PRIMARY, noise)).isInstanceOf(Ignored.class);
            // And with the right key, as a peer with a fault of its own would send it.
            if (noise.length >= 84) {
                ByteBuffer datagram = ByteBuffer.wrap(noise);
                ByteBuffer model = ByteBuffer.wrap(sealed(primary, SECONDARY, new Hello(9, Roles.NONE, 0, 0, 0)));
                datagram.put(8, model, 8, 24);
                byte[] authenticator = new byte[32];
                key(1).authenticate(PRIMARY, SECONDARY, datagram.duplicate().limit(noise.length - 32), authenticator);
                datagram.put(noise.length - 32, authenticator);
                OpenedMessage opened = open(secondary, PRIMARY, noise);
                if (opened instanceof Accepted accepted && accepted.message() instanceof Request request) {
                    assertThat(request.acknowledge(DelegationStatus.REFUSED, 0).identifier())
                            .isEqualTo(request.identifier());
                }
            }
        }
    }
}
