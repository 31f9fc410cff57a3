package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Change.HomeAgentWeighted;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * What is durable, as changes that rebuild it. Bindings come before answers: an answer counts as load only where no binding
 * has shown up.
 */
final class Snapshot implements Iterable<Change> {

    private final Tables tables;

    Snapshot(Tables tables) {
        this.tables = tables;
    }

    @Override
    public Iterator<Change> iterator() {
        Stream<Change> homeAgents = Stream.of(tables.homeAgents.all()).flatMap(Snapshot::homeAgent);
        Stream<Change> bindings = tables.bindings.all().stream().map(Binding::facts);
        Stream<Change> answers = tables.assignments.stream().map(answer -> answer);
        return Stream.of(homeAgents, bindings, answers).flatMap(part -> part).iterator();
    }

    private static Stream<Change> homeAgent(HomeAgent homeAgent) {
        Stream.Builder<Change> changes = Stream.builder();
        int index = homeAgent.index();
        changes.add(homeAgent.currentFacts());
        if (homeAgent.draining) {
            changes.add(new HomeAgentDrained(index, true));
        }
        if (homeAgent.weightSet != 0) {
            changes.add(new HomeAgentWeighted(index, homeAgent.weightSet));
        }
        if (homeAgent.suspect()) {
            changes.add(new HomeAgentSuspected(index, homeAgent.probedAtMillis, homeAgent.probesSent));
        }
        if (!homeAgent.listed) {
            changes.add(new HomeAgentRemoved(
                    index,
                    homeAgent.stopped
                            ? HomeAgentRemoved.Cause.PROBES_UNANSWERED
                            : HomeAgentRemoved.Cause.LIFETIME_EXPIRED));
        }
        return changes.build();
    }
}
