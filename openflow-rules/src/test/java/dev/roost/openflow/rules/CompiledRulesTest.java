package dev.roost.openflow.rules;

import static dev.roost.openflow.rules.HomeLink.CONFIG;
import static dev.roost.openflow.rules.HomeLink.HA1;
import static dev.roost.openflow.rules.HomeLink.HA3;
import static dev.roost.openflow.rules.HomeLink.S1;
import static dev.roost.openflow.rules.HomeLink.S2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.Router;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.loadbalancer.SwitchProtection;
import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.openflow.fake.Verdict;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFVersion;

final class CompiledRulesTest {

    private static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);
    private static final RuleCompiler IN_FLOODLIGHT = new RuleCompiler(RuleCompiler.Options.FLOODLIGHT);

    @Test
    void areTheGoldenOnesWithTwoSwitches() {
        GoldenFile.check("two-switches-s1.flows", flows(S1, HomeLink.topology()));
        GoldenFile.check("two-switches-s1.groups", groups(S1, HomeLink.topology()));
        GoldenFile.check("two-switches-s2.flows", flows(S2, HomeLink.topology()));
        GoldenFile.check("two-switches-s2.groups", groups(S2, HomeLink.topology()));
    }

    @Test
    void leaveTheWayToTheLearningSwitchWhileNoneIsKnown() {
        GoldenFile.check("no-link-s2.flows", flows(S2, HomeLink.unlinkedTopology()));
        GoldenFile.check("no-link-s2.groups", groups(S2, HomeLink.unlinkedTopology()));
    }

    @Test
    void sendEachPacketWhereTheGoldenListSays() {
        StringBuilder paths = new StringBuilder();
        FakeSwitch first = programmed(S1);
        FakeSwitch second = programmed(S2);
        for (TestPacket packet : TestPacket.all()) {
            paths.append(packet.name).append('\n');
            paths.append("    s1, from the router        ")
                    .append(first.receive(3, packet.frame()))
                    .append('\n');
            paths.append("    s2, from a host            ")
                    .append(second.receive(2, packet.frame()))
                    .append('\n');
            paths.append("    s2, over the link from s1  ")
                    .append(second.receive(8, packet.frame()))
                    .append('\n');
        }
        GoldenFile.check("packet-paths.txt", paths.toString());
    }

    @Test
    void hideTheAnycastAddressFromEverybodyButTheController() {
        for (SwitchId id : List.of(S1, S2)) {
            FakeSwitch programmed = programmed(id);
            for (TestPacket packet : TestPacket.all()) {
                if (packet.name.endsWith("the anycast address")) {
                    for (int port = 1; port <= 8; port++) {
                        Verdict verdict = programmed.receive(port, packet.frame());
                        assertThat(verdict.normal())
                                .as("%s, port %d", packet, port)
                                .isEmpty();
                        assertThat(verdict.outputs())
                                .as("%s, port %d", packet, port)
                                .isEmpty();
                    }
                }
            }
        }
    }

    @Test
    void bringAPacketForABoundAddressToItsHomeAgentFromAnywhere() {
        FakeSwitch first = programmed(S1);
        FakeSwitch second = programmed(S2);
        TestPacket packet = TestPacket.named("UDP to a home address at ha3");

        Verdict onFirst = first.receive(3, packet.frame());
        assertThat(onFirst).hasToString("output:8 eth_dst=02:00:00:00:00:13");
        Verdict onSecond = second.receive(8, onFirst.outputs().get(0).frame());

        assertThat(onSecond).hasToString("output:1 eth_dst=02:00:00:00:00:13");
    }

    /** While forwarding moves, one switch may have another opinion than the one before it. */
    @Test
    void leaveAPacketOnTheWayThatTheFirstSwitchChose() {
        byte[] frame = TestPacket.named("UDP to a home address at ha1").frame();
        TestPacket.linkLayerDestination(frame, HA3.linkLayerAddress());

        assertThat(programmed(S2).receive(8, frame)).hasToString("output:1 eth_dst=02:00:00:00:00:13");
        assertThat(programmed(S2).receive(2, frame))
                .as("from a host")
                .hasToString("output:8 eth_dst=02:00:00:00:00:11");
    }

    @Test
    void copyAMessageOnceHoweverManySwitchesItPasses() {
        FakeSwitch first = programmed(S1);
        FakeSwitch second = programmed(S2);
        for (String name : List.of("RA", "BU with home address option to ha3", "BA with routing header from ha1")) {
            Verdict onFirst = first.receive(3, TestPacket.named(name).frame());
            Verdict onSecond = second.receive(8, onFirst.normal().get(0));

            assertThat(onFirst.toController()).as(name).hasSize(1);
            assertThat(onSecond.toController()).as(name).isEmpty();
            assertThat(onSecond.normal()).as(name).hasSize(1);
        }
    }

    @Test
    void leaveTableMissAndProbesToTheHostOfTheApplicationIfAsked() {
        SubjectRules rules = IN_FLOODLIGHT.forSwitch(S1, HomeLink.topology(), id -> true, false);

        assertThat(rules.flows())
                .extracting(rule -> Cookies.kind(rule.cookie()).orElseThrow())
                .doesNotContain(Pipeline.TABLE_MISS, Pipeline.LINK_DISCOVERY)
                .contains(Pipeline.ADVERTISEMENT_COPY);
    }

    /** There what forwards all else needs the controller for each new flow. */
    @Test
    void carryTunnelsBetweenHomeAgentsAndRouterInFloodlight() {
        FakeSwitch first = programmed(inFloodlight(S1));
        FakeSwitch second = programmed(inFloodlight(S2));
        byte[] tunnelled = TestPacket.named("tunnelled packet to ha1").frame();

        TestPacket.linkLayerDestination(tunnelled, HA3.linkLayerAddress());
        Verdict back = first.receive(3, tunnelled);
        assertThat(back).as("from the router").hasToString("output:8 eth_dst=02:00:00:00:00:13");
        assertThat(second.receive(8, back.outputs().get(0).frame()))
                .as("over the link")
                .hasToString("output:1 eth_dst=02:00:00:00:00:13");
        assertThat(first.receive(4, tunnelled))
                .as("a router's address at another port")
                .hasToString("drop");

        TestPacket.linkLayerDestination(tunnelled, TestPacket.ROUTER);
        TestPacket.address(
                tunnelled, HA3.linkLayerAddress(), HA3.globalAddresses().get(0));
        Verdict away = second.receive(1, tunnelled);
        assertThat(away).as("from the home agent").hasToString("output:8 eth_dst=02:00:00:00:00:01");
        assertThat(first.receive(8, away.outputs().get(0).frame()))
                .as("over the link")
                .hasToString("output:3 eth_dst=02:00:00:00:00:01");

        assertThat(first.receive(3, TestPacket.named("UDP to a host").frame()))
                .as("somebody else's")
                .hasToString("drop");
        assertThat(first.receive(
                        3, TestPacket.named("UDP to a home address at ha1").frame()))
                .as("steered as everywhere")
                .hasToString("output:1 eth_dst=02:00:00:00:00:11");
    }

    @Test
    void leaveARouterThatIsAHomeAgentToItself() {
        Router itself = new Router(HA1.linkLayerAddress(), HA1.attachment());

        SubjectRules rules = IN_FLOODLIGHT.forHomeAgent(0, CONFIG, HA1, List.of(itself), S1, HomeLink.topology());

        assertThat(rules.flows())
                .extracting(rule -> Cookies.kind(rule.cookie()).orElseThrow())
                .doesNotContain(Pipeline.TO_ROUTER, Pipeline.FROM_ROUTER);
    }

    private static Map<Subject, SubjectRules> inFloodlight(SwitchId id) {
        Router router = new Router(TestPacket.ROUTER, new SwitchPort(S1, 3));
        Map<Subject, SubjectRules> wanted = HomeLink.wanted(id, HomeLink.topology());
        wanted.put(new Subject.WholeSwitch(), IN_FLOODLIGHT.forSwitch(id, HomeLink.topology(), each -> true, false));
        for (SteeredHomeAgent homeAgent : List.of(HA1, HA3)) {
            wanted.put(
                    new Subject.HomeAgent(0, homeAgent.index()),
                    IN_FLOODLIGHT.forHomeAgent(0, CONFIG, homeAgent, List.of(router), id, HomeLink.topology()));
        }
        return wanted;
    }

    @Test
    void takeNoPortForALinkBehindWhichNobodyWorksForTheNetwork() {
        SubjectRules rules = HomeLink.COMPILER.forSwitch(S1, HomeLink.topology(), id -> id.equals(S1), false);

        assertThat(rules.flows()).noneMatch(rule -> rule.key().match().inPort().isPresent());
    }

    @Test
    void letAHomeAgentAdvertiseAtItsOwnPortAndNobodyElseWhereThatIsGuarded() {
        HomeNetworkConfig guarded = CONFIG.withProtection(new SwitchProtection(true, OptionalInt.empty()));
        Map<Subject, SubjectRules> wanted = HomeLink.wanted(S1, HomeLink.topology());
        wanted.put(new Subject.WholeSwitch(), HomeLink.COMPILER.forSwitch(S1, HomeLink.topology(), id -> true, true));
        wanted.put(
                new Subject.HomeAgent(0, HA1.index()),
                HomeLink.COMPILER.forHomeAgent(0, guarded, HA1, List.of(), S1, HomeLink.topology()));
        FakeSwitch programmed = programmed(wanted);
        byte[] own = TestPacket.named("RA").frame();

        assertThat(programmed.receive(3, own)).hasToString("CONTROLLER");
        assertThat(programmed.receive(8, own)).as("checked where it entered").hasToString("NORMAL");
        TestPacket.address(own, HA1.linkLayerAddress(), HA1.linkLocalAddress());
        assertThat(programmed.receive(3, own)).as("at another port").hasToString("CONTROLLER");
        assertThat(programmed.receive(1, own)).hasToString("CONTROLLER NORMAL");
    }

    private static FakeSwitch programmed(SwitchId id) {
        return programmed(HomeLink.wanted(id, HomeLink.topology()));
    }

    private static FakeSwitch programmed(Map<Subject, SubjectRules> wanted) {
        FakeSwitch fake = new FakeSwitch();
        OpenFlowWriter writer = new OpenFlowWriter(FACTORY);
        for (SubjectRules rules : wanted.values()) {
            rules.groups()
                    .forEach(group -> assertThat(fake.handle(writer.add(group))).isEmpty());
        }
        for (SubjectRules rules : wanted.values()) {
            rules.flows()
                    .forEach(rule -> assertThat(fake.handle(writer.add(rule))).isEmpty());
        }
        return fake;
    }

    private static String flows(SwitchId id, Topology topology) {
        return lines(HomeLink.wanted(id, topology).values().stream()
                .flatMap(rules -> rules.flows().stream())
                .sorted(Comparator.comparing((FlowRule rule) -> -rule.key().priority())
                        .thenComparing(FlowRule::toString)));
    }

    private static String groups(SwitchId id, Topology topology) {
        return lines(HomeLink.wanted(id, topology).values().stream().flatMap(rules -> rules.groups().stream()));
    }

    private static String lines(Stream<?> stream) {
        return stream.map(Object::toString).collect(Collectors.joining("\n", "", "\n"));
    }
}
