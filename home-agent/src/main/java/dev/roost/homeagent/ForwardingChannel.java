package dev.roost.homeagent;

import dev.roost.delegation.DelegationCounter;
import dev.roost.delegation.DelegationEffect;
import dev.roost.delegation.DelegationEffect.PeerChanged;
import dev.roost.delegation.DelegationEffect.SendMessage;
import dev.roost.delegation.ForwardingKey;
import dev.roost.delegation.MessageHeader;
import dev.roost.delegation.MessageProtection;
import dev.roost.delegation.OpenedMessage;
import dev.roost.homeagent.binding.Decision;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.linux.UdpSocket;
import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The forwarding protocol's way out of the process and in: datagrams become calls of the home agent, what it wants sent becomes datagrams,
 * many of them in one call of the kernel. The one place where octets of other home agents are looked at. The loop calls everything.
 */
final class ForwardingChannel implements AutoCloseable {
    /** A batch is up to this many reads of the socket; more would delay the answers to the first of them. */
    private static final int MAX_READS = 16;

    private final UdpSocket socket;
    private final MessageProtection protection;
    private final HomeAgent agent;
    private final EventLog log;
    private final Map<DelegationCounter, Long> counters = new EnumMap<>(DelegationCounter.class);
    private final ByteBuffer scratch = ByteBuffer.allocate(MessageHeader.MAX_MESSAGE);

    /** @param session random, so that no recording of an earlier process means anything to this one */
    ForwardingChannel(
            Ipv6Address self, DelegationConfiguration configuration, long session, HomeAgent agent, EventLog log) {
        this.agent = agent;
        this.log = log;
        protection = new MessageProtection(self, configuration.keys(), session);
        socket = UdpSocket.open(self, configuration.port());
    }

    /** For the wait of the loop. */
    UdpSocket socket() {
        return socket;
    }

    /** Reads what is there, up to a limit; each genuine message is decided upon, and the decision taken, before the next is read. */
    void receive(Supplier<Instant> now, Consumer<Decision> taker) {
        int count = UdpSocket.BATCH;
        for (int reads = 0; count == UdpSocket.BATCH && reads < MAX_READS; reads++) {
            count = socket.receive((source, datagram) -> onDatagram(now.get(), source, datagram, taker));
        }
    }

    private void onDatagram(Instant now, Ipv6Address source, ByteBuffer datagram, Consumer<Decision> taker) {
        OpenedMessage opened = protection.open(now, source, datagram, agent::isOutstanding);
        if (opened instanceof OpenedMessage.Accepted accepted) {
            taker.accept(agent.onForwardingMessage(now, source, accepted.session(), accepted.message()));
        } else if (opened instanceof OpenedMessage.Answered answered) {
            count(answered.reason());
            socket.queue(source, answered.answer());
        } else if (opened instanceof OpenedMessage.Ignored ignored) {
            count(ignored.reason());
        }
    }

    void act(Instant now, DelegationEffect effect) {
        if (effect instanceof SendMessage send) {
            scratch.clear();
            protection.protect(send.peer(), send.message(), scratch);
            socket.queue(send.peer(), scratch.flip());
        } else if (effect instanceof DelegationEffect.Count count) {
            count(count.counter());
        } else if (effect instanceof PeerChanged changed) {
            String word = changed.state().name().toLowerCase(Locale.ROOT);
            log.event(now, "home-agent-" + word, "homeAgent", changed.peer());
        }
    }

    private void count(DelegationCounter counter) {
        counters.merge(counter, 1L, Long::sum);
    }

    void flush() {
        socket.flush();
    }

    void useKeys(List<ForwardingKey> keys) {
        protection.useKeys(keys);
    }

    Map<DelegationCounter, Long> counters() {
        return counters;
    }

    UdpSocket.Statistics statistics() {
        return socket.statistics();
    }

    @Override
    public void close() {
        socket.close();
    }
}
