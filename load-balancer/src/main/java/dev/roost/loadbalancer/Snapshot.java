package dev.roost.loadbalancer;

import dev.roost.homeagent.binding.BindingChange;
import dev.roost.loadbalancer.Change.BindingDoubted;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Change.HomeAgentWeighted;
import dev.roost.loadbalancer.Change.RepresentativeChanged;
import dev.roost.loadbalancer.Change.RouterLearned;
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
        Stream<Change> routers = tables.routers.all().stream().map(RouterLearned::new);
        Stream<Change> bindings = tables.bindings.all().stream().flatMap(Snapshot::binding);
        Stream<Change> answers = tables.assignments.stream().map(answer -> answer);
        Stream<Change> representative = tables.hasRepresentative()
                ? tables.representative().snapshot().stream()
                        .filter(BindingChange::durable)
                        .map(RepresentativeChanged::new)
                : Stream.empty();
        return Stream.of(homeAgents, routers, bindings, representative, answers)
                .flatMap(part -> part)
                .iterator();
    }

    private static Stream<Change> binding(Binding binding) {
        Stream.Builder<Change> changes = Stream.builder();
        changes.add(binding.facts());
        if (binding.epoch() != 0) {
            changes.add(new ForwarderChanged(binding.homeAddress(), binding.forwarder(), binding.epoch()));
        }
        if (binding.doubted) {
            changes.add(new BindingDoubted(binding.homeAddress()));
        }
        return changes.build();
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
