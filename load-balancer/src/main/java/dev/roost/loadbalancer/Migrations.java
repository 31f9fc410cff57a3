package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.Identifiers;
import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.DelegationNote.MigrationNoted;
import dev.roost.loadbalancer.DelegationNote.PutOff;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.loadbalancer.Migration.Cause;
import dev.roost.loadbalancer.Migration.State;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries {@link Migration}s through their states; who is to move where is for others to say. */
final class Migrations {

    /** A mobile node about which something was begun is left alone for so long, whatever came of it. */
    static final long PUT_OFF_MILLIS = 30_000;

    private static final int MOST_AT_ONCE = 1024;

    private final Tables tables;
    private final ForwardingPeers peers;
    private final Representative representative;
    private final Identifiers identifiers;

    Migrations(Tables tables, ForwardingPeers peers, Representative representative, Identifiers identifiers) {
        this.representative = representative;
        this.tables = tables;
        this.peers = peers;
        this.identifiers = identifiers;
    }

    /** Why this cannot be; a stable word. */
    Optional<String> obstacle(long nowMillis, Binding binding, HomeAgent target) {
        HomeAgent primary = tables.homeAgents.at(binding.homeAgent());
        if (binding.facts().evidence() == Evidence.OBSERVED) {
            return Optional.of("not-delegable");
        }
        if (binding.homeAgent() == Representative.INDEX) {
            boolean able = target.mayBeNamed(nowMillis) && peers.forwardsForOthers(target);
            return able ? Optional.empty() : Optional.of(whyNot(nowMillis, target));
        }
        if (primary == null || !primary.inList(nowMillis) || primary.portDown) {
            return Optional.of("home-agent-unreachable");
        }
        if (!peers.takesOrders(primary)) {
            return Optional.of("home-agent-unmodified");
        }
        return canForward(nowMillis, target, primary) ? Optional.empty() : Optional.of(whyNot(nowMillis, target));
    }

    /** Whether it may be given more to forward. */
    boolean canForward(long nowMillis, HomeAgent target, @Nullable HomeAgent primary) {
        return target.mayBeNamed(nowMillis) && (target == primary || peers.forwardsForOthers(target));
    }

    private String whyNot(long nowMillis, HomeAgent target) {
        if (target.draining) {
            return "forwarder-draining";
        }
        return target.mayBeNamed(nowMillis) ? "forwarder-unmodified" : "forwarder-unreachable";
    }

    int room() {
        return tables.config.delegation().movesAtOnce() - tables.delegations.underWay();
    }

    /** Begins one, or lets it wait. There must be no {@link #obstacle}. */
    void ask(long nowMillis, Binding binding, HomeAgent target, Cause cause, boolean now, Decision.Builder decision) {
        Migration before = tables.delegations.migration(binding.homeAddress());
        if (before != null) {
            fail(nowMillis, before, "superseded", decision);
        }
        Migration migration =
                Migration.waiting(binding.homeAddress(), binding.forwarder(), target.index(), cause, nowMillis);
        if (now || (before != null && before.state().isUnderWay())) {
            begin(nowMillis, migration, decision);
        } else {
            decision.change(note(migration));
        }
    }

    /** Begins what waits, as far as there is room; returns how much room is left. */
    int beginWaiting(long nowMillis, Decision.Builder decision) {
        int room = room();
        if (room <= 0 || tables.delegations.waiting() == 0) {
            return room;
        }
        for (Migration waiting : tables.delegations.waiting(room)) {
            Binding binding = tables.bindings.of(waiting.homeAddress());
            HomeAgent target = tables.homeAgents.at(waiting.to());
            Optional<String> obstacle = binding == null
                    ? Optional.of("released")
                    : target == null ? Optional.of("forwarder-unreachable") : obstacle(nowMillis, binding, target);
            if (obstacle.isPresent()) {
                fail(nowMillis, waiting, obstacle.get(), decision);
            } else {
                begin(nowMillis, waiting, decision);
                room--;
            }
        }
        return room;
    }

    private void begin(long nowMillis, Migration migration, Decision.Builder decision) {
        Binding binding = tables.bindings.of(migration.homeAddress());
        if (binding == null) {
            return;
        }
        long order = decision.order(tables.delegations.lastOrder(), nowMillis);
        Migration ordered = migration.ordered(identifiers.next(), order, nowMillis);
        decision.change(note(ordered))
                .change(new DelegationNoted(new PutOff(migration.homeAddress(), nowMillis + PUT_OFF_MILLIS)));
        if (binding.homeAgent() == Representative.INDEX) {
            orderRepresentative(nowMillis, ordered, decision);
        } else {
            send(ordered, binding, decision);
        }
    }

    /** Within the process nothing gets lost, and the answer is there at once. */
    private void orderRepresentative(long nowMillis, Migration ordered, Decision.Builder decision) {
        HomeAgent target = tables.homeAgents.at(ordered.to());
        DelegationStatus status = target == null
                ? DelegationStatus.UNKNOWN_FORWARDER
                : representative.order(
                        nowMillis,
                        new DelegationOrder(
                                ordered.identifier(), ordered.homeAddress(), target.ownAddress(), ordered.order()),
                        decision);
        if (status.isAccepted()) {
            decision.change(note(ordered.accepted(nowMillis)));
        } else {
            fail(nowMillis, ordered, status.word(), decision);
        }
    }

