package dev.roost.openflow.rules;

import static dev.roost.openflow.rules.HomeLink.COMPILER;
import static dev.roost.openflow.rules.HomeLink.HA2;
import static dev.roost.openflow.rules.HomeLink.S1;
import static dev.roost.openflow.rules.HomeLink.S2;
import static dev.roost.openflow.rules.Reconciled.FACTORY;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupType;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadActionErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadMatchErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFGroupModFailedErrorMsg;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.IpProtocol;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFGroup;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;

/** Our rules, and our switch in memory, against a real Open vSwitch. */
final class OpenVSwitchTest {

    private @Nullable OvsBridge opened;

    @BeforeEach
    void addBridge() throws IOException, InterruptedException {
        opened = OvsBridge.open("rlrules");
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
            OvsBridge.run("ovs-ofctl", "-O", "OpenFlow13", "del-groups", "rlrules");
            OvsBridge.run("ovs-ofctl", "-O", "OpenFlow13", "del-flows", "rlrules");
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
    void refusesWhatTheSwitchInMemoryRefuses() throws IOException {
        FakeSwitch inMemory = new FakeSwitch();
        for (OFMessage message : requestsToRefuse()) {
            assertThat(errors(bridge().exchange(List.of(message))))
                    .as(message.toString())
                    .isEqualTo(errors(inMemory.handle(message)));
        }
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
                    } else if (answer instanceof OFGroupModFailedErrorMsg error) {
                        return "group " + error.getCode();
                    }
                    return answer.toString();
                })
                .toList();
    }

    private RuleUpdate audit(InstalledState state) throws IOException {
        InstalledState.AuditRequest request = state.startAudit(FACTORY);
        for (OFMessage reply : bridge().exchange(List.of(request.flows(), request.groups()))) {
            if (reply instanceof OFFlowStatsReply part) {
                request.readBack().add(part);
            } else if (reply instanceof OFGroupDescStatsReply part) {
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
