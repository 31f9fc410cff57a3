package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.RouterLearned;
import dev.roost.loadbalancer.Change.RouterLost;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The routers of the home link, as far as registrations came through them. Altered by {@link ChangeApplier} only.
 *
 * <p>One is learned when a home agent has accepted a binding update that came from it, since anybody can send one. It is lost, until the next
 * such time, when its port goes down, turns out to lead to another switch, or is not the one where it is seen. A router too many is
 * counted and not learned: what is made of routers is then done by whoever forwards all else.
 */
final class Routers {

    /** A home link has one or two. */
    static final int MOST = 8;

    /** The one that was learned last at the end. */
    private final Map<MacAddress, Router> byAddress = new LinkedHashMap<>();

    void learned(Router router) {
        byAddress.remove(router.linkLayerAddress());
        if (byAddress.size() < MOST) {
            byAddress.put(router.linkLayerAddress(), router);
        }
    }

    void lost(MacAddress linkLayerAddress) {
        byAddress.remove(linkLayerAddress);
    }

    Collection<Router> all() {
        return Collections.unmodifiableCollection(byAddress.values());
    }

    /** The one that was learned last. */
    Optional<Router> newest() {
        return byAddress.values().stream().reduce((before, after) -> after);
    }

    /** What it comes to that a home agent has accepted an update, which came through a router: {@code accepted}, and that. */
    Decision onRegistered(Decision accepted, Optional<Router> through) {
        if (accepted.changes().isEmpty() || through.isEmpty()) {
            return accepted;
        }
        Router router = through.get();
        if (byAddress.containsKey(router.linkLayerAddress())) {
            // Were it attached elsewhere now, it would have been lost: what comes from there came over a link.
            return accepted;
        }
        Decision.Builder decision = new Decision.Builder().add(accepted);
        if (byAddress.size() >= MOST) {
            decision.count(Reason.ROUTERS_FULL);
        } else {
            decision.change(new RouterLearned(router)).effect(event("router-learned", router));
        }
        return decision.build();
    }

    /** What it comes to that a frame with this source address came in at an edge port. */
    Decision onSeen(MacAddress linkLayerAddress, SwitchPort port) {
        return losing(router -> router.linkLayerAddress().equals(linkLayerAddress)
                && !router.attachment().equals(port));
    }

    /** What it comes to that no router is attached to a port, whoever was. */
    Decision onPortGone(SwitchPort port) {
        return losing(router -> router.attachment().equals(port));
    }

    private Decision losing(Predicate<Router> isLost) {
        Decision.Builder decision = new Decision.Builder();
        for (Router router : byAddress.values()) {
            if (isLost.test(router)) {
                decision.change(new RouterLost(router.linkLayerAddress())).effect(event("router-lost", router));
            }
        }
        return decision.build();
    }

    private static Event event(String kind, Router router) {
        return Event.info(kind, "linkLayerAddress", router.linkLayerAddress(), "port", router.attachment());
    }

    /** The same in every process that has learned the same in the same order. */
    long stateHash() {
        long hash = 0;
        for (Router router : byAddress.values()) {
            hash = Mixing.mix(
                    Mixing.mix(hash, router.linkLayerAddress().value()),
                    router.attachment().hashCode());
        }
        return hash;
    }
}