    private void send(Migration migration, Binding binding, Decision.Builder decision) {
        HomeAgent primary = tables.homeAgents.at(binding.homeAgent());
        HomeAgent target = tables.homeAgents.at(migration.to());
        if (primary != null && target != null) {
            Ipv6Address primaryAddress = binding.facts().homeAgentAddress();
            // Taking back is ordered by the address that the primary knows itself by.
            Ipv6Address forwarder = target == primary ? primaryAddress : target.ownAddress();
            decision.effect(ForwardingMessages.send(
                    tables,
                    primary,
                    primaryAddress,
                    new DelegationOrder(
                            migration.identifier(), migration.homeAddress(), forwarder, migration.order())));
        }
    }

    Decision onAcknowledgement(long nowMillis, HomeAgent sender, DelegationOrderAcknowledgement acknowledgement) {
        Migration migration = tables.delegations.ofIdentifier(acknowledgement.identifier());
        Binding binding = migration == null ? null : tables.bindings.of(migration.homeAddress());
        if (migration == null
                || binding == null
                || binding.homeAgent() != sender.index()
                || migration.state() != State.ORDERED) {
            return Reason.FORWARDING_ACKNOWLEDGEMENT_UNEXPECTED.decision();
        }
        Decision.Builder decision = new Decision.Builder();
        if (acknowledgement.status() == DelegationStatus.SESSION) {
            send(migration, binding, decision);
        } else if (acknowledgement.status().isAccepted()) {
            decision.change(note(migration.accepted(nowMillis)));
        } else {
            fail(nowMillis, migration, acknowledgement.status().word(), decision);
        }
        return decision.build();
    }

    void onOrderFailed(long nowMillis, Ipv6Address homeAddress, DelegationStatus status, Decision.Builder decision) {
        Migration migration = tables.delegations.migration(homeAddress);
        if (migration != null && (migration.state() == State.ORDERED || migration.state() == State.ACCEPTED)) {
            fail(nowMillis, migration, status.word(), decision);
        }
    }

    void onReported(long nowMillis, Ipv6Address homeAddress, int forwarder, long epoch, Decision.Builder decision) {
        Migration migration = tables.delegations.migration(homeAddress);
        if (migration != null && migration.state().isUnderWay() && migration.to() == forwarder) {
            decision.change(note(migration.flipping(epoch, nowMillis)));
        }
    }

    void onSteered(long nowMillis, Ipv6Address homeAddress, long epoch, Decision.Builder decision) {
        Migration migration = tables.delegations.migration(homeAddress);
        if (migration != null && migration.state() == State.FLIPPING && migration.epoch() == epoch) {
            decision.change(note(migration.done(nowMillis))).effect(event(migration.done(nowMillis)));
            HomeAgent from = tables.homeAgents.at(migration.from());
            boolean last = tables.bindings.forwarded().countOf(migration.from()) == 0
                    && tables.delegations.leaving(migration.from()) == 1;
            if (last && from != null && from.draining) {
                decision.effect(Event.info(
                        "home-agent-drained", "linkLocalAddress", from.facts().linkLocalAddress()));
            }
        }
    }

    /** The binding is over, or becomes another home agent's. */
    void onBindingEnded(long nowMillis, Ipv6Address homeAddress, String why, Decision.Builder decision) {
        Migration migration = tables.delegations.migration(homeAddress);
        if (migration != null) {
            fail(nowMillis, migration, why, decision);
        }
    }

    void onDeadline(long nowMillis, Decision.Builder decision) {
        for (Migration migration : tables.delegations.migrationsDue(nowMillis, MOST_AT_ONCE)) {
            Binding binding = tables.bindings.of(migration.homeAddress());
            if (migration.state() == State.ORDERED && migration.tries() < Migration.TRIES && binding != null) {
                Migration again = migration.orderedAgain(nowMillis);
                decision.change(note(again));
                send(again, binding, decision);
            } else {
                String why = switch (migration.state()) {
                    case ACCEPTED -> "no-report";
                    case FLIPPING -> "not-steered";
                    case WAITING, ORDERED, DONE, FAILED -> "unanswered";
                };
                fail(nowMillis, migration, why, decision);
            }
        }
    }

    private void fail(long nowMillis, Migration migration, String why, Decision.Builder decision) {
        Migration failed = migration.failed(why, nowMillis);
        decision.change(note(failed)).effect(event(failed));
    }

    private Effect event(Migration over) {
        Object target = Optional.ofNullable(tables.homeAgents.at(over.to()))
                .<Object>map(HomeAgent::ownAddress)
                .orElse("gone");
        return over.state() == State.DONE
                ? Event.info(
                        "mobile-node-migrated",
                        "homeAddress",
                        over.homeAddress(),
                        "forwarder",
                        target,
                        "cause",
                        over.cause().word())
                : Event.warn(
                        "migration-failed",
                        "homeAddress",
                        over.homeAddress(),
                        "forwarder",
                        target,
                        "cause",
                        over.cause().word(),
                        "reason",
                        over.reason());
    }

    private static DelegationNoted note(Migration migration) {
        return new DelegationNoted(new MigrationNoted(migration));
    }
}
