package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.Roles;
import dev.roost.loadbalancer.Effect.AwaitSteering;
import dev.roost.loadbalancer.Effect.SendForwardingMessage;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.OpaqueBytes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A {@link Scene} whose home agents speak the forwarding protocol: what is sent to them is answered at once as a home agent would that
 * carries out every order, but for those that are told to be silent. Switches are turned over at once, too, unless held.
 */
final class DelegationScene {

    static final DelegationConfig CONFIG = config(DelegationConfig.Mode.DRAIN);

    final Scene scene;
    final HomeNetwork network;
    /** Messages as they were sent, with the address that they went to. */
    final List<SendForwardingMessage> sent = new ArrayList<>();

    final List<Effect> effects = new ArrayList<>();
    final Set<Integer> silent = new HashSet<>();
    /** Home addresses that home agents say they do not know. */
    final Set<Ipv6Address> unknown = new HashSet<>();
    /** Who forwards for whom with which outer source address, as secondaries were told. */
    final Set<String> forwards = new TreeSet<>();

    /** Whether switches are turned over at once. */
    boolean steers = true;
    /** Orders under way at a time, at the most so far. */
    int mostUnderWay;

    private final Deque<AwaitSteering> held = new ArrayDeque<>();
    private final Deque<SendForwardingMessage> toDeliver = new ArrayDeque<>();
    private long epoch;
    private long identifier;

    DelegationScene(DelegationConfig delegation) {
        scene = new Scene(Scene.config().withDelegation(delegation));
        network = scene.network;
        epoch = scene.now.toEpochMilli();
    }

    static DelegationConfig config(DelegationConfig.Mode mode) {
        return config(mode, DelegationConfig.UnmodifiedHomeAgents.LEAVE, 32, 600);
    }

    static DelegationConfig config(
            DelegationConfig.Mode mode,
            DelegationConfig.UnmodifiedHomeAgents unmodified,
            int movesAtOnce,
            int movesPerMinute) {
        return config(mode, unmodified, movesAtOnce, movesPerMinute, DelegationConfig.Representative.REFUSE);
    }

    static DelegationConfig config(
            DelegationConfig.Mode mode,
            DelegationConfig.UnmodifiedHomeAgents unmodified,
            int movesAtOnce,
            int movesPerMinute,
            DelegationConfig.Representative representative) {
        return new DelegationConfig(
                mode,
                DelegationConfig.DEFAULT_PORT,
                List.of(new DelegationConfig.Key(1, OpaqueBytes.zeros(16))),
                movesAtOnce,
                movesPerMinute,
                Duration.ofMinutes(10),
                1.1,
                unmodified,
                representative,
                DelegationConfig.Authentication.NONE);
    }

    DelegationScene withHomeAgents(int count) {
        for (int n = 1; n <= count; n++) {
            scene.homeAgent(n).advertises();
        }
        deadlines();
        return this;
    }

    /** Takes a decision, and all that it leads to at this moment. */
    Decision happened(Decision decision) {
        scene.happened(decision);
        takeEffects(decision);
        return decision;
    }

    private void takeEffects(Decision decision) {
        effects.addAll(decision.effects());
        decision.effects().forEach(effect -> {
            if (effect instanceof SendForwardingMessage message) {
                sent.add(message);
                toDeliver.add(message);
            } else if (effect instanceof AwaitSteering awaited) {
                held.add(awaited);
            }
        });
    }

    /** Delivers what was sent, until nothing is left. */
    void settle() {
        while (!toDeliver.isEmpty() || (steers && !held.isEmpty())) {
            if (!toDeliver.isEmpty()) {
                deliver(toDeliver.remove());
            } else {
                AwaitSteering awaited = held.remove();
                happened(network.onSteered(scene.now, awaited.homeAddress(), awaited.epoch()));
            }
            long underWay = network.migrations().stream()
                    .filter(migration ->
                            Set.of("ordered", "accepted", "flipping").contains(migration.state()))
                    .count();
            mostUnderWay = Math.max(mostUnderWay, (int) underWay);
        }
    }

