package dev.roost.openflow.rules;

import static dev.roost.openflow.rules.HomeLink.COMPILER;
import static dev.roost.openflow.rules.HomeLink.CONFIG;
import static dev.roost.openflow.rules.HomeLink.S1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Home agents come, move and go, mobile nodes bind and leave, the connection is lost, and somebody deletes and alters rules; in the end
 * the switch must have exactly what is wanted, and still what is not ours.
 */
final class RandomHistory {

    private static final int HOME_AGENTS = 4;
    private static final int MOBILE_NODES = 12;

    private final Random random;
    private final String name;
    private final Topology topology = HomeLink.topology();
    private final Reconciled switched = new Reconciled(new FakeSwitch());
    private final OpenFlowWriter writer = new OpenFlowWriter(Reconciled.FACTORY);

    /** Index of a home agent, then the port where it is. */
    private final Map<Integer, Integer> homeAgents = new TreeMap<>();

    /** Mobile node, then its home agent. */
    private final Map<Integer, Integer> bindings = new TreeMap<>();

    private final Map<Subject, SubjectRules> wanted = new HashMap<>();

    RandomHistory(Random random, String name) {
        this.random = random;
        this.name = name;
    }

    void run(int steps) {
        FlowRule foreign = new FlowRule(
                new FlowKey(30000, RuleMatch.ipv6().to(address(1))), 0x77, List.of(new RuleAction.Output(7)));
        switched.behindOurBack(writer.add(foreign));
        want(new Subject.WholeSwitch(), COMPILER.forSwitch(S1, topology, id -> true, false));
        for (int step = 0; step < steps; step++) {
            step();
        }
        // Three times: what the first audit finds about the table-miss, the second looks into, and the third repairs.
        switched.audit();
        switched.audit();
        switched.audit();

        assertThat(switched.audit()).as(name).isEmpty();
        RuleStatus status = switched.state.status();
        assertThat(status.refused()).as(name).isZero();
        assertThat(status.unconfirmed()).as(name).isZero();
        assertThat(installed()).as(name).isEqualTo(expected(foreign));
    }

    private void step() {
        switch (random.nextInt(12)) {
            case 0, 1 -> putHomeAgent(random.nextInt(HOME_AGENTS), 1 + random.nextInt(6));
            case 2 -> removeHomeAgent(random.nextInt(HOME_AGENTS));
            case 3, 4, 5 -> bind(random.nextInt(MOBILE_NODES));
            case 6 -> unbind(random.nextInt(MOBILE_NODES));
            case 7 -> damage();
            case 8 -> switched.audit();
            case 9 -> switched.state.onDisconnected();
            default -> switched.sendDifference();
        }
    }

    private void putHomeAgent(int index, int port) {
        homeAgents.put(index, port);
        Subject.HomeAgent subject = new Subject.HomeAgent(0, index);
        var homeAgent = HomeLink.homeAgent(index, 0x11 + index, new SwitchPort(S1, port));
        want(subject, COMPILER.forHomeAgent(0, CONFIG, homeAgent, List.of(), S1, topology));
    }

    private void removeHomeAgent(int index) {
        if (!bindings.containsValue(index) && homeAgents.remove(index) != null) {
            wanted.remove(new Subject.HomeAgent(0, index));
            switched.state.forget(new Subject.HomeAgent(0, index));
        }
    }

    private void bind(int mobileNode) {
        List<Integer> known = new ArrayList<>(homeAgents.keySet());
        if (!known.isEmpty()) {
            int homeAgent = known.get(random.nextInt(known.size()));
            bindings.put(mobileNode, homeAgent);
            Subject.MobileNode subject = new Subject.MobileNode(0, address(mobileNode));
            want(subject, COMPILER.forMobileNode(subject, homeAgent));
        }
    }

    private void unbind(int mobileNode) {
        Subject.MobileNode subject = new Subject.MobileNode(0, address(mobileNode));
        bindings.remove(mobileNode);
        wanted.remove(subject);
        switched.state.forget(subject);
    }

    private void damage() {
        List<FlowRule> rules = wanted.values().stream()
                .flatMap(one -> one.flows().stream())
                .filter(rule -> !isForeignPlace(rule.key()))
                .toList();
        FlowRule victim = rules.get(random.nextInt(rules.size()));
        switch (random.nextInt(4)) {
            case 0 -> switched.behindOurBack(writer.delete(victim.key()));
            case 1 ->
                switched.behindOurBack(
                        writer.add(new FlowRule(victim.key(), victim.cookie(), List.of(new RuleAction.Output(6)))));
            case 2 -> switched.behindOurBack(writer.deleteGroup(GroupIds.of(0, random.nextInt(HOME_AGENTS))));
            default ->
                switched.behindOurBack(writer.add(new FlowRule(
                        new FlowKey(31000, RuleMatch.ipv6().to(address(random.nextInt(100)))),
                        Cookies.of(0, Pipeline.STEERING, 0),
                        List.of())));
        }
    }

    private void want(Subject subject, SubjectRules rules) {
        wanted.put(subject, rules);
        switched.state.want(subject, rules);
    }

    private boolean isForeignPlace(FlowKey key) {
        return key.equals(new FlowKey(30000, RuleMatch.ipv6().to(address(1))));
    }

    private Map<FlowKey, FlowRule> expected(FlowRule foreign) {
        Map<FlowKey, FlowRule> expected = new HashMap<>();
        wanted.values().forEach(one -> one.flows().forEach(rule -> expected.put(rule.key(), rule)));
        expected.put(foreign.key(), foreign);
        return expected;
    }

    /** What is there, read without the code under test's belief: every rule, whosever it is. */
    private Map<FlowKey, FlowRule> installed() {
        Map<FlowKey, FlowRule> installed = new HashMap<>();
        switched.fake.handle(writer.flowStats(true)).stream()
                .map(org.projectfloodlight.openflow.protocol.OFFlowStatsReply.class::cast)
                .flatMap(part -> part.getEntries().stream())
                .forEach(entry -> {
                    FlowKey key = new FlowKey(
                            entry.getPriority(),
                            OpenFlowReader.match(entry.getMatch()).orElseThrow());
                    List<RuleAction> actions = OpenFlowReader.actions(entry).orElseThrow();
                    installed.put(key, new FlowRule(key, entry.getCookie().getValue(), actions));
                });
        return installed;
    }

    private static Ipv6Address address(int mobileNode) {
        return new Ipv6Address(CONFIG.prefix().address().high(), 0x100 + mobileNode);
    }
}
