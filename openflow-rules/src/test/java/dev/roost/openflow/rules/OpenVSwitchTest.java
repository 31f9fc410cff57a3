package dev.roost.openflow.rules;

import static dev.roost.openflow.rules.HomeLink.COMPILER;
import static dev.roost.openflow.rules.HomeLink.CONFIG;
import static dev.roost.openflow.rules.HomeLink.HA1;
import static dev.roost.openflow.rules.HomeLink.HA2;
import static dev.roost.openflow.rules.HomeLink.S1;
import static dev.roost.openflow.rules.HomeLink.S2;
import static dev.roost.openflow.rules.Reconciled.FACTORY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.SwitchProtection;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.openflow.fake.Verdict;
import dev.roost.topology.SwitchId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.OFFlowModFlags;
import org.projectfloodlight.openflow.protocol.OFFlowStatsEntry;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupType;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFMeterConfigStatsReply;
import org.projectfloodlight.openflow.protocol.OFMeterFeaturesStatsReply;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadActionErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadMatchErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFFlowModFailedErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFGroupModFailedErrorMsg;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.EthType;
import org.projectfloodlight.openflow.types.IpProtocol;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFGroup;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;
import org.projectfloodlight.openflow.types.U64;

/** Our rules, and our switch in memory, against a real Open vSwitch. */
final class OpenVSwitchTest {

    private @Nullable OvsBridge opened;

    @BeforeEach
    void addBridge() throws IOException, InterruptedException {
        opened = OvsBridge.open();
    }

    @AfterEach
    void removeBridge() throws IOException, InterruptedException {
        if (opened != null) {
            opened.remove();
        }
    }

    @Test
    void takesWhatWeSendAndReportsItBackAsWeMeantIt() throws IOException {
        InstalledState state = new InstalledState();
        HomeLink.wanted(S1, HomeLink.topology()).forEach(state::want);

        assertThat(exchange(audit(state))).isEmpty();
        assertThat(audit(state).messages()).isEmpty();

        Subject.MobileNode moved = new Subject.MobileNode(0, HomeLink.BOUND_AT_HA1);
        state.want(moved, COMPILER.forMobileNode(moved, HA2.index()));
        state.forget(new Subject.HomeAgent(0, HomeLink.HA1.index()));
        assertThat(exchange(state.difference(FACTORY))).isEmpty();
        assertThat(audit(state).messages()).isEmpty();
        assertThat(state.status().flowsInstalled()).isEqualTo(state.status().flowsWanted());
        assertThat(state.status().groupsInstalled()).isEqualTo(2);
    }

    @Test
    void readsTheGoldenFilesAsTheSameRules() throws IOException, InterruptedException {
        for (Map.Entry<String, SwitchId> file :
                Map.of("two-switches-s1", S1, "two-switches-s2", S2).entrySet()) {
            Path golden = Path.of("src/test/resources/golden");
            OvsBridge.run("ovs-ofctl", "-O", "OpenFlow13", "del-groups", bridge().name());
            OvsBridge.run("ovs-ofctl", "-O", "OpenFlow13", "del-flows", bridge().name());
            bridge().load("add-groups", golden.resolve(file.getKey() + ".groups"));
            bridge().load("add-flows", golden.resolve(file.getKey() + ".flows"));
            InstalledState state = new InstalledState();
            HomeLink.wanted(file.getValue(), HomeLink.topology()).forEach(state::want);

            assertThat(audit(state).messages()).as(file.getKey()).isEmpty();
            assertThat(state.status().flowsInstalled()).isPositive();
        }
    }

    @Test
    void sendsEveryPacketWhereTheSwitchInMemorySendsIt() throws IOException, InterruptedException {
        InstalledState state = new InstalledState();
        HomeLink.wanted(S1, HomeLink.topology()).forEach(state::want);
        assertThat(exchange(audit(state))).isEmpty();
        Reconciled inMemory = new Reconciled(new FakeSwitch());
        inMemory.wantAll(HomeLink.wanted(S1, HomeLink.topology()));
        inMemory.audit();

        for (TestPacket packet : TestPacket.all()) {
            for (int port : List.of(1, 3, 8)) {
                Verdict verdict = inMemory.fake.receive(port, packet.frame());
                assertThat(bridge().trace(port, packet.hex()))
                        .as("%s in at port %d", packet, port)
                        .isEqualTo("%x %s", verdict.cookie().orElseThrow(), verdict);
            }
        }
    }

