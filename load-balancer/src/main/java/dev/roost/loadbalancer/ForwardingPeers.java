package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.Identifiers;
import dev.roost.delegation.Roles;
import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import dev.roost.loadbalancer.DelegationNote.PeerNoted;
import dev.roost.loadbalancer.DelegationNote.SurveyNoted;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.Ipv6Address;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which home agents speak the forwarding protocol: all in the list, and all where anybody is bound, are asked, again and
 * again, so that one that is new, or comes back, is known when it advertises itself, one that is updated within half a minute, and one
 * that is silent within ten seconds.
 *
 * <p>One that is heard anew, be it that the controller or the home agent itself was away, is then asked about all that it is believed to
 * have delegated ({@link ForwardingErrands}).
 */
final class ForwardingPeers {

    private final Tables tables;
    private final Identifiers identifiers;

    ForwardingPeers(Tables tables, Identifiers identifiers) {
        this.tables = tables;
        this.identifiers = identifiers;
    }

    /** When somebody is to be asked: at once for one that never was. */
    long nextDeadlineMillis() {
        if (!tables.config.delegation().isSpoken()) {
            return Long.MAX_VALUE;
        }
        long next = Long.MAX_VALUE;
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (isAsked(homeAgent)) {
                ForwardingPeer peer = known(homeAgent);
                next = Math.min(next, peer == null ? 0 : peer.dueMillis());
            }
        }
        return next;
    }

    void onDeadline(long nowMillis, Decision.Builder decision) {
        if (!tables.config.delegation().isSpoken()) {
            return;
        }
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (isAsked(homeAgent)) {
                ForwardingPeer known = known(homeAgent);
                ForwardingPeer peer =
                        known == null ? ForwardingPeer.unknown(homeAgent.index(), homeAgent.ownAddress()) : known;
                if (peer.dueMillis() <= nowMillis) {
                    ask(nowMillis, homeAgent, peer, decision);
                }
            }
        }
    }

    /**
     * One that was never heard advertises itself, maybe since it is back from where it was when this controller began: it is asked at
     * once. By one datagram, and not if it was asked a moment ago, since most of them are such as do not speak.
     */
    Decision onAdvertised(long nowMillis, Decision decided) {
        HomeAgent homeAgent = decided.changes().stream()
                .map(change -> change instanceof HomeAgentRefreshed refreshed
                        ? tables.homeAgents.at(refreshed.index())
                        : change instanceof HomeAgentLearned learned ? tables.homeAgents.at(learned.index()) : null)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        ForwardingPeer peer = homeAgent == null ? null : known(homeAgent);
        if (homeAgent == null
                || peer == null
                || !tables.config.delegation().isSpoken()
                || !peer.isLeftInPeace(nowMillis)) {
            return decided;
        }
        ForwardingPeer asked = peer.askedOnce(identifiers.next(), nowMillis);
        return new Decision.Builder()
                .add(decided)
                .change(note(asked))
                .effect(hello(homeAgent, asked))
                .build();
    }

    private void ask(long nowMillis, HomeAgent homeAgent, ForwardingPeer peer, Decision.Builder decision) {
        if (peer.identifier() != 0 && peer.tries() == ForwardingPeer.TRIES) {
            decision.change(note(peer.silent(nowMillis)));
            if (peer.speaks()) {
                decision.effect(Event.warn("forwarding-peer-silent", "homeAgent", peer.address()));
            }
            return;
        }
        ForwardingPeer asked =
                peer.identifier() == 0 ? peer.asked(identifiers.next(), nowMillis) : peer.askedAgain(nowMillis);
        decision.change(note(asked)).effect(hello(homeAgent, asked));
    }

    Decision onAcknowledgement(long nowMillis, HomeAgent homeAgent, HelloAcknowledgement acknowledgement) {
        ForwardingPeer peer = tables.delegations.peer(homeAgent.index());
        if (peer == null || peer.identifier() == 0 || peer.identifier() != acknowledgement.identifier()) {
            return Reason.FORWARDING_ACKNOWLEDGEMENT_UNEXPECTED.decision();
        }
        if (acknowledgement.status() == DelegationStatus.SESSION) {
            // It began anew, and now its session is known: the same question once more.
            return Decision.of(hello(homeAgent, peer));
        }
        return heard(nowMillis, peer, acknowledgement.roles(), acknowledgement.allEntries());
    }

    /** It tells as much of itself as an answer does. */
    Decision onHello(long nowMillis, HomeAgent homeAgent, Ipv6Address address, Hello hello) {
        ForwardingPeer known = tables.delegations.peer(homeAgent.index());
        ForwardingPeer peer = known == null ? ForwardingPeer.unknown(homeAgent.index(), address) : known;
        HelloAcknowledgement answer = new HelloAcknowledgement(
                hello.identifier(),
                DelegationStatus.ACCEPTED,
                new Roles(tables.config.delegation().representative() == DelegationConfig.Representative.SERVE, false),
                0,
                0,
                0);
        return new Decision.Builder()
                .add(heard(nowMillis, peer, hello.roles(), hello.allEntries()))
                .effect(ForwardingMessages.send(tables, homeAgent, address, answer))
                .build();
    }

    private static Decision heard(long nowMillis, ForwardingPeer peer, Roles roles, long entries) {
        DelegationNoted noted = note(peer.heard(roles, entries, nowMillis));
        return peer.speaks()
                ? Decision.of(noted)
                : new Decision.Builder()
                        .change(noted)
                        .change(new DelegationNoted(new SurveyNoted(peer.index(), Optional.empty())))
                        .effect(Event.info("forwarding-peer-heard", "homeAgent", peer.address()))
                        .build();
    }

    /** Whether it takes orders about the mobile nodes that are bound there. */
    boolean takesOrders(HomeAgent homeAgent) {
        ForwardingPeer peer = known(homeAgent);
        return peer != null && peer.speaks() && peer.roles().primary();
    }

    /** Whether it forwards for others. */
    boolean forwardsForOthers(HomeAgent homeAgent) {
        ForwardingPeer peer = known(homeAgent);
        return peer != null && peer.speaks() && peer.roles().secondary();
    }

    /** One that has left the list is told from one that only says so, as long as anything is bound there. */
    private boolean isAsked(HomeAgent homeAgent) {
        return homeAgent.steerable(tables.bindings)
                && !homeAgent.namedAddresses().isEmpty();
    }

    /** What is known of it under the address that it has now. */
    private @Nullable ForwardingPeer known(HomeAgent homeAgent) {
        ForwardingPeer peer = tables.delegations.peer(homeAgent.index());
        return peer != null && homeAgent.namedAddresses().contains(peer.address()) ? peer : null;
    }

    private Effect hello(HomeAgent homeAgent, ForwardingPeer peer) {
        Roles own =
                new Roles(tables.config.delegation().representative() == DelegationConfig.Representative.SERVE, false);
        return ForwardingMessages.send(tables, homeAgent, peer.address(), new Hello(peer.identifier(), own, 0, 0, 0));
    }

    private static DelegationNoted note(ForwardingPeer peer) {
        return new DelegationNoted(new PeerNoted(peer));
    }
}
