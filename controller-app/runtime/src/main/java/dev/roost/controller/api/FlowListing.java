package dev.roost.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roost.controller.ControllerView;
import dev.roost.controller.ServedNetwork;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.loadbalancer.SteeringPlan.Pin;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.Cookies;
import dev.roost.openflow.rules.FlowRule;
import dev.roost.openflow.rules.GroupRule;
import dev.roost.openflow.rules.InstalledState;
import dev.roost.openflow.rules.Pipeline;
import dev.roost.openflow.rules.RuleAction;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.openflow.rules.Subject;
import dev.roost.topology.SwitchId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code /flows}: every rule and group that is wanted, whether the switch has it, and what it counted. By switch: the groups, the rules
 * that belong to no mobile node by falling priority, then those of mobile nodes by home address. The former are few and
 * sorted for each part of the list; of the latter only those that are shown are looked at.
 *
 * <p>Runs on the loop's thread, the suppliers of rows excepted.
 */
final class FlowListing {
    private record Row(long rank, String order, Supplier<ObjectNode> json) {}

    private final ControllerView view;
    private final Page page;

    private FlowListing(ControllerView view, Page page) {
        this.view = view;
        this.page = page;
    }

    static void fill(Page page, ControllerView view, Optional<Cursors.Rule> after) {
        FlowListing listing = new FlowListing(view, page);
        view.rules().forEach((switchId, state) -> {
            int order =
                    after.map(cursor -> switchId.compareTo(cursor.switchId())).orElse(1);
            if (order >= 0) {
                listing.add(switchId, state, order == 0 ? after : Optional.empty());
            }
        });
    }

    private void add(SwitchId switchId, InstalledState state, Optional<Cursors.Rule> after) {
        Optional<Ipv6Address> afterHomeAddress = after.flatMap(Cursors.Rule::homeAddress);
        if (page.missing() > 0 && afterHomeAddress.isEmpty()) {
            List<Row> shared = sharedRows(switchId, state);
            for (int i = after.map(cursor -> cursor.shared().orElse(0)).orElse(0);
                    i < shared.size() && page.missing() > 0;
                    i++) {
                page.add(
                        Cursors.Rule.shared(switchId, i + 1).toString(),
                        shared.get(i).json());
            }
        }
        boolean reached = afterHomeAddress.isEmpty();
        for (ServedNetwork network : view.networks()) {
            boolean isThere = !reached && network.config().prefix().contains(afterHomeAddress.get());
            reached |= isThere;
            if (reached && RuleCompiler.serves(network.config(), switchId)) {
                addMobileNodes(switchId, state, network, isThere ? afterHomeAddress : Optional.empty());
            }
        }
    }

    private void addMobileNodes(
            SwitchId switchId, InstalledState state, ServedNetwork network, Optional<Ipv6Address> after) {
        for (Pin pin : network.state().steeringPlan().pinsAfter(after, page.missing())) {
            if (page.missing() == 0) {
                return;
            }
            add(switchId, state, network.subject(pin.homeAddress()), pin);
            network.state()
                    .steeringPlan()
                    .reverseTunnelOf(pin.homeAddress())
                    .ifPresent(tunnel -> add(switchId, state, network.subject(tunnel), pin));
        }
    }

    /** Home addresses that share a reverse tunnel each show its rule. */
    private void add(SwitchId switchId, InstalledState state, Subject subject, Pin pin) {
        String cursor = Cursors.Rule.mobileNode(switchId, pin.homeAddress()).toString();
        state.forEachRule(
                subject,
                (of, rule, installed, packets, bytes) -> page.add(cursor, () -> {
                    ObjectNode json = rule(switchId, rule, packets, bytes);
                    json.put("homeAddress", pin.homeAddress().toString());
                    putHomeAgent(json, pin.forwarder());
                    return json.put("installed", installed);
                }));
    }

    private List<Row> sharedRows(SwitchId switchId, InstalledState state) {
        List<Row> rows = new ArrayList<>();
        state.forEachGroup((subject, group, installed) -> {
            Optional<SteeredHomeAgent> homeAgent = homeAgent(subject);
            rows.add(new Row(
                    Long.MIN_VALUE,
                    String.format("%010d", Integer.toUnsignedLong(group.id())),
                    () -> finish(group(switchId, group), homeAgent, installed)));
        });
        for (Subject each : state.subjectsWithoutMobileNodes()) {
            Optional<SteeredHomeAgent> homeAgent = homeAgent(each);
            state.forEachRule(
                    each,
                    (subject, rule, installed, packets, bytes) -> rows.add(new Row(
                            -rule.key().priority(),
                            rule.key().toString(),
                            () -> finish(rule(switchId, rule, packets, bytes), homeAgent, installed))));
        }
        rows.sort(Comparator.comparingLong(Row::rank).thenComparing(Row::order));
        return rows;
    }

    private static ObjectNode group(SwitchId switchId, GroupRule group) {
        ObjectNode json = Json.object();
        json.put("switch", switchId.toString());
        json.put("group", Integer.toUnsignedLong(group.id()));
        json.put("table", Pipeline.TABLE);
        json.put("priority", 0);
        json.put("cookie", "0x0");
        json.put("purpose", "home-agent-group");
        json.putObject("match");
        actions(json, group.actions());
        return json.put("packets", 0).put("bytes", 0);
    }

    private static ObjectNode rule(SwitchId switchId, FlowRule rule, long packets, long bytes) {
        ObjectNode json = Json.object();
        json.put("switch", switchId.toString());
        json.put("table", Pipeline.TABLE);
        json.put("priority", rule.key().priority());
        json.put("cookie", "0x" + Long.toHexString(rule.cookie()));
        json.put("purpose", Cookies.kind(rule.cookie()).map(Pipeline::purpose).orElse("unknown"));
        ObjectNode match = json.putObject("match");
        rule.key().match().fields().forEach(match::put);
        actions(json, rule.actions());
        return json.put("packets", packets).put("bytes", bytes);
    }

    private static void actions(ObjectNode json, List<RuleAction> actions) {
        ArrayNode list = json.putArray("actions");
        actions.forEach(action -> list.add(action.toString()));
    }

    private static ObjectNode finish(ObjectNode json, Optional<SteeredHomeAgent> homeAgent, boolean installed) {
        homeAgent.ifPresent(known -> putHomeAgent(json, known));
        return json.put("installed", installed);
    }

    private static void putHomeAgent(ObjectNode json, SteeredHomeAgent homeAgent) {
        json.put(
                "homeAgent",
                homeAgent.globalAddresses().stream()
                        .findFirst()
                        .orElse(homeAgent.linkLocalAddress())
                        .toString());
    }

    private Optional<SteeredHomeAgent> homeAgent(Subject subject) {
        return subject instanceof Subject.HomeAgent homeAgent
                ? view.networks().stream()
                        .filter(network -> network.index() == homeAgent.network())
                        .findFirst()
                        .flatMap(network -> network.state().steeringPlan().homeAgent(homeAgent.index()))
                : Optional.empty();
    }
}