    @Test
    void takesMetersGuardsAndCountersToo() throws IOException {
        OFMeterFeaturesStatsReply features = (OFMeterFeaturesStatsReply)
                bridge().exchange(List.of(Meters.featuresRequest(FACTORY))).get(0);
        assertThat(Meters.suffice(features)).isTrue();
        InstalledState state = new InstalledState();
        state.hasMeters(true);
        Map<Subject, SubjectRules> wanted = HomeLink.wanted(S1, HomeLink.topology());
        Subject.Network network = new Subject.Network(0);
        HomeNetworkConfig config = CONFIG.withProtection(new SwitchProtection(true, OptionalInt.of(2000)));
        wanted.put(network, COMPILER.forNetwork(network, config, true));
        wanted.put(new Subject.WholeSwitch(), COMPILER.forSwitch(S1, HomeLink.topology(), id -> true, true));
        wanted.put(
                new Subject.HomeAgent(0, HA1.index()),
                COMPILER.forHomeAgent(0, config, HA1, List.of(), S1, HomeLink.topology()));
        Subject.SharedPort shared = new Subject.SharedPort(HA1.attachment(), HA1.linkLayerAddress());
        wanted.put(shared, COMPILER.forSharedPort(shared, S1));
        Subject.ProtectedTunnel tunnel = new Subject.ProtectedTunnel(0, HomeLink.ANYCAST, HomeLink.REPRESENTATIVE);
        wanted.put(tunnel, COMPILER.forProtectedTunnel(tunnel));
        wanted.forEach(state::want);

        assertThat(exchange(audit(state))).isEmpty();
        assertThat(audit(state).messages()).as("read back as it was meant").isEmpty();
        assertThat(state.status().flowsInstalled()).isEqualTo(state.status().flowsWanted());

        HomeNetworkConfig other = CONFIG.withProtection(new SwitchProtection(true, OptionalInt.of(500)));
        state.want(network, COMPILER.forNetwork(network, other, true));
        assertThat(exchange(state.difference(FACTORY))).isEmpty();
        assertThat(audit(state).messages()).isEmpty();

        state.want(network, COMPILER.forNetwork(network, CONFIG, true));
        assertThat(exchange(state.difference(FACTORY))).isEmpty();
        assertThat(audit(state).messages()).as("no rule went with its meter").isEmpty();

        SharedPortCounts counts = new SharedPortCounts();
        List<OFMessage> questions = new ArrayList<>(
                SharedPortCounts.flowRequests(FACTORY, List.of(new SharedPortCounts.Key(0, HA1.index()))));
        questions.add(SharedPortCounts.groupRequest(FACTORY));
        for (OFMessage answer : bridge().exchange(questions)) {
            if (answer instanceof OFFlowStatsReply part) {
                counts.add(part);
            } else {
                counts.add((OFGroupStatsReply) answer);
            }
        }
        assertThat(counts.isCounted(HA1.attachment().port(), HA1.linkLayerAddress()))
                .isTrue();
    }

    @Test
    void refusesWhatTheSwitchInMemoryRefuses() throws IOException {
        FakeSwitch inMemory = new FakeSwitch();
        for (OFMessage message : requestsToRefuse()) {
            assertThat(errors(bridge().exchange(List.of(message))))
                    .as(message.toString())
                    .isEqualTo(errors(inMemory.handle(message)));
        }
    }

    @Test
    void hasTheSameRulesAsTheSwitchInMemoryAfterTheSameCommands() throws IOException {
        FakeSwitch inMemory = new FakeSwitch();
        for (OFMessage command : commands()) {
            assertThat(errors(bridge().exchange(List.of(command))))
                    .as(command.toString())
                    .isEqualTo(errors(inMemory.handle(command)));
            assertThat(rules(bridge().exchange(List.of(ALL_RULES))))
                    .as("after %s", command)
                    .isEqualTo(rules(inMemory.handle(ALL_RULES)));
        }
    }

    @Test
    void saysWhichRulesItHasNoRoomFor() throws IOException, InterruptedException {
        OvsBridge.run(
                "ovs-vsctl",
                "--",
                "--id=@table",
                "create",
                "Flow_Table",
                "flow_limit=20",
                "overflow_policy=refuse",
                "--",
                "set",
                "bridge",
                bridge().name(),
                "flow_tables:0=@table");
        InstalledState state = new InstalledState();
        HomeLink.wanted(S1, HomeLink.topology()).forEach(state::want);

        exchange(audit(state)).forEach(error -> state.onRefused(error.getXid(), error.toString()));

        RuleStatus status = state.status();
        assertThat(status.flowsInstalled()).isEqualTo(20);
        assertThat(status.refused()).isEqualTo(status.flowsWanted() - 20);
    }

