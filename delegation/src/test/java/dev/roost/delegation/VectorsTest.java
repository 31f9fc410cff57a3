package dev.roost.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.OpenedMessage.Accepted;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.OpaqueBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The document's test vectors are what this code writes and reads. */
final class VectorsTest {
    private static final ForwardingKey KEY = new ForwardingKey(Vector.KEY_IDENTIFIER, Vector.KEY);

    @Test
    void documentHasEveryKindOfMessage() throws IOException {
        List<Vector> vectors = Vector.read();

        assertThat(vectors).hasSize(Vector.messages().size());
        assertThat(vectors.stream().map(vector -> vector.message().type()).distinct())
                .hasSize(10);
    }

    @Test
    void vectorsAreWhatIsWritten() throws IOException {
        long sequence = 0;
        for (Vector vector : Vector.read()) {
            sequence++;
            byte[] written = written(vector.source(), vector.destination(), vector.message(), sequence);

            assertThat(vector.datagram()).as(vector.name()).isEqualTo(OpaqueBytes.of(written));
        }
    }

    static byte[] written(Ipv6Address source, Ipv6Address destination, ForwardingMessage message, long sequence) {
        int length = MessageCodec.length(message) + ForwardingKey.AUTHENTICATOR;
        ByteBuffer out = ByteBuffer.allocate(length);
        MessageCodec.write(
                new MessageHeader(
                        message.type(),
                        length,
                        Vector.KEY_IDENTIFIER,
                        Vector.SENDER_SESSION,
                        Vector.RECEIVER_SESSION,
                        sequence),
                message,
                out);
        byte[] authenticator = new byte[ForwardingKey.AUTHENTICATOR];
        KEY.authenticate(source, destination, out.duplicate().flip(), authenticator);
        return out.put(authenticator).array();
    }

    @Test
    void vectorsAreRead() throws IOException {
        for (Vector vector : Vector.read()) {
            // A session that is named by a request is believed; an acknowledgement needs one to be known.
            var protection = new MessageProtection(vector.destination(), List.of(KEY), Vector.RECEIVER_SESSION);
            boolean isAcknowledgement = !MessageCodec.isRequest(vector.message().type());
            if (isAcknowledgement) {
                byte[] introduction = written(
                        vector.source(), vector.destination(), Vector.messages().get(9), 1000);
                protection.open(Instant.EPOCH, vector.source(), ByteBuffer.wrap(introduction), identifier -> false);
            }

            OpenedMessage opened = protection.open(
                    Instant.EPOCH, vector.source(), vector.datagram().asBuffer(), identifier -> true);

            assertThat(opened).as(vector.name()).isEqualTo(new Accepted(vector.message(), Vector.SENDER_SESSION));
        }
    }
}
