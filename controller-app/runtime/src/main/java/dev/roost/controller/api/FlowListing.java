package dev.roost.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roost.controller.ControllerView;
import dev.roost.controller.ServedNetwork;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.openflow.rules.Cookies;
import dev.roost.openflow.rules.FlowRule;
import dev.roost.openflow.rules.GroupRule;
import dev.roost.openflow.rules.InstalledState;
import dev.roost.openflow.rules.Pipeline;
import dev.roost.openflow.rules.RuleAction;
import dev.roost.openflow.rules.Subject;
import dev.roost.topology.SwitchId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * {@code /flows}: every rule and group that is wanted, whether the switch has it, and what it counted. Groups first, then rules by
 * falling priority. Runs on the loop's thread.
 */
final class FlowListing {
    private record Row(long rank, String order, ObjectNode json) {}

    private final ControllerView view;
    private final List<Row> rows = new ArrayList<>();

    private FlowListing(ControllerView view) {
        this.view = view;
    }

    static ArrayNode of(ControllerView view) {
        ArrayNode list = Json.array();
        view.rules().forEach((switchId, state) -> {
            FlowListing listing = new FlowListing(view);
            listing.add(switchId, state);
            listing.rows.sort(Comparator.comparingLong(Row::rank).thenComparing(Row::order));
            listing.rows.forEach(row -> list.add(row.json()));
        });
        return list;
    }

    private void add(SwitchId switchId, InstalledState state) {
        state.forEachGroup((subject, group, installed) -> addGroup(switchId, subject, group, installed));
        state.forEachRule((subject, rule, installed, packets, bytes) -> {
            ObjectNode json = rule(switchId, rule);
            json.put("packets", packets).put("bytes", bytes);
            finish(json, subject, installed);
            rows.add(new Row(-rule.key().priority(), rule.key().toString(), json));
        });
    }

    private void addGroup(SwitchId switchId, Subject subject, GroupRule group, boolean installed) {
        ObjectNode json = Json.object();
        json.put("switch", switchId.toString());
        json.put("group", Integer.toUnsignedLong(group.id()));
        json.put("table", Pipeline.TABLE);
        json.put("priority", 0);
        json.put("cookie", "0x0");
        json.put("purpose", "home-agent-group");
        json.putObject("match");
        actions(json, group.actions());
        json.put("packets", 0).put("bytes", 0);
        finish(json, subject, installed);
        rows.add(new Row(Long.MIN_VALUE, String.format("%010d", Integer.toUnsignedLong(group.id())), json));
    }

    private static ObjectNode rule(SwitchId switchId, FlowRule rule) {
        ObjectNode json = Json.object();
        json.put("switch", switchId.toString());
        json.put("table", Pipeline.TABLE);
        json.put("priority", rule.key().priority());
        json.put("cookie", "0x" + Long.toHexString(rule.cookie()));
        json.put("purpose", Cookies.kind(rule.cookie()).map(Pipeline::purpose).orElse("unknown"));
        ObjectNode match = json.putObject("match");
        rule.key().match().fields().forEach(match::put);
        actions(json, rule.actions());
        return json;
    }

    private static void actions(ObjectNode json, List<RuleAction> actions) {
        ArrayNode list = json.putArray("actions");
        actions.forEach(action -> list.add(action.toString()));
    }

    private void finish(ObjectNode json, Subject subject, boolean installed) {
        if (subject instanceof Subject.MobileNode mobileNode) {
            json.put("homeAddress", mobileNode.homeAddress().toString());
            network(mobileNode.network())
                    .flatMap(network -> network.state().steeringPlan().forwarderOf(mobileNode.homeAddress()))
                    .ifPresent(homeAgent -> putHomeAgent(json, homeAgent));
        } else if (subject instanceof Subject.HomeAgent homeAgent) {
            network(homeAgent.network())
                    .flatMap(network -> network.state().steeringPlan().homeAgent(homeAgent.index()))
                    .ifPresent(steered -> putHomeAgent(json, steered));
        }
        json.put("installed", installed);
    }

    private static void putHomeAgent(ObjectNode json, SteeredHomeAgent homeAgent) {
        json.put(
                "homeAgent",
                homeAgent.globalAddresses().stream()
                        .findFirst()
                        .orElse(homeAgent.linkLocalAddress())
                        .toString());
    }

    private Optional<ServedNetwork> network(int index) {
        return view.networks().stream()
                .filter(network -> network.index() == index)
                .findFirst();
    }
}
