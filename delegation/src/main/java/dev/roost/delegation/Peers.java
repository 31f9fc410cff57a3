package dev.roost.delegation;

import dev.roost.delegation.DelegationEffect.PeerChanged;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The secondaries of a primary and how they are: says Hello to each once a second, and takes one that does not answer three times for
 * silent. Soft; it moves with the events themselves. Work is by secondaries, of which there are few.
 */
final class Peers {
    /** How many are said Hello to; further ones, that orders name, are asked without. */
    static final int LIMIT = MessageProtection.MAX_PEERS;

    private static final long INTERVAL_MILLIS = 1000;
    private static final int SILENT_AFTER = 3;

    private enum State {
        UNKNOWN,
        HEARD,
        SILENT
    }

    /** One secondary. */
    private static final class Peer {
        State state = State.UNKNOWN;
        int unanswered;
        /** Of the last Hello; 0 when it was answered. */
        long identifier;
        /** 0 before it was heard. */
        long session;

        boolean isSecondary;
        long packets;
        long packetsAtMillis;
        double packetsPerSecond;
    }

    private final Map<Ipv6Address, Peer> peers = new TreeMap<>();
    private final Map<Long, Ipv6Address> outstanding = new LinkedHashMap<>();
    private long nextHelloMillis = DeadlineOrder.NEVER;

    long nextMillis() {
        return nextHelloMillis;
    }

    boolean isOutstanding(long identifier) {
        return outstanding.containsKey(identifier);
    }

    /** Whether it was heard lately and forwards for others. */
    boolean isUsable(Ipv6Address address) {
        @Nullable Peer peer = peers.get(address);
        return peer != null && peer.state == State.HEARD && peer.isSecondary;
    }

    double packetsPerSecond(Ipv6Address address) {
        @Nullable Peer peer = peers.get(address);
        return peer == null ? 0 : peer.packetsPerSecond;
    }

    /** Begins to say Hello to a home agent, at the next turn. */
    void add(long nowMillis, Ipv6Address address) {
        if (!peers.containsKey(address) && peers.size() < LIMIT) {
            peers.put(address, new Peer());
            nextHelloMillis = Math.min(nextHelloMillis, nowMillis);
        }
    }

    private void prune(Predicate<Ipv6Address> isWanted) {
        peers.keySet().removeIf(isWanted.negate());
    }

    List<Ipv6Address> all() {
        return List.copyOf(peers.keySet());
    }

    /** Says Hello to all that are wanted if it is time; returns those that have just become silent. */
    List<Ipv6Address> onDeadline(
            long nowMillis,
            Predicate<Ipv6Address> isWanted,
            Identifiers identifiers,
            Hello pattern,
            DelegationDecision.Builder decision) {
        if (nextHelloMillis > nowMillis) {
            return List.of();
        }
        prune(isWanted);
        nextHelloMillis = peers.isEmpty() ? DeadlineOrder.NEVER : nowMillis + INTERVAL_MILLIS;
        outstanding.clear();
        List<Ipv6Address> silent = new ArrayList<>();
        peers.forEach((address, peer) -> {
            if (peer.identifier != 0 && ++peer.unanswered >= SILENT_AFTER && peer.state != State.SILENT) {
                peer.state = State.SILENT;
                peer.packetsPerSecond = 0;
                silent.add(address);
                decision.count(DelegationCounter.SECONDARIES_SILENT)
                        .effect(new PeerChanged(address, PeerChanged.State.SILENT));
            }
            sayHello(address, peer, identifiers, pattern, decision);
        });
        return silent;
    }

    private void sayHello(
            Ipv6Address address,
            Peer peer,
            Identifiers identifiers,
            Hello pattern,
            DelegationDecision.Builder decision) {
        peer.identifier = identifiers.next();
        outstanding.put(peer.identifier, address);
        decision.send(
                address,
                new Hello(peer.identifier, pattern.roles(), pattern.packetsTransmitted(), 0, pattern.allEntries()));
    }

    /** What an answer to a Hello says. */
    enum News {
        NOTHING,
        HEARD,
        /** It has lost what it was given. */
        RESTARTED
    }

    /**
     * Takes the answer to a Hello.
     *
     * @param held how many mobile nodes this secondary should forward for
     */
    News onAcknowledgement(
            long nowMillis,
            Ipv6Address sender,
            long session,
            HelloAcknowledgement answer,
            int held,
            Identifiers identifiers,
            Hello pattern,
            DelegationDecision.Builder decision) {
        @Nullable Ipv6Address address = outstanding.get(answer.identifier());
        @Nullable Peer peer = peers.get(sender);
        if (address == null || peer == null || !address.equals(sender)) {
            decision.count(DelegationCounter.IGNORED_ACKNOWLEDGEMENT);
            return News.NOTHING;
        }
        outstanding.remove(answer.identifier());
        if (answer.status() == DelegationStatus.SESSION) {
            sayHello(address, peer, identifiers, pattern, decision);
            return News.NOTHING;
        }
        boolean isNewSession = peer.session != session;
        boolean wasHeard = peer.state == State.HEARD;
        peer.identifier = 0;
        peer.unanswered = 0;
        peer.session = session;
        peer.state = State.HEARD;
        peer.isSecondary = answer.roles().secondary();
        measure(peer, nowMillis, answer.packetsTransmitted(), isNewSession);
        if (!wasHeard) {
            decision.effect(new PeerChanged(address, PeerChanged.State.HEARD));
        }
        if (isNewSession && answer.entries() < held) {
            decision.count(DelegationCounter.SECONDARIES_RESTARTED)
                    .effect(new PeerChanged(address, PeerChanged.State.RESTARTED));
            return News.RESTARTED;
        }
        return wasHeard ? News.NOTHING : News.HEARD;
    }

    private static void measure(Peer peer, long nowMillis, long packets, boolean isNewSession) {
        long elapsed = nowMillis - peer.packetsAtMillis;
        if (isNewSession || packets < peer.packets) {
            peer.packetsPerSecond = 0;
        } else if (elapsed <= 0) {
            return;
        } else {
            peer.packetsPerSecond = (packets - peer.packets) * 1000.0 / elapsed;
        }
        peer.packets = packets;
        peer.packetsAtMillis = nowMillis;
    }
}