    private void deliver(SendForwardingMessage datagram) {
        int n = (int) datagram.destination().low() - 0x10;
        if (silent.contains(n)) {
            return;
        }
        asSecondary(n, datagram.message());
        if (datagram.message() instanceof Hello hello) {
            fromHomeAgent(
                    n,
                    new HelloAcknowledgement(
                            hello.identifier(), DelegationStatus.ACCEPTED, new Roles(true, true), 0, 0, 0));
        } else if (datagram.message() instanceof DelegationOrder order) {
            boolean known = !unknown.contains(order.homeAddress());
            fromHomeAgent(
                    n,
                    new DelegationOrderAcknowledgement(
                            order.identifier(),
                            known ? DelegationStatus.ACCEPTED : DelegationStatus.UNKNOWN_BINDING,
                            order.homeAddress(),
                            order.epoch()));
            if (known && !order.forwarder().isUnspecified()) {
                fromHomeAgent(n, report(order.homeAddress(), order.forwarder()));
            }
        }
    }

    private void asSecondary(int n, ForwardingMessage message) {
        if (message instanceof StartForwarding start) {
            forwards.add(global(n) + " for " + start.homeAddress() + " as " + start.tunnelSource());
            fromHomeAgent(n, start.acknowledge(DelegationStatus.ACCEPTED, start.epoch()));
        } else if (message instanceof StopForwarding stop) {
            boolean holds =
                    forwards.stream().anyMatch(entry -> entry.startsWith(global(n) + " for " + stop.homeAddress()));
            if (stop.epoch() != 0) {
                forwards.removeIf(entry -> entry.startsWith(global(n) + " for " + stop.homeAddress() + " "));
            }
            fromHomeAgent(
                    n, stop.acknowledge(DelegationStatus.ACCEPTED, stop.epoch() == 0 && holds ? epoch : stop.epoch()));
        }
    }

    ForwarderReport report(Ipv6Address homeAddress, Ipv6Address forwarder) {
        return new ForwarderReport(++identifier, DelegationStatus.ACCEPTED, homeAddress, careOf(1), forwarder, ++epoch);
    }

    Decision fromHomeAgent(int n, ForwardingMessage message) {
        PacketOrigin origin = new PacketOrigin(port(n), mac(n), global(n), REPRESENTATIVE);
        long before = network.stateHash();
        Decision decision = network.onForwardingMessage(scene.now, origin, 1, message);
        assertThat(network.stateHash()).as("deciding alters nothing").isEqualTo(before);
        return happened(decision);
    }

    /** Lets all that is due happen, and what it leads to. */
    void deadlines() {
        int idle = 0;
        for (int i = 0; i < 100_000; i++) {
            settle();
            if (network.nextDeadline().filter(at -> !at.isAfter(scene.now)).isEmpty()) {
                return;
            }
            long before = network.stateHash();
            Decision decision = network.onDeadline(scene.now);
            assertThat(network.stateHash()).as("deciding alters nothing").isEqualTo(before);
            idle += decision.changes().isEmpty() ? 1 : 0;
            assertThat(idle).as("deadlines that are due and nothing comes of").isLessThan(10);
            happened(decision);
        }
        throw new AssertionError("deadlines without end");
    }

    void pass(Duration time) {
        for (long millis = 0; millis < time.toMillis(); millis += 50) {
            scene.passMillis(50);
            deadlines();
        }
    }

    void bind(int mobileNode, int homeAgent) {
        scene.bind(mobileNode, homeAgent);
        happenedAlready();
        settle();
    }

    /** What the scene's own shorthand decided last leads to something, too. */
    void happenedAlready() {
        takeEffects(scene.last);
    }

    Ipv6Address forwarderOf(int mobileNode) {
        return network.steeringPlan()
                .forwarderOf(home(mobileNode))
                .map(forwarder -> forwarder.globalAddresses().get(0))
                .orElseThrow();
    }

    int forwarding(int homeAgent) {
        return scene.view(homeAgent).forwarding();
    }
}
