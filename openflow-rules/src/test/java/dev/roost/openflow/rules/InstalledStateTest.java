package dev.roost.openflow.rules;

import static dev.roost.openflow.rules.HomeLink.BOUND_AT_HA1;
import static dev.roost.openflow.rules.HomeLink.COMPILER;
import static dev.roost.openflow.rules.HomeLink.CONFIG;
import static dev.roost.openflow.rules.HomeLink.HA1;
import static dev.roost.openflow.rules.HomeLink.HA2;
import static dev.roost.openflow.rules.HomeLink.S1;
import static dev.roost.openflow.rules.Reconciled.FACTORY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.topology.SwitchPort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFBarrierRequest;
import org.projectfloodlight.openflow.protocol.OFFlowAdd;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.OFGroupModify;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.EthType;
import org.projectfloodlight.openflow.types.IPv6Address;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;
import org.projectfloodlight.openflow.types.U64;

final class InstalledStateTest {

    private static final Subject.MobileNode MOBILE_NODE = new Subject.MobileNode(0, BOUND_AT_HA1);
    private static final FlowKey TABLE_MISS = new FlowKey(0, RuleMatch.everything());

    private final Reconciled switched = new Reconciled(new FakeSwitch());
    private final OpenFlowWriter writer = new OpenFlowWriter(FACTORY);

    @Test
    void sendsNothingBeforeItHasReadWhatIsThere() {
        switched.wantAll(HomeLink.wanted(S1, HomeLink.topology()));

        assertThat(switched.sendDifference()).isEmpty();
        assertThat(switched.audit()).isNotEmpty();
        assertThat(switched.fake.flowCount()).isEqualTo(switched.state.status().flowsWanted());
        assertThat(switched.state.status().refused()).isZero();
        assertThat(switched.audit()).as("a second look").isEmpty();
    }

    @Test
    void wipesNothingWhenTheSwitchOrTheControllerComesBack() {
        start();
        switched.state.onDisconnected();
        switched.state.want(MOBILE_NODE, COMPILER.forMobileNode(MOBILE_NODE, HA2.index()));

        assertThat(switched.sendDifference()).isEmpty();
        assertThat(switched.audit()).as("only what changed meanwhile").hasSize(1);

        Reconciled restarted = new Reconciled(switched.fake);
        Map<Subject, SubjectRules> wanted = HomeLink.wanted(S1, HomeLink.topology());
        wanted.put(MOBILE_NODE, COMPILER.forMobileNode(MOBILE_NODE, HA2.index()));
        restarted.wantAll(wanted);
        assertThat(restarted.audit()).isEmpty();
        assertThat(restarted.state.status().missing()).isZero();
    }

    @Test
    void costsTwoMessagesToBindAndOneToMoveEverybody() {
        start();
        Subject.MobileNode another = new Subject.MobileNode(0, Ipv6Address.parse("2001:db8:1::777"));

        switched.state.want(another, COMPILER.forMobileNode(another, HA1.index()));
        assertThat(switched.sendDifference()).hasSize(2).allMatch(OFFlowAdd.class::isInstance);

        SteeredHomeAgent moved = HomeLink.homeAgent(HA1.index(), 0x11, new SwitchPort(S1, 5));
        Subject.HomeAgent homeAgent = new Subject.HomeAgent(0, HA1.index());
        switched.state.want(homeAgent, COMPILER.forHomeAgent(0, CONFIG, moved, List.of(), S1, HomeLink.topology()));
        assertThat(switched.sendDifference()).hasSize(1).allMatch(OFGroupModify.class::isInstance);
        assertThat(path("UDP to a home address at ha1")).isEqualTo("output:5 eth_dst=02:00:00:00:00:11");

        switched.state.forget(another);
        assertThat(switched.sendDifference()).hasSize(2);
        assertThat(switched.sendDifference()).isEmpty();
    }

