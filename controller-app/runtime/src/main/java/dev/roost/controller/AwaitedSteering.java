package dev.roost.controller;

import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who waits until the rules of a bound home address are everywhere: what was wanted of it when he came has been sent to every switch
 * that serves its home network, and a barrier after it has been passed.
 *
 * <p>A switch that is not connected holds nobody up: without a connection it would do so for as long as it is away, and when it comes
 * again it is given all that it lacks before anything else. A switch that refuses a rule does hold up: packets would go where nobody
 * takes them any more. It is told once, and looked at again every second.
 *
 * <p>Those of one turn and one home network wait together. Belongs to the loop.
 */
final class AwaitedSteering {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LoopAccess loop;
    private final EventLog eventLog;
    private final List<Group> groups = new ArrayList<>();
    private final List<Group> refused = new ArrayList<>();
    private long refusedLookedNanos;

    private record Wait(Ipv6Address homeAddress, Runnable outcome) {}

    /** Those of one home network that came between two looks. */
    private static final class Group {
        private final ServedNetwork network;
        private final List<Wait> waits = new ArrayList<>();
        /** What has to be passed, by switch. */
        private final Map<SwitchRules, Long> targets = new HashMap<>();

        private boolean closed;

        Group(ServedNetwork network) {
            this.network = network;
        }
    }

    AwaitedSteering(LoopAccess loop, EventLog eventLog) {
        this.loop = loop;
        this.eventLog = eventLog;
    }

    void add(ServedNetwork network, Ipv6Address homeAddress, Runnable outcome) {
        for (Group group : groups) {
            if (!group.closed && group.network.state() == network.state()) {
                group.waits.add(new Wait(homeAddress, outcome));
                return;
            }
        }
        Group group = new Group(network);
        group.waits.add(new Wait(homeAddress, outcome));
        groups.add(group);
    }

    /** How many wait. */
    int size() {
        return groups.stream().mapToInt(group -> group.waits.size()).sum()
                + refused.stream().mapToInt(group -> group.waits.size()).sum();
    }

    /** At the end of a turn, when all that it wanted has been compiled and what may be sent is sent. */
    void look(Collection<SwitchRules> switches, SwitchSubjects subjects) {
        if (groups.isEmpty() && refused.isEmpty()) {
            return;
        }
        Iterator<Group> each = groups.iterator();
        List<Group> failed = new ArrayList<>();
        while (each.hasNext()) {
            Group group = each.next();
            group.closed = true;
            if (hasPassed(group, switches, subjects)) {
                each.remove();
                tell(group, switches, subjects, true).ifPresent(failed::add);
            }
        }
        if (!refused.isEmpty() && loop.nowNanos() - refusedLookedNanos >= LOOK_AGAIN_NANOS) {
            refusedLookedNanos = loop.nowNanos();
            for (Group group : List.copyOf(refused)) {
                refused.remove(group);
                tell(group, switches, subjects, false).ifPresent(failed::add);
            }
        }
        refused.addAll(failed);
    }

    private static boolean hasPassed(Group group, Collection<SwitchRules> switches, SwitchSubjects subjects) {
        boolean passed = true;
        for (SwitchRules rules : switches) {
            if (rules.connection() != null && subjects.isServed(group.network.subject(), rules.id())) {
                if (rules.isUpToDate()) {
                    group.targets.putIfAbsent(rules, rules.updatesQueued());
                }
                passed &= rules.updatesPassed() >= group.targets.getOrDefault(rules, Long.MAX_VALUE);
            }
        }
        return passed;
    }

    /** Those whose rules a switch does not have go on waiting. */
    private Optional<Group> tell(
            Group group, Collection<SwitchRules> switches, SwitchSubjects subjects, boolean firstTime) {
        Group rest = new Group(group.network);
        rest.closed = true;
        for (Wait wait : group.waits) {
            Optional<SwitchRules> lacking = lacking(group.network, wait.homeAddress(), switches, subjects);
            if (lacking.isEmpty()) {
                loop.timers().schedule(loop.nowNanos(), wait.outcome());
            } else {
                rest.waits.add(wait);
                if (firstTime) {
                    tellRefusal(group.network, wait.homeAddress(), lacking.get());
                }
            }
        }
        return rest.waits.isEmpty() ? Optional.empty() : Optional.of(rest);
    }

    private static Optional<SwitchRules> lacking(
            ServedNetwork network, Ipv6Address homeAddress, Collection<SwitchRules> switches, SwitchSubjects subjects) {
        Subject mobileNode = network.subject(homeAddress);
        Optional<ReverseTunnel> tunnel = network.state().steeringPlan().reverseTunnelOf(homeAddress);
        for (SwitchRules rules : switches) {
            boolean lacks = rules.connection() != null
                    && subjects.isServed(mobileNode, rules.id())
                    && !(rules.state().has(mobileNode)
                            && tunnel.map(known -> rules.state().has(network.subject(known)))
                                    .orElse(true));
            if (lacks) {
                return Optional.of(rules);
            }
        }
        return Optional.empty();
    }

    private void tellRefusal(ServedNetwork network, Ipv6Address homeAddress, SwitchRules rules) {
        eventLog.tell(
                loop.nowNanos(),
                loop.now(),
                network.name(),
                true,
                "steering-refused",
                Map.of(
                        "homeAddress",
                        homeAddress.toString(),
                        "switch",
                        rules.id().toString(),
                        "reason",
                        rules.state().refusalReason().orElse("its place is taken")));
    }
}
