package dev.roost.controller;

import dev.roost.openflow.rules.InstalledState;
import dev.roost.topology.SwitchId;
import dev.roost.topology.Topology;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The state of the loop for those who only look. Belongs to the loop. */
final class LiveView implements ControllerView {

    private final LoopAccess loop;
    private final ServedNetworks networks;
    private final Topology topology;
    private final SwitchTable switches;
    private final FlowReconciler reconciler;
    private final Turn turn;
    private final Map<SwitchId, String> unusable;

    LiveView(
            LoopAccess loop,
            ServedNetworks networks,
            Topology topology,
            SwitchTable switches,
            FlowReconciler reconciler,
            Turn turn,
            Map<SwitchId, String> unusable) {
        this.loop = loop;
        this.networks = networks;
        this.topology = topology;
        this.switches = switches;
        this.reconciler = reconciler;
        this.turn = turn;
        this.unusable = unusable;
    }

    @Override
    public Instant now() {
        return loop.now();
    }

    @Override
    public List<ServedNetwork> networks() {
        return networks.all();
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public List<SwitchView> switches() {
        List<SwitchView> views = new ArrayList<>();
        Map<SwitchId, InstalledState> states = reconciler.states();
        for (ConnectedSwitch each : switches.all()) {
            InstalledState state = states.get(each.id());
            if (state != null) {
                views.add(new SwitchView(
                        each.id(),
                        each.connection().description(),
                        state.isKnown(),
                        state.status(),
                        state.refusalReason(),
                        reconciler.problem(each.id())));
            }
        }
        return views;
    }

    @Override
    public Map<SwitchId, InstalledState> rules() {
        return reconciler.states();
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (turn.isSnapshotOwed()) {
            problems.add("the journal cannot be written");
        }
        unusable.forEach((id, why) -> problems.add("switch " + id + ": " + why));
        for (SwitchView each : switches()) {
            each.problem().ifPresent(problem -> problems.add("switch " + each.id() + ": " + problem));
            int refused = each.rules().refused();
            if (refused > 0) {
                problems.add("switch " + each.id() + " refuses " + refused
                        + (refused == 1 ? " rule or group: " : " rules or groups, the first: ")
                        + each.refusal().orElse("for no reason"));
            }
        }
        return problems;
    }
}
