package dev.roost.delegation;

import dev.roost.delegation.ForwardingMessage.UnusableRequest;
import dev.roost.delegation.OpenedMessage.Accepted;
import dev.roost.delegation.OpenedMessage.Answered;
import dev.roost.delegation.OpenedMessage.Ignored;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MalformedPacketException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes datagrams of messages and messages of datagrams, so that what comes out was sent by who has a key, to this process, and once.
 *
 * <p>Goals: nothing forged, altered, recorded earlier or reflected has an effect; a process that begins anew is understood within one
 * exchange; no clocks that agree, nothing on disk.
 *
 * <p>Algorithm: a message counts if its HMAC is right, if it names the session that its receiver gave to this very session of its
 * sender, and if its sequence number is new in that session. Towards each peer there is a session number <em>mine</em>, which goes
 * with the peer's session that is known, and a number <em>next</em> that any other session of the peer has to name to be
 * adopted; a request that does not is answered with status SESSION from {@code next}. {@code next} is used once, so what a former
 * session of the peer sent, seen or held back, never fits again:
 *
 * <pre>
 *   P, began anew as s2, with F, which knows s1 and gave it f1:
 *
 *     P                                                F
 *     | Start  from s2, to 0  ------------------------>|  s2 is not s1 and 0 is not next = f2
 *     |<----- acknowledgement SESSION, from f2, to s2  |  nothing altered
 *     | Start  from s2, to f2, same identifier ------->|  adopts: s2 is known, mine = f2, next = f3
 *     |<----- acknowledgement ACCEPTED, from f2, to s2 |
 *     X  a recording of s1, to f1 -------------------->|  s1 is not s2 and f1 is not f3: answered into the void
 * </pre>
 *
 * <p>An answer SESSION is believed if its identifier is that of a request that is outstanding. Peers are kept, {@link #MAX_PEERS} of
 * them at most, and beyond that nobody new is adopted; only who has a key can fill the table.
 *
 * <p>The loop thread calls everything.
 */
public final class MessageProtection {
    /** How many peers are remembered. */
    public static final int MAX_PEERS = 1024;

    private static final double SESSION_ANSWERS_PER_SECOND = 1000;

    private final Ipv6Address self;
    private final long firstSession;
    private final Map<Ipv6Address, Peer> peers = new HashMap<>();
    private final TokenBucket sessionAnswers = new TokenBucket(SESSION_ANSWERS_PER_SECOND, SESSION_ANSWERS_PER_SECOND);
    private final ByteBuffer answer = ByteBuffer.allocate(MessageHeader.MAX_MESSAGE);
    private final byte[] computed = new byte[ForwardingKey.AUTHENTICATOR];
    private final byte[] found = new byte[ForwardingKey.AUTHENTICATOR];
    private List<ForwardingKey> keys;
    private long sessionsGiven;
    /** Sequence number of the last message to anyone who is not a peer; a peer's numbers go on from it. */
    private long strangersSequence;

    /** What is known of a sender with a key. */
    private static final class Peer {
        final ReplayWindow window = new ReplayWindow();
        long session;
        long mine;
        long next;
        long sequence;
    }

    /**
     * Sets up protection for the messages of one address.
     *
     * @param self source address of all that is sent, destination address of all that is received
     * @param keys the first one signs, any of them is accepted; identifiers differ; at least one
     * @param session a number that no earlier process used: random, not 0
     */
    public MessageProtection(Ipv6Address self, List<ForwardingKey> keys, long session) {
        this.self = self;
        this.keys = checked(keys);
        this.firstSession = session == 0 ? 1 : session;
    }

    /** Takes other keys from now on, as rotation needs it; sessions go on. */
    public void useKeys(List<ForwardingKey> newKeys) {
        keys = checked(newKeys);
    }

    private static List<ForwardingKey> checked(List<ForwardingKey> keys) {
        long different = keys.stream().map(ForwardingKey::identifier).distinct().count();
        if (keys.isEmpty() || different != keys.size()) {
            throw new IllegalArgumentException("one key at least, each with an identifier of its own");
        }
        return List.copyOf(keys);
    }

    /** Writes a whole datagram; the caller has seen to {@link MessageHeader#MAX_MESSAGE} octets of room. */
    public void protect(Ipv6Address peer, ForwardingMessage message, ByteBuffer out) {
        Peer known = peers.get(peer);
        if (known == null) {
            seal(peer, message, firstSession, 0, ++strangersSequence, out);
        } else {
            seal(peer, message, known.mine, known.session, ++known.sequence, out);
        }
    }

    /**
     * Reads a datagram.
     *
     * @param source the source address of the packet
     * @param datagram the payload of UDP, from position to limit; it is left anywhere
     * @param isOutstanding tells whether a request of ours with this identifier waits for its acknowledgement
     */
    public OpenedMessage open(Instant now, Ipv6Address source, ByteBuffer datagram, LongPredicate isOutstanding) {
        int start = datagram.position();
        if (!datagram.hasRemaining()) {
            return new Ignored(DelegationCounter.IGNORED_MALFORMED);
        }
        if (!MessageHeader.isKnownVersion(datagram)) {
            return new Ignored(DelegationCounter.IGNORED_VERSION);
        }
        try {
            MessageHeader header = MessageHeader.parse(datagram);
            @Nullable DelegationCounter failure = authenticate(header, source, datagram, start);
            return failure == null ? admit(now, source, header, datagram, start, isOutstanding) : new Ignored(failure);
        } catch (MalformedPacketException e) {
            return new Ignored(DelegationCounter.IGNORED_MALFORMED);
        }
    }

    /** Null if the authenticator is right; the limit stands before it then. */
    private @Nullable DelegationCounter authenticate(
            MessageHeader header, Ipv6Address source, ByteBuffer datagram, int start) {
        for (ForwardingKey key : keys) {
            if (key.identifier() == header.keyIdentifier()) {
                int end = datagram.limit() - ForwardingKey.AUTHENTICATOR;
                datagram.get(end, found);
                datagram.position(start).limit(end);
                key.authenticate(source, self, datagram, computed);
                return MessageDigest.isEqual(computed, found) ? null : DelegationCounter.IGNORED_AUTHENTICATION;
            }
        }
        return DelegationCounter.IGNORED_UNKNOWN_KEY;
    }

    private OpenedMessage admit(
            Instant now,
            Ipv6Address source,
            MessageHeader header,
            ByteBuffer datagram,
            int start,
            LongPredicate isOutstanding)
            throws MalformedPacketException {
        if (!MessageCodec.isKnownType(header.type())) {
            return new Ignored(DelegationCounter.IGNORED_UNKNOWN_TYPE);
        }
        @Nullable Peer peer = peers.get(source);
        boolean isCurrent =
                peer != null && peer.session == header.senderSession() && peer.mine == header.receiverSession();
        @Nullable Peer sender = isCurrent ? peer : adopt(source, peer, header, datagram, start, isOutstanding);
        if (sender == null) {
            return rejectSession(now, source, peer, header, datagram, start);
        }
        if (!sender.window.accept(header.sequenceNumber())) {
            return new Ignored(DelegationCounter.IGNORED_REPLAY);
        }
        return new Accepted(MessageCodec.parse(header.type(), datagram, start), header.senderSession());
    }

    /** The peer with the session that this message begins; null if it proves none. */
    private @Nullable Peer adopt(
            Ipv6Address source,
            @Nullable Peer peer,
            MessageHeader header,
            ByteBuffer datagram,
            int start,
            LongPredicate isOutstanding) {
        if (header.senderSession() == 0 || (peer == null && peers.size() >= MAX_PEERS)) {
            return null;
        }
        long mine = peer == null ? firstSession : peer.mine;
        if (MessageCodec.isRequest(header.type())) {
            long next = peer == null ? firstSession : peer.next;
            if (header.receiverSession() != next || (peer != null && peer.session == header.senderSession())) {
                return null;
            }
            mine = next;
        } else if (header.receiverSession() != mine
                || !MessageCodec.isSessionAnswer(datagram, start)
                || !isOutstanding.test(MessageCodec.identifier(datagram, start))) {
            return null;
        }
        @Nullable Peer adopted = peer;
        if (adopted == null) {
            adopted = new Peer();
            adopted.sequence = strangersSequence;
            peers.put(source, adopted);
        }
        adopted.session = header.senderSession();
        adopted.window.reset();
        adopted.mine = mine;
        adopted.next = nextSession();
        return adopted;
    }

    private long nextSession() {
        long session = firstSession + ++sessionsGiven;
        return session == 0 ? firstSession + ++sessionsGiven : session;
    }

    private OpenedMessage rejectSession(
            Instant now,
            Ipv6Address source,
            @Nullable Peer peer,
            MessageHeader header,
            ByteBuffer datagram,
            int start) {
        if (peer == null && peers.size() >= MAX_PEERS) {
            return new Ignored(DelegationCounter.IGNORED_PEER_TABLE_FULL);
        }
        if (!MessageCodec.isRequest(header.type()) || header.senderSession() == 0 || !sessionAnswers.tryTake(now)) {
            return new Ignored(DelegationCounter.IGNORED_SESSION);
        }
        var request = new UnusableRequest(
                header.type(),
                MessageCodec.identifier(datagram, start),
                DelegationStatus.SESSION,
                Ipv6Address.UNSPECIFIED,
                0);
        boolean isKnown = peer != null && peer.session == header.senderSession();
        long session = peer == null ? firstSession : isKnown ? peer.mine : peer.next;
        long sequence = peer == null ? ++strangersSequence : ++peer.sequence;
        answer.clear();
        seal(source, request.refusal(), session, header.senderSession(), sequence, answer);
        return new Answered(DelegationCounter.WRONG_SESSION_ANSWERED, answer.flip());
    }

    private void seal(
            Ipv6Address peer,
            ForwardingMessage message,
            long senderSession,
            long receiverSession,
            long sequence,
            ByteBuffer out) {
        ForwardingKey key = keys.get(0);
        int start = out.position();
        int length = MessageCodec.length(message) + ForwardingKey.AUTHENTICATOR;
        MessageCodec.write(
                new MessageHeader(message.type(), length, key.identifier(), senderSession, receiverSession, sequence),
                message,
                out);
        ByteBuffer covered = out.duplicate().flip().position(start);
        key.authenticate(self, peer, covered, computed);
        out.put(computed);
    }
}