    @Test
    void takesBindingsAtManyThousandsASecond() throws IOException {
        InstalledState state = new InstalledState();
        HomeLink.wanted(S1, HomeLink.topology()).forEach(state::want);
        assertThat(exchange(audit(state))).isEmpty();
        int count = 10_000;
        for (int i = 0; i < count; i++) {
            Subject.MobileNode mobileNode = new Subject.MobileNode(
                    0, new Ipv6Address(HomeLink.CONFIG.prefix().address().high(), 0x10_0000 + i));
            state.want(mobileNode, COMPILER.forMobileNode(mobileNode, i % 3));
        }

        long start = System.nanoTime();
        assertThat(exchange(state.difference(FACTORY))).isEmpty();
        double seconds = (System.nanoTime() - start) / 1e9;
        start = System.nanoTime();
        assertThat(audit(state).messages()).isEmpty();
        double auditSeconds = (System.nanoTime() - start) / 1e9;

        System.out.printf("%d bindings in %.2f s, audit of them in %.2f s%n", count, seconds, auditSeconds);
        assertThat(state.status().flowsInstalled()).isGreaterThan(2 * count);
    }

    private static final OFMessage ALL_RULES = new OpenFlowWriter(FACTORY).flowStats(true);

    /** What our own messages do not use much: commands that mean many rules, and conditions on them. */
    private static List<OFMessage> commands() {
        OpenFlowWriter writer = new OpenFlowWriter(FACTORY);
        int group = GroupIds.of(0, 1);
        RuleMatch toOne = RuleMatch.ipv6().to(HomeLink.BOUND_AT_HA1);
        RuleMatch toOther = RuleMatch.ipv6().to(HomeLink.BOUND_AT_HA3);
        List<RuleAction> out = List.of(new RuleAction.Output(1));
        List<RuleAction> toGroup = List.of(new RuleAction.ToGroup(group));
        long ours = Cookies.of(0, Pipeline.STEERING, 1);
        List<OFMessage> commands = new ArrayList<>();
        commands.add(writer.add(new GroupRule(group, out)));
        commands.add(writer.add(new FlowRule(new FlowKey(10, toOne), ours, toGroup)));
        commands.add(writer.add(new FlowRule(new FlowKey(10, toOther), ours + 1, out)));
        commands.add(writer.add(new FlowRule(new FlowKey(10, toOther.protocol(135)), 7, out)));
        commands.add(writer.add(new FlowRule(new FlowKey(0, RuleMatch.everything()), 8, out)));
        commands.add(writer.add(new FlowRule(new FlowKey(10, toOther), ours + 2, List.of())));
        commands.add(writer.delete(new FlowKey(0, RuleMatch.everything())));
        commands.add(writer.delete(new FlowKey(11, toOne)));
        commands.add(overlapping(10, toOther));
        commands.add(overlapping(10, RuleMatch.ipv6()));
        commands.add(overlapping(10, RuleMatch.ipv6().to(HomeLink.ANYCAST)));
        commands.add(FACTORY.buildFlowModify()
                .setTableId(TableId.of(0))
                .setMatch(FACTORY.buildMatch()
                        .setExact(MatchField.ETH_TYPE, EthType.IPv6)
                        .build())
                .setCookie(U64.of(7))
                .setCookieMask(U64.NO_MASK)
                .setOutPort(OFPort.ANY)
                .setOutGroup(OFGroup.ANY)
                .setInstructions(List.of(FACTORY.instructions()
                        .applyActions(List.of(FACTORY.actions().output(OFPort.of(2), 0)))))
                .build());
        commands.add(deleteAll(U64.of(ours + 2), U64.NO_MASK, OFGroup.ANY));
        commands.add(writer.add(new FlowRule(new FlowKey(12, toOne), 9, toGroup)));
        commands.add(deleteAll(U64.ZERO, U64.ZERO, OFGroup.of(group + 1)));
        commands.add(writer.deleteGroup(group));
        commands.add(deleteAll(U64.ZERO, U64.ZERO, OFGroup.ANY));
        return commands;
    }

    private static OFMessage overlapping(int priority, RuleMatch match) {
        OFFlowMod plain = new OpenFlowWriter(FACTORY).add(new FlowRule(new FlowKey(priority, match), 5, List.of()));
        return plain.createBuilder()
                .setFlags(Set.of(OFFlowModFlags.CHECK_OVERLAP))
                .build();
    }