    @Test
    void neverLeavesAGapInSteeringHoweverTheSwitchReordersBetweenBarriers() {
        long seed = 11;
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            Reconciled one = new Reconciled(new FakeSwitch());
            one.wantAll(HomeLink.wanted(S1, HomeLink.topology()));
            one.audit();
            // The home agent goes altogether, and with it its group; its mobile node and two others go to a new one.
            SteeredHomeAgent fresh = HomeLink.homeAgent(9, 0x19, new SwitchPort(S1, 6));
            one.state.forget(new Subject.HomeAgent(0, HA1.index()));
            one.state.want(
                    new Subject.HomeAgent(0, 9),
                    COMPILER.forHomeAgent(0, CONFIG, fresh, List.of(), S1, HomeLink.topology()));
            one.state.want(MOBILE_NODE, COMPILER.forMobileNode(MOBILE_NODE, 9));

            List<OFMessage> update = one.state.difference(FACTORY).messages();

            for (OFMessage message : shuffledBetweenBarriers(update, random)) {
                assertThat(one.fake.handle(message))
                        .as("seed %d round %d: %s", seed, round, message)
                        .noneMatch(answer -> answer.getType() == org.projectfloodlight.openflow.protocol.OFType.ERROR);
                assertThat(one.fake
                                .receive(
                                        3,
                                        TestPacket.named("UDP to a home address at ha1")
                                                .frame())
                                .toString())
                        .as("seed %d round %d after %s", seed, round, message)
                        .isIn("output:1 eth_dst=02:00:00:00:00:11", "output:6 eth_dst=02:00:00:00:00:19");
            }
            assertThat(one.audit()).isEmpty();
        }
    }

    @Test
    void putsARuleInItsNewPlaceBeforeItLeavesTheOldOne() {
        start();
        FlowRule steering = rule(Pipeline.STEERING);
        FlowRule raised =
                new FlowRule(new FlowKey(31_000, steering.key().match()), steering.cookie(), steering.actions());
        switched.state.want(MOBILE_NODE, new SubjectRules(List.of(raised), List.of()));

        List<OFMessage> update = switched.state.difference(FACTORY).messages();

        assertThat(update).hasSize(4);
        for (OFMessage message : update) {
            switched.fake.handle(message);
            assertThat(path("UDP to a home address at ha1"))
                    .as(message.toString())
                    .isEqualTo("output:1 eth_dst=02:00:00:00:00:11");
        }
    }

    @Test
    void leavesTheTableMissOfSomebodyElseAloneAndTakesItUpWhenItIsGone() {
        FlowRule theirs = new FlowRule(TABLE_MISS, 0x1234, List.of(new RuleAction.ToController()));
        switched.behindOurBack(writer.add(theirs));
        start();

        assertThat(path("ARP request")).isEqualTo("CONTROLLER");
        assertThat(switched.state.status().occupied()).isEqualTo(1);
        assertThat(switched.audit()).isEmpty();

        switched.behindOurBack(deleteOf(theirs));
        switched.state.onDisconnected();
        switched.audit();
        assertThat(path("ARP request")).isEqualTo("NORMAL");
    }

    @Test
    void doesNotTakeTheTableMissBackFromSomebodyWhoReplacedIt() {
        start();
        switched.behindOurBack(writer.add(new FlowRule(TABLE_MISS, 0x1234, List.of(new RuleAction.ToController()))));

        switched.audit();
        switched.audit();

        assertThat(path("ARP request")).isEqualTo("CONTROLLER");
    }

    @Test
    void putsItsOwnTableMissBackWhenItWasDeleted() {
        start();
        switched.behindOurBack(writer.delete(TABLE_MISS));

        assertThat(switched.audit()).as("first it looks who else is there").isEmpty();
        assertThat(switched.audit()).hasSize(1);

        assertThat(path("ARP request")).isEqualTo("NORMAL");
        assertThat(switched.state.status().missing()).isEqualTo(1);
    }

    @Test
    void repairsWhatSomebodyDidToItsRulesAndLeavesTheirsAlone() {
        start();
        FlowRule steering = rule(Pipeline.STEERING);
        FlowRule shield = rule(Pipeline.ADVERTISEMENT_SHIELD);
        FlowRule foreign = new FlowRule(
                new FlowKey(777, RuleMatch.ipv6().to(BOUND_AT_HA1)), 0x1234, List.of(new RuleAction.Output(7)));
        switched.behindOurBack(writer.add(foreign));
        switched.behindOurBack(writer.delete(steering.key()));
        switched.behindOurBack(
                writer.add(new FlowRule(shield.key(), shield.cookie(), List.of(new RuleAction.Normal()))));
        switched.behindOurBack(writer.add(
                new FlowRule(new FlowKey(5, RuleMatch.ipv6()), Cookies.of(0, Pipeline.STEERING, 1), List.of())));
        switched.behindOurBack(stray());
        switched.behindOurBack(writer.deleteGroup(GroupIds.of(0, HA2.index())));
        int foreignAndOurs = switched.state.status().flowsWanted() + 1;

        switched.audit();

        RuleStatus status = switched.state.status();
        assertThat(status.missing())
                .as("a rule, a group, and the rules that went with the group")
                .isEqualTo(2 + pointingAtHa2().size());
        assertThat(status.altered()).isEqualTo(1);
        assertThat(status.unexpected())
                .as("one in a place we could use and one not")
                .isEqualTo(2);
        assertThat(switched.fake.flowCount()).isEqualTo(foreignAndOurs);
        assertThat(path("UDP to a home address at ha1")).isEqualTo("output:1 eth_dst=02:00:00:00:00:11");
        assertThat(path("NA for the anycast address")).isEqualTo("drop");
        assertThat(switched.audit()).isEmpty();
    }

    @Test
    void neverDeletesARuleThatSomebodyPutInPlaceOfOurs() {
        start();
        FlowKey place =
                new FlowKey(Pipeline.STEERING.priority(), RuleMatch.ipv6().to(BOUND_AT_HA1));
        switched.behindOurBack(writer.add(new FlowRule(place, 0x1234, List.of(new RuleAction.Output(7)))));

        switched.state.forget(MOBILE_NODE);
        assertThat(switched.sendDifference()).hasSize(2);

        assertThat(path("UDP to a home address at ha1")).startsWith("output:7");
    }

    @Test
    void doesNotUndoWhatWasChangedWhileAnAuditWasUnderWay() {
        start();
        InstalledState.AuditRequest request = switched.state.startAudit(FACTORY);
        Subject.MobileNode another = new Subject.MobileNode(0, Ipv6Address.parse("2001:db8:1::777"));
        switched.read(request);
        switched.state.want(another, COMPILER.forMobileNode(another, HA2.index()));
        switched.state.want(MOBILE_NODE, COMPILER.forMobileNode(MOBILE_NODE, HA2.index()));
        switched.sendDifference();

        assertThat(switched.state.finishAudit(request.readBack(), FACTORY).messages())
                .isEmpty();

        assertThat(switched.state.status().missing()).isZero();
        assertThat(switched.state.status().altered()).isZero();
        assertThat(path("UDP to a home address at ha1")).isEqualTo("output:2 eth_dst=02:00:00:00:00:12");
    }

    @Test
    void deletesAGroupWithTheLastPartOfADifferenceOnly() {
        start();
        List<Subject> all = List.copyOf(switched.state.subjects());
        all.forEach(switched.state::forget);

        int rules = switched.fake.flowCount();
        int groups = switched.fake.groupCount();
        while (rules > 5) {
            assertThat(switched.send(switched.state.difference(Reconciled.FACTORY, 5)))
                    .hasSize(5);
            rules -= 5;
            assertThat(switched.fake.flowCount()).isEqualTo(rules);
            assertThat(switched.fake.groupCount()).isEqualTo(groups);
        }
        switched.send(switched.state.difference(Reconciled.FACTORY, 5));

        assertThat(switched.fake.flowCount()).isZero();
        assertThat(switched.fake.groupCount()).isZero();
        assertThat(switched.state.hasDifference()).isFalse();
    }

    @Test
    void ignoresTheReplyToAnAuditThatWasCutOff() {
        start();
        InstalledState.AuditRequest request = switched.state.startAudit(FACTORY);
        switched.read(request);
        switched.state.onDisconnected();

        assertThat(switched.state.finishAudit(request.readBack(), FACTORY).isEmpty())
                .isTrue();
        assertThat(switched.state.isKnown()).isFalse();
    }

    @Test
    void saysWhatTheSwitchRefusedAndTriesAgainAtTheNextAudit() {
        Map<Subject, SubjectRules> wanted = HomeLink.wanted(S1, HomeLink.topology());
        int rules = wanted.values().stream().mapToInt(one -> one.flows().size()).sum();
        Reconciled full = new Reconciled(new FakeSwitch(8, rules - 2, 10));
        full.wantAll(wanted);

        full.audit();
        assertThat(full.state.status().refused()).isEqualTo(2);
        assertThat(full.state.refusalReason().orElseThrow()).contains("TABLE_FULL");
        assertThat(full.state.status().flowsInstalled()).isEqualTo(rules - 2);
        List<Boolean> installed = new ArrayList<>();
        full.state.forEachRule((subject, rule, there, packets, bytes) -> installed.add(there));
        assertThat(installed).hasSize(rules).filteredOn(there -> !there).hasSize(2);

        forgetHa2(full);
        full.sendDifference();
        full.audit();
        assertThat(full.state.status().refused()).isZero();
        assertThat(full.state.status().flowsInstalled())
                .isEqualTo(full.state.status().flowsWanted());
    }

    @Test
    void asksForWhatWasRefusedEverMoreRarely() {
        Map<Subject, SubjectRules> wanted = HomeLink.wanted(S1, HomeLink.topology());
        int rules = wanted.values().stream().mapToInt(one -> one.flows().size()).sum();
        Reconciled full = new Reconciled(new FakeSwitch(8, rules - 1, 10));
        full.wantAll(wanted);
        full.audit();

        List<Integer> tried = new ArrayList<>();
        for (int audit = 1; audit <= 130; audit++) {
            if (!full.audit().isEmpty()) {
                tried.add(audit);
            }
        }
        assertThat(tried).containsExactly(1, 3, 7, 15, 31, 63, 95, 127);
        assertThat(full.state.status().retried()).isEqualTo(tried.size());

        forgetHa2(full);
        full.sendDifference();
        full.audit();
        assertThat(full.state.status().refused()).as("there is room again").isZero();
    }

    @Test
    void triesAGroupThatWasRefusedAndTheRulesThatPointAtItEverMoreRarely() {
        Reconciled full = new Reconciled(new FakeSwitch(8, 1000, 1));
        full.wantAll(HomeLink.wanted(S1, HomeLink.topology()));
        full.audit();
        assertThat(full.state.status().refused()).isPositive();

        int busy = 0;
        for (int audit = 1; audit <= 31; audit++) {
            busy += full.audit().isEmpty() ? 0 : 1;
        }
        assertThat(busy).isEqualTo(5);
    }

    @Test
    void triesAtOnceWhenASwitchComesAgain() {
        Map<Subject, SubjectRules> wanted = HomeLink.wanted(S1, HomeLink.topology());
        int rules = wanted.values().stream().mapToInt(one -> one.flows().size()).sum();
        Reconciled full = new Reconciled(new FakeSwitch(8, rules - 1, 10));
        full.wantAll(wanted);
        for (int audit = 0; audit < 5; audit++) {
            full.audit();
        }

        full.state.onDisconnected();

        assertThat(full.audit()).isNotEmpty();
    }

    @Test
    void comparesInStepsBetweenWhichDifferencesGoOut() {
        start();
        switched.behindOurBack(writer.delete(rule(Pipeline.STEERING).key()));
        switched.behindOurBack(writer.deleteGroup(GroupIds.of(0, HA2.index())));
        InstalledState.AuditRequest request = switched.state.startAudit(FACTORY);
        switched.read(request);

        int steps = 1;
        while (!switched.state.compare(request.readBack(), 1)) {
            Subject.MobileNode another = new Subject.MobileNode(0, Ipv6Address.parse("2001:db8:1::7:" + steps));
            switched.state.want(another, COMPILER.forMobileNode(another, HA1.index()));
            switched.sendDifference();
            steps++;
        }

        assertThat(steps).isGreaterThan(10);
        switched.send(switched.state.finishAudit(request.readBack(), FACTORY));
        assertThat(switched.state.deviations()).isEqualTo(2 + pointingAtHa2().size());
        assertThat(switched.state.status().refused()).isZero();
        assertThat(switched.fake.flowCount()).isEqualTo(switched.state.status().flowsWanted());
        assertThat(switched.audit()).isEmpty();
        assertThat(switched.state.deviations()).isZero();
    }

    @Test
    void attributesAnErrorUntilTheMessageIsConfirmed() {
        start();
        switched.state.want(MOBILE_NODE, COMPILER.forMobileNode(MOBILE_NODE, HA2.index()));
        switched.state.forget(new Subject.HomeAgent(0, HA1.index()));
        RuleUpdate update = switched.state.difference(FACTORY);
        long xid = update.messages().get(0).getXid();

        assertThat(switched.state.onRefused(xid, "TABLE_FULL"))
                .hasValue("priority=30000,eth_type=0x86dd,ipv6_dst=2001:db8:1::100");
        assertThat(switched.state.onRefused(xid, "TABLE_FULL")).isEmpty();
        switched.state.onConfirmed(update);
        assertThat(switched.state.status().unconfirmed()).isZero();
    }

    @Test
    void letsTheFirstOfTwoSubjectsKeepAPlaceAndTheOtherHaveItAfterwards() {
        start();
        SteeredHomeAgent thief = new SteeredHomeAgent(
                7, HA2.linkLocalAddress(), HA2.linkLayerAddress(), HA2.attachment(), HA1.globalAddresses());
        Subject.HomeAgent subject = new Subject.HomeAgent(0, 7);
        switched.state.want(subject, COMPILER.forHomeAgent(0, CONFIG, thief, List.of(), S1, HomeLink.topology()));
        assertThat(switched.sendDifference()).as("its group only").hasSize(1);
        assertThat(switched.state.status().conflicts()).isPositive();

        switched.state.forget(new Subject.HomeAgent(0, HA1.index()));
        switched.state.forget(MOBILE_NODE);
        switched.sendDifference();

        assertThat(path("BU with home address option to ha1")).isEqualTo("CONTROLLER NORMAL");
        assertThat(switched.audit()).isEmpty();
    }

    @Test
    void endsUpWithExactlyWhatIsWantedWhateverHappens() {
        long seed = Long.getLong("roost.seed", 20260101L);
        Random random = new Random(seed);
        for (int round = 0; round < 15; round++) {
            new RandomHistory(random, "seed " + seed + " round " + round).run(150);
        }
    }

    @Test
    void reportsCountersOfTheLastAudit() {
        start();
        switched.fake.receive(
                3, TestPacket.named("UDP to a home address at ha1").frame());
        switched.audit();

        Map<String, Long> packets = new LinkedHashMap<>();
        switched.state.forEachRule((subject, rule, there, count, bytes) -> {
            if (subject.equals(MOBILE_NODE)) {
                packets.put(Cookies.kind(rule.cookie()).orElseThrow().purpose(), count);
            }
        });
        assertThat(packets).containsEntry("steering", 1L).containsEntry("bound-solicitation", 0L);
    }

    private void start() {
        switched.wantAll(HomeLink.wanted(S1, HomeLink.topology()));
        switched.audit();
        assertThat(switched.state.status().refused()).isZero();
    }

    private String path(String packet) {
        return switched.fake.receive(3, TestPacket.named(packet).frame()).toString();
    }

    private static FlowRule rule(Pipeline kind) {
        return HomeLink.wanted(S1, HomeLink.topology()).values().stream()
                .flatMap(rules -> rules.flows().stream())
                .filter(rule -> Cookies.kind(rule.cookie()).orElseThrow() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static OFFlowMod deleteOf(FlowRule foreign) {
        return FACTORY.buildFlowDeleteStrict()
                .setTableId(TableId.of(0))
                .setPriority(foreign.key().priority())
                .setMatch(FACTORY.buildMatch().build())
                .setOutPort(OFPort.ANY)
                .setOutGroup(org.projectfloodlight.openflow.types.OFGroup.ANY)
                .build();
    }

    /** Ours by its cookie, but with a masked field, which none of our rules has. */
    private static OFFlowMod stray() {
        return FACTORY.buildFlowAdd()
                .setTableId(TableId.of(0))
                .setPriority(30000)
                .setCookie(U64.of(Cookies.of(0, Pipeline.STEERING, 0)))
                .setMatch(FACTORY.buildMatch()
                        .setExact(MatchField.ETH_TYPE, EthType.IPv6)
                        .setMasked(
                                MatchField.IPV6_DST, IPv6Address.of("2001:db8:1::"), IPv6Address.ofCidrMaskLength(64))
                        .build())
                .setBufferId(org.projectfloodlight.openflow.types.OFBufferId.NO_BUFFER)
                .build();
    }

    private static List<OFMessage> shuffledBetweenBarriers(List<OFMessage> messages, Random random) {
        List<OFMessage> all = new ArrayList<>();
        List<OFMessage> stage = new ArrayList<>();
        for (OFMessage message : Stream.concat(messages.stream(), Stream.of(FACTORY.barrierRequest()))
                .toList()) {
            if (message instanceof OFBarrierRequest) {
                Collections.shuffle(stage, random);
                all.addAll(stage);
                all.add(message);
                stage.clear();
            } else {
                stage.add(message);
            }
        }
        return all;
    }

    /** Rules that a switch deletes with the group of ha2. */
    private static List<FlowRule> pointingAtHa2() {
        RuleAction toGroup = new RuleAction.ToGroup(GroupIds.of(0, HA2.index()));
        return HomeLink.wanted(S1, HomeLink.topology()).values().stream()
                .flatMap(rules -> rules.flows().stream())
                .filter(rule -> rule.actions().contains(toGroup))
                .toList();
    }

    /** And what ha2 forwards, for its group cannot go alone. */
    private static void forgetHa2(Reconciled switched) {
        switched.state.forget(new Subject.MobileNode(0, HomeLink.AT_REPRESENTATIVE));
        switched.state.forget(
                new Subject.ReverseTunnel(0, HomeLink.CARE_OF_AT_REPRESENTATIVE, HomeLink.REPRESENTATIVE));
        switched.state.forget(new Subject.HomeAgent(0, HA2.index()));
    }
}
