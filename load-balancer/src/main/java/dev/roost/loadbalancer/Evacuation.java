package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.DelegationConfig.Mode;
import dev.roost.loadbalancer.DelegationNote.PutOff;
import dev.roost.loadbalancer.Migration.Cause;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves what a home agent forwards to others: one that is drained, whatever it forwards, and one that has gone, what it forwards for
 * others. As many at a time as {@code movesAtOnce} lets; so a thousand of them go in order, and a million cost no more at a time.
 *
 * <p>Each goes to the one that would then forward the fewest home addresses for its weight, the home agent where it is bound among
 * them. One that cannot be moved, or was not, is looked at again after {@link Migrations#PUT_OFF_MILLIS}.
 */
final class Evacuation {

    /** Bindings looked at in one go, of one home agent; the next deadline is then still in the past. */
    private static final int MOST_LOOKED_AT = 256;

    private final Tables tables;
    private final Migrations migrations;
    private final Reregistration reregistration;

    Evacuation(Tables tables, Migrations migrations, Reregistration reregistration) {
        this.tables = tables;
        this.migrations = migrations;
        this.reregistration = reregistration;
    }

    /** When there is something to begin: the past if there is at once, the end of time while there is no room. */
    long nextDeadlineMillis() {
        if (tables.config.delegation().mode() == Mode.OFF || migrations.room() <= 0) {
            return Long.MAX_VALUE;
        }
        long next = tables.delegations.waiting() > 0 ? 0 : Long.MAX_VALUE;
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            Binding first = tables.bindings.forwarded().firstOf(homeAgent.index());
            if (first != null && isLeft(homeAgent)) {
                long due = reregistration.isFor(homeAgent)
                        ? Math.max(first.putOffUntilMillis, reregistration.freeAtMillis())
                        : first.putOffUntilMillis;
                next = Math.min(next, due);
            }
        }
        return next;
    }

    void onDeadline(long nowMillis, Decision.Builder decision) {
        if (tables.config.delegation().mode() == Mode.OFF) {
            return;
        }
        int room = migrations.beginWaiting(nowMillis, decision);
        Map<Integer, Integer> heading = new HashMap<>();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (isLeft(homeAgent) && reregistration.isFor(homeAgent)) {
                sendAway(nowMillis, homeAgent, decision);
            } else if (room > 0 && isLeft(homeAgent)) {
                room = evacuate(nowMillis, homeAgent, room, heading, decision);
            }
        }
    }

    private static boolean isLeft(HomeAgent homeAgent) {
        return homeAgent.draining || homeAgent.portDown || !homeAgent.listed;
    }

    private int evacuate(
            long nowMillis,
            HomeAgent homeAgent,
            int mostBegun,
            Map<Integer, Integer> heading,
            Decision.Builder decision) {
        int room = mostBegun;
        int looked = 0;
        Binding next = tables.bindings.forwarded().firstOf(homeAgent.index());
        while (next != null && next.putOffUntilMillis <= nowMillis && room > 0 && looked < MOST_LOOKED_AT) {
            Binding binding = next;
            next = binding.nextOfForwarder;
            looked++;
            HomeAgent target = target(nowMillis, binding, heading);
            if (target != null
                    && migrations.obstacle(nowMillis, binding, target).isEmpty()) {
                Cause cause = homeAgent.draining ? Cause.DRAIN : Cause.UNREACHABLE;
                migrations.ask(nowMillis, binding, target, cause, true, decision);
                heading.merge(target.index(), 1, Integer::sum);
                room--;
            } else {
                decision.change(
                        new DelegationNoted(new PutOff(binding.homeAddress(), nowMillis + Migrations.PUT_OFF_MILLIS)));
            }
        }
        return room;
    }

    /** Those of a home agent that takes no orders: as many as the budget allows. */
    private void sendAway(long nowMillis, HomeAgent homeAgent, Decision.Builder decision) {
        int most = Math.min(MOST_LOOKED_AT, reregistration.left(nowMillis));
        int sent = 0;
        int looked = 0;
        Binding next = tables.bindings.forwarded().firstOf(homeAgent.index());
        while (next != null && next.putOffUntilMillis <= nowMillis && sent < most && looked < MOST_LOOKED_AT) {
            Binding binding = next;
            next = binding.nextOfForwarder;
            looked++;
            sent += reregistration.sendAway(nowMillis, homeAgent, binding, decision) ? 1 : 0;
            decision.change(
                    new DelegationNoted(new PutOff(binding.homeAddress(), nowMillis + Migrations.PUT_OFF_MILLIS)));
        }
        if (sent > 0) {
            decision.change(new DelegationNoted(reregistration.spent(nowMillis, sent)));
        }
    }

    /** The one that would have the least to forward for its weight. */
    private @Nullable HomeAgent target(long nowMillis, Binding binding, Map<Integer, Integer> heading) {
        HomeAgent primary = tables.homeAgents.at(binding.homeAgent());
        HomeAgent best = null;
        double least = Double.MAX_VALUE;
        for (HomeAgent candidate : tables.homeAgents.all()) {
            if (candidate.index() != binding.forwarder() && migrations.canForward(nowMillis, candidate, primary)) {
                int index = candidate.index();
                double burden = (tables.bindings.forwarded().countOf(index)
                                + tables.delegations.headingTo(index)
                                + Optional.ofNullable(heading.get(index)).orElse(0)
                                + 1.0)
                        / candidate.weight;
                if (burden < least) {
                    least = burden;
                    best = candidate;
                }
            }
        }
        return best;
    }
}
