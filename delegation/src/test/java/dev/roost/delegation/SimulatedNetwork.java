package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/** Time, and a home link that loses, doubles, delays and reorders messages as long as it is told to. */
final class SimulatedNetwork {

    /** Who can be sent to. */
    interface Host {
        Ipv6Address address();

        boolean isUp();

        /** Which of its lives it is in. */
        int incarnation();

        void onMessage(Ipv6Address peer, long session, ForwardingMessage message);

        boolean isOutstanding(long identifier);
    }

    private record Event(long atMillis, long order, Runnable action) {}

    private static final byte[] KEY = "sixteen octets !".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>((one, other) -> one.atMillis != other.atMillis
            ? Long.compare(one.atMillis, other.atMillis)
            : Long.compare(one.order, other.order));
    private final Map<Ipv6Address, Host> hosts = new HashMap<>();
    private final Map<Ipv6Address, MessageProtection> protections = new HashMap<>();
    private final boolean sealed;
    private final Optional<StringBuilder> log;
    private long order;
    double loss;
    double duplication;
    int longestDelayMillis = 2;
    long nowMillis = 1_700_000_000_000L;

    SimulatedNetwork(long seed, boolean sealed, Optional<StringBuilder> log) {
        this.random = new Random(seed);
        this.sealed = sealed;
        this.log = log;
    }

    void attach(Host host) {
        hosts.put(host.address(), host);
        beginSession(host);
    }

    /** A process starts: sessions are new. */
    void beginSession(Host host) {
        if (sealed) {
            protections.put(
                    host.address(),
                    new MessageProtection(host.address(), List.of(new ForwardingKey(1, KEY)), random.nextLong()));
        }
    }

    private MessageProtection protection(Host host) {
        return Objects.requireNonNull(protections.get(host.address()));
    }

    Instant now() {
        return Instant.ofEpochMilli(nowMillis);
    }

    void at(long atMillis, Runnable action) {
        events.add(new Event(Math.max(atMillis, nowMillis), order++, action));
    }

    void after(long millis, Runnable action) {
        at(nowMillis + millis, action);
    }

    /** Runs the next event unless it is later than this; whether there was one. */
    boolean step(long untilMillis) {
        Event next = events.peek();
        if (next == null || next.atMillis > untilMillis) {
            nowMillis = Math.max(nowMillis, untilMillis);
            return false;
        }
        events.remove();
        nowMillis = next.atMillis;
        next.action.run();
        return true;
    }

    void send(Host sender, Ipv6Address peer, ForwardingMessage message) {
        log.ifPresent(text ->
                text.append(nowMillis % 1_000_000 + " " + sender.address() + " -> " + peer + " " + message + "\n"));
        byte[] datagram = {};
        if (sealed) {
            ByteBuffer out = ByteBuffer.allocate(MessageHeader.MAX_MESSAGE);
            protection(sender).protect(peer, message, out);
            datagram = new byte[out.position()];
            out.flip().get(datagram);
        }
        transmit(sender, peer, message, datagram);
    }

    private void transmit(Host sender, Ipv6Address peer, ForwardingMessage message, byte[] datagram) {
        Host receiver = hosts.get(peer);
        if (receiver == null) {
            return;
        }
        int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            int from = sender.incarnation();
            int to = receiver.incarnation();
            after(random.nextInt(longestDelayMillis), () -> {
                if (receiver.isUp() && sealed) {
                    open(sender, receiver, datagram);
                } else if (receiver.isUp() && receiver.incarnation() == to && sender.incarnation() == from) {
                    // What sessions are for, in short: nothing of a former life is taken, and nothing for one.
                    receiver.onMessage(sender.address(), 1 + from, message);
                }
            });
        }
    }

    private void open(Host sender, Host receiver, byte[] datagram) {
        OpenedMessage opened =
                protection(receiver).open(now(), sender.address(), ByteBuffer.wrap(datagram), receiver::isOutstanding);
        if (opened instanceof OpenedMessage.Accepted accepted) {
            receiver.onMessage(sender.address(), accepted.session(), accepted.message());
        } else if (opened instanceof OpenedMessage.Answered answered) {
            byte[] answer = new byte[answered.answer().remaining()];
            answered.answer().get(answer);
            transmit(receiver, sender.address(), new ForwardingMessage.Hello(0, Roles.NONE, 0, 0, 0), answer);
        }
    }
}