    private static OFMessage deleteAll(U64 cookie, U64 mask, OFGroup outGroup) {
        return FACTORY.buildFlowDelete()
                .setTableId(TableId.ALL)
                .setMatch(FACTORY.buildMatch().build())
                .setCookie(cookie)
                .setCookieMask(mask)
                .setOutPort(OFPort.ANY)
                .setOutGroup(outGroup)
                .build();
    }

    private static Set<String> rules(List<OFMessage> replies) {
        Set<String> rules = new TreeSet<>();
        for (OFMessage reply : replies) {
            for (OFFlowStatsEntry entry : ((OFFlowStatsReply) reply).getEntries()) {
                rules.add(entry.getPriority() + " " + entry.getCookie() + " " + OpenFlowReader.match(entry.getMatch())
                        + " " + OpenFlowReader.actions(entry));
            }
        }
        return rules;
    }

    private static List<OFMessage> requestsToRefuse() {
        OpenFlowWriter writer = new OpenFlowWriter(FACTORY);
        int group = GroupIds.of(0, 1);
        GroupRule rule = new GroupRule(group, List.of(new RuleAction.Output(1)));
        List<OFMessage> requests = new ArrayList<>();
        requests.add(
                writer.add(new FlowRule(new FlowKey(1, RuleMatch.ipv6()), 0, List.of(new RuleAction.ToGroup(group)))));
        requests.add(writer.modify(rule));
        requests.add(writer.add(rule));
        requests.add(writer.add(rule));
        requests.add(FACTORY.buildGroupAdd()
                .setGroup(OFGroup.of(77))
                .setGroupType(OFGroupType.INDIRECT)
                .setBuckets(List.of())
                .build());
        requests.add(FACTORY.buildGroupAdd()
                .setGroup(OFGroup.of(78))
                .setGroupType(OFGroupType.INDIRECT)
                .setBuckets(List.of(FACTORY.buildBucket()
                        .setWeight(1)
                        .setWatchPort(OFPort.ANY)
                        .setWatchGroup(OFGroup.ANY)
                        .setActions(List.of(FACTORY.actions().output(OFPort.of(1), 0)))
                        .build()))
                .build());
        requests.add(FACTORY.buildFlowAdd()
                .setTableId(TableId.of(0))
                .setPriority(1)
                .setBufferId(OFBufferId.NO_BUFFER)
                .setMatch(FACTORY.buildMatch()
                        .setExact(MatchField.IP_PROTO, IpProtocol.of((short) 135))
                        .build())
                .build());
        requests.add(writer.add(
                new FlowRule(new FlowKey(1, RuleMatch.ipv6()), 0, List.of(new RuleAction.Output(0x1_0000)))));
        requests.add(writer.deleteGroup(GroupIds.of(0, 99)));
        return requests;
    }

    private static List<String> errors(List<OFMessage> answers) {
        return answers.stream()
                .map(answer -> {
                    if (answer instanceof OFBadActionErrorMsg error) {
                        return "action " + error.getCode();
                    } else if (answer instanceof OFBadMatchErrorMsg error) {
                        return "match " + error.getCode();
                    } else if (answer instanceof OFFlowModFailedErrorMsg error) {
                        return "flow " + error.getCode();
                    } else if (answer instanceof OFGroupModFailedErrorMsg error) {
                        return "group " + error.getCode();
                    }
                    return answer.toString();
                })
                .toList();
    }

    private RuleUpdate audit(InstalledState state) throws IOException {
        InstalledState.AuditRequest request = state.startAudit(FACTORY);
        List<OFMessage> questions = new ArrayList<>(List.of(request.flows(), request.groups()));
        request.meters().ifPresent(questions::add);
        for (OFMessage reply : bridge().exchange(questions)) {
            if (reply instanceof OFFlowStatsReply part) {
                request.readBack().add(part);
            } else if (reply instanceof OFGroupDescStatsReply part) {
                request.readBack().add(part);
            } else if (reply instanceof OFMeterConfigStatsReply part) {
                request.readBack().add(part);
            } else {
                throw new AssertionError(reply.toString());
            }
        }
        return state.finishAudit(request.readBack(), FACTORY);
    }

    private List<OFErrorMsg> exchange(RuleUpdate update) throws IOException {
        List<OFErrorMsg> errors = new ArrayList<>();
        for (OFMessage answer : bridge().exchange(update.messages())) {
            if (answer instanceof OFErrorMsg error) {
                errors.add(error);
            }
        }
        return errors;
    }

    private OvsBridge bridge() {
        return Objects.requireNonNull(opened);
    }
}
