package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.Delegation;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.Registration;
import dev.roost.loadbalancer.Effect.AwaitSteering;
import dev.roost.loadbalancer.Effect.SendForwardingMessage;
import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * One random history of the real {@link HomeNetwork} with three real primaries and secondaries, a switch whose rules change a while after
 * they were wanted, and two mobile nodes. At first everything happens at once: registrations, orders, drains, ports that go down, a
 * controller that is killed and comes back with what its journal holds; messages are lost, doubled and reordered. Then all is well and
 * must come to rest; then the mobile nodes fall silent and nothing may be left.
 */
final class DelegationHistory implements PlayedHomeAgent.Link {

    private static final long LIFETIME_MILLIS = 12_000;
    private static final long REFRESH_MILLIS = 4_000;
    private static final long LONGEST_REST_MILLIS = 80_000;
    private static final int MOBILE_NODES = 2;

    private record Event(long atMillis, long order, Runnable action) {}

    private static final class MobileNode {
        int homeAgent;
        Ipv6Address careOfAddress = Ipv6Address.UNSPECIFIED;
        boolean away;
        int sequence;
        int changes;
    }

    final Random random;
    private final StringBuilder log = new StringBuilder();
    private final boolean logged;
    private final PriorityQueue<Event> events = new PriorityQueue<>((one, other) -> one.atMillis != other.atMillis
            ? Long.compare(one.atMillis, other.atMillis)
            : Long.compare(one.order, other.order));
    private final List<PlayedHomeAgent> homeAgents = new ArrayList<>();
    private final List<MobileNode> mobileNodes = new ArrayList<>();
    private final List<byte[]> journal = new ArrayList<>();
    /** What the switch has: where home addresses are steered, and reverse tunnels. */
    private final Map<Ipv6Address, Integer> steered = new HashMap<>();

    private final Map<ReverseTunnel, Integer> reversed = new HashMap<>();
    private final HomeNetworkConfig config = Scene.config().withDelegation(DelegationScene.CONFIG);
    private HomeNetwork network;
    private boolean up = true;
    private int incarnation;
    private long plannedMillis = Long.MAX_VALUE;
    private long switchFreeMillis;
    private long order;
    private long nowMillis = 1_700_000_000_000L;
    private double loss;
    private double duplication;
    private int longestDelayMillis;
    private boolean crashed;
    private boolean ended;

    DelegationHistory(long seed, boolean logged) {
        random = new Random(seed);
        this.logged = logged;
        network = new HomeNetwork(config, seed);
        loss = random.nextInt(3) * 0.15;
        duplication = random.nextInt(3) * 0.1;
        longestDelayMillis = 1 + random.nextInt(random.nextBoolean() ? 10 : 400);
        boolean strict = random.nextInt(3) == 0;
        for (int n = 1; n <= 3; n++) {
            homeAgents.add(new PlayedHomeAgent(n, strict, random.nextInt(600), this));
            advertise(n);
        }
        for (int i = 0; i < MOBILE_NODES; i++) {
            MobileNode mobileNode = new MobileNode();
            mobileNode.homeAgent = 1 + random.nextInt(3);
            mobileNodes.add(mobileNode);
        }
    }

    // The clock.

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(nowMillis);
    }

    @Override
    public void at(long atMillis, Runnable action) {
        events.add(new Event(Math.max(atMillis, nowMillis), order++, action));
    }

    private void after(long millis, Runnable action) {
        at(nowMillis + millis, action);
    }

    private void runUntil(long untilMillis) {
        while (!events.isEmpty() && events.peek().atMillis <= untilMillis) {
            Event next = events.remove();
            nowMillis = next.atMillis;
            next.action.run();
            checkSteering();
        }
        nowMillis = Math.max(nowMillis, untilMillis);
    }

    private void log(Object... words) {
        if (logged) {
            log.append(nowMillis % 1_000_000);
            for (Object word : words) {
                log.append(' ').append(word);
            }
            log.append('\n');
        }
    }

    // The controller.

    private void take(Decision decision) {
        for (Change change : decision.changes()) {
            Optional<Ipv6Address> homeAddress = change.touched().homeAddress();
            Optional<ReverseTunnel> before = homeAddress.flatMap(network.steeringPlan()::reverseTunnelOf);
            network.apply(change);
            if (change.durable()) {
                ByteBuffer out = ByteBuffer.allocate(ChangeCodec.MAX_LENGTH);
                ChangeCodec.write(change, out);
                byte[] octets = new byte[out.position()];
                out.flip().get(octets);
                journal.add(octets);
            }
            change.touched().reverseTunnel().ifPresent(this::changeRules);
            homeAddress.ifPresent(touched -> {
                changeRules(touched);
                before.ifPresent(this::changeRules);
                network.steeringPlan().reverseTunnelOf(touched).ifPresent(this::changeRules);
            });
        }
        for (Effect effect : decision.effects()) {
            if (effect instanceof SendForwardingMessage send) {
                log("controller ->", send.destination(), send.message());
                transmit(() -> at(send.destination()).onMessage(REPRESENTATIVE, send.message()), () -> true);
            } else if (effect instanceof AwaitSteering awaited) {
                int life = incarnation;
                toSwitch(() -> {
                    if (up && incarnation == life) {
                        take(network.onSteered(now(), awaited.homeAddress(), awaited.epoch()));
                    }
                });
            }
        }
        plan();
    }

    /** Messages to the switch arrive in their order. */
    private void toSwitch(Runnable action) {
        switchFreeMillis = Math.max(switchFreeMillis, nowMillis) + random.nextInt(20);
        at(switchFreeMillis, action);
    }

    private void changeRules(Ipv6Address homeAddress) {
        Optional<Integer> wanted =
                network.steeringPlan().forwarderOf(homeAddress).map(this::numberOf);
        toSwitch(() -> wanted.ifPresentOrElse(n -> steered.put(homeAddress, n), () -> steered.remove(homeAddress)));
    }

    private void changeRules(ReverseTunnel tunnel) {
        Optional<Integer> wanted = network.steeringPlan().forwarderOf(tunnel).map(this::numberOf);
        toSwitch(() -> wanted.ifPresentOrElse(n -> reversed.put(tunnel, n), () -> reversed.remove(tunnel)));
    }

    private int numberOf(SteeredHomeAgent homeAgent) {
        return (int) homeAgent.linkLocalAddress().low();
    }

    private void plan() {
        long next = network.nextDeadline().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
        if (next < plannedMillis) {
            plannedMillis = next;
            int life = incarnation;
            at(next, () -> {
                if (up && incarnation == life && plannedMillis == next) {
                    plannedMillis = Long.MAX_VALUE;
                    take(network.onDeadline(now()));
                }
            });
        }
    }

    private void crashController() {
        if (!up) {
            return;
        }
        log("controller dies");
        crashed = true;
        up = false;
        incarnation++;
        after(random.nextInt(6000), () -> {
            log("controller is back");
            up = true;
            plannedMillis = Long.MAX_VALUE;
            network = new HomeNetwork(config, random.nextLong());
            for (byte[] octets : journal) {
                try {
                    network.apply(ChangeCodec.read(ByteBuffer.wrap(octets)));
                } catch (MalformedChangeException e) {
                    throw new AssertionError(e);
                }
            }
            // The reconciler reads what the switch has, and repairs it.
            List<Ipv6Address> all = new ArrayList<>(steered.keySet());
            network.steeringPlan().forEachPin(pin -> all.add(pin.homeAddress()));
            all.forEach(this::changeRules);
            List<ReverseTunnel> tunnels = new ArrayList<>(reversed.keySet());
            network.steeringPlan().forEachReverseTunnel(tunnels::add);
            tunnels.forEach(this::changeRules);
            plan();
        });
    }

    private void advertise(int n) {
        List<NdOption> options = List.of(
                new PrefixInformation(
                        64, PrefixInformation.ON_LINK | PrefixInformation.ROUTER_ADDRESS, 86400, 86400, global(n)),
                new HomeAgentInformation(10, 1800));
        take(network.onRouterAdvertisement(
                now(),
                new PacketOrigin(port(n), mac(n), Scene.linkLocal(n), Ipv6Address.ALL_NODES),
                new RouterAdvertisement(64, RouterAdvertisement.HOME_AGENT, 1800, 0, 0, options)));
    }

    // The home link.

    @Override
    public void send(PlayedHomeAgent from, Ipv6Address to, ForwardingMessage message) {
        log(from.address, "->", to, message);
        int life = incarnation;
        if (to.equals(REPRESENTATIVE)) {
            PacketOrigin origin = new PacketOrigin(port(from.number), mac(from.number), from.address, REPRESENTATIVE);
            // What sessions are for, in short: nothing for a former life is taken.
            transmit(
                    () -> take(network.onForwardingMessage(now(), origin, 1, message)),
                    () -> up && incarnation == life);
        } else {
            transmit(() -> at(to).onMessage(from.address, message), () -> true);
        }
    }

    private interface Condition {
        boolean holds();
    }

    private void transmit(Runnable delivery, Condition condition) {
        int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            after(random.nextInt(longestDelayMillis), () -> {
                if (condition.holds()) {
                    delivery.run();
                }
            });
        }
    }

    private PlayedHomeAgent at(Ipv6Address address) {
        return homeAgents.get((int) address.low() - 0x11);
    }

    @Override
    public void acknowledged(PlayedHomeAgent by, Registration registration) {
        acknowledge(by.number, registration.homeAddress(), registration.careOfAddress(), LIFETIME_MILLIS);
    }

    private void acknowledge(int n, Ipv6Address homeAddress, Ipv6Address careOfAddress, long lifetimeMillis) {
        log("acknowledgement", n, homeAddress, careOfAddress, lifetimeMillis);
        if (!up) {
            return;
        }
        MobileNode mobileNode = mobileNodes.get((int) homeAddress.low() - 0x101);
        PacketOrigin origin = new PacketOrigin(port(n), mac(n), global(n), careOfAddress);
        take(network.onBindingAcknowledgement(
                now(),
                origin,
                homeAddress,
                BindingAcknowledgement.of(
                        BindingStatus.BINDING_UPDATE_ACCEPTED,
                        0,
                        new SequenceNumber(mobileNode.sequence),
                        BindingLifetime.atLeast(Duration.ofMillis(lifetimeMillis)),
                        List.of())));
    }

    private void bindingUpdate(int i, long lifetimeMillis) {
        MobileNode mobileNode = mobileNodes.get(i);
        mobileNode.sequence++;
        log("update", home(i + 1), "at", mobileNode.homeAgent, mobileNode.careOfAddress, lifetimeMillis);
        if (up) {
            PacketOrigin origin = new PacketOrigin(
                    Scene.ROUTER_PORT, Scene.ROUTER_MAC, mobileNode.careOfAddress, global(mobileNode.homeAgent));
            take(network.onBindingUpdate(
                    now(),
                    origin,
                    home(i + 1),
                    BindingUpdate.of(
                            new SequenceNumber(mobileNode.sequence),
                            BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                            BindingLifetime.atLeast(Duration.ofMillis(lifetimeMillis)),
                            List.of())));
        }
    }

    private void register(int i, boolean elsewhere) {
        MobileNode mobileNode = mobileNodes.get(i);
        if (elsewhere) {
            mobileNode.careOfAddress = new Ipv6Address(0x2001_0db8_0003_0000L, 1 + random.nextInt(1000));
        }
        mobileNode.away = true;
        bindingUpdate(i, LIFETIME_MILLIS);
        homeAgents
                .get(mobileNode.homeAgent - 1)
                .onBindingUpdate(home(i + 1), mobileNode.careOfAddress, LIFETIME_MILLIS);
    }

    private void deregister(int i) {
        MobileNode mobileNode = mobileNodes.get(i);
        if (!mobileNode.away) {
            return;
        }
        mobileNode.away = false;
        mobileNode.changes++;
        bindingUpdate(i, 0);
        homeAgents.get(mobileNode.homeAgent - 1).onDeregistration(home(i + 1));
        acknowledge(mobileNode.homeAgent, home(i + 1), mobileNode.careOfAddress, 0);
    }

    private void refresh(int i) {
        after(REFRESH_MILLIS, () -> {
            if (!ended) {
                if (mobileNodes.get(i).away) {
                    register(i, false);
                }
                refresh(i);
            }
        });
    }

    // What happens.

    void run() {
        for (int i = 0; i < MOBILE_NODES; i++) {
            register(i, true);
            refresh(i);
        }
        int chaosMillis = 1000 + random.nextInt(5000);
        int count = 3 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            after(random.nextInt(chaosMillis), this::somethingHappens);
        }
        runUntil(nowMillis + chaosMillis);
        calm();
        comeToRest();
        endAll();
    }

    private void somethingHappens() {
        int i = random.nextInt(MOBILE_NODES);
        MobileNode mobileNode = mobileNodes.get(i);
        int n = 1 + random.nextInt(3);
        switch (random.nextInt(13)) {
            case 0, 1 -> register(i, true);
            case 2 -> register(i, false);
            case 3 -> {
                mobileNode.changes += n == mobileNode.homeAgent ? 0 : 1;
                mobileNode.homeAgent = n;
                register(i, true);
            }
            case 4 -> deregister(i);
            case 5 -> controller(() -> take(network.drain(now(), global(n))));
            case 6 -> controller(() -> take(network.undrain(now(), global(n))));
            case 7 -> controller(() -> take(network.onHomeAgentUnreachable(now(), port(n))));
            case 8 -> controller(() -> take(network.onPortUp(now(), port(n))));
            case 9 -> crashController();
            default ->
                controller(() -> take(
                        network.requestMigration(now(), home(i + 1), global(n)).decision()));
        }
    }

    private void controller(Runnable action) {
        if (up) {
            action.run();
        }
    }

    private void calm() {
        log("calm");
        loss = 0;
        duplication = 0;
        longestDelayMillis = 2;
        after(6000, () -> {
            for (int n = 1; n <= 3; n++) {
                take(network.undrain(now(), global(n)));
                take(network.onPortUp(now(), port(n)));
            }
        });
    }

    private void comeToRest() {
        long latest = nowMillis + LONGEST_REST_MILLIS;
        runUntil(nowMillis + 7000);
        while (nowMillis < latest && firstComplaint().isPresent()) {
            runUntil(nowMillis + 1000);
        }
        Optional<String> complaint = firstComplaint();
        assertThat(complaint).as("at rest%n%s", log).isEmpty();
    }

    private Optional<String> firstComplaint() {
        if (!up) {
            return Optional.of("the controller is away");
        }
        for (int i = 0; i < MOBILE_NODES; i++) {
            Optional<String> complaint = complaint(mobileNodes.get(i), home(i + 1));
            if (complaint.isPresent()) {
                return complaint;
            }
        }
        boolean busy = network.migrations().stream()
                .anyMatch(migration ->
                        !migration.state().equals("done") && !migration.state().equals("failed"));
        return busy ? Optional.of("a migration is under way") : Optional.empty();
    }

    private Optional<String> complaint(MobileNode mobileNode, Ipv6Address homeAddress) {
        PlayedHomeAgent primary = homeAgents.get(mobileNode.homeAgent - 1);
        Optional<SteeredHomeAgent> forwarder = network.steeringPlan().forwarderOf(homeAddress);
        if (!mobileNode.away) {
            return forwarder.isPresent() || steered.containsKey(homeAddress)
                    ? Optional.of("steered although not bound: " + homeAddress)
                    : Optional.empty();
        }
        Optional<Delegation> delegation = primary.primary.delegation(homeAddress);
        if (forwarder.isEmpty() || delegation.isEmpty() || !primary.isBound(homeAddress)) {
            return Optional.of("not bound: " + homeAddress);
        }
        Ipv6Address holder = delegation.get().holder();
        int wanted = (int) holder.low() - 0x10;
        ReverseTunnel tunnel = new ReverseTunnel(mobileNode.careOfAddress, primary.address);
        boolean shared = mobileNodes.stream()
                        .filter(other -> other.away
                                && other.homeAgent == mobileNode.homeAgent
                                && other.careOfAddress.equals(mobileNode.careOfAddress))
                        .count()
                > 1;
        Integer reverse = reversed.get(tunnel);
        if (numberOf(forwarder.get()) != wanted
                || !steered.getOrDefault(homeAddress, 0).equals(wanted)) {
            return Optional.of(homeAddress + " is steered to " + steered.get(homeAddress) + ", and held by " + holder);
        } else if (!shared && (reverse == null ? mobileNode.homeAgent : reverse) != wanted) {
            return Optional.of("the reverse tunnel of " + homeAddress + " leads to " + reverse + ", held by " + holder);
        } else if (!at(holder).tunnel(homeAddress).equals(Optional.of(mobileNode.careOfAddress))) {
            return Optional.of("no tunnel at " + holder + " for " + homeAddress);
        } else if (!delegation.get().reported() || !delegation.get().others().isEmpty()) {
            return Optional.of("not settled: " + delegation.get());
        }
        for (PlayedHomeAgent other : homeAgents) {
            if (!other.address.equals(holder)
                    && other.secondary.entry(homeAddress).isPresent()) {
                return Optional.of("orphan at " + other.address + " of " + homeAddress);
            }
        }
        return Optional.empty();
    }

    /** At every moment packets come to who has a tunnel, while no process dies and the mobile node goes nowhere twice. */
    private void checkSteering() {
        for (int i = 0; i < MOBILE_NODES && !crashed && !ended; i++) {
            MobileNode mobileNode = mobileNodes.get(i);
            Integer to = steered.get(home(i + 1));
            if (to != null && mobileNode.away && mobileNode.changes == 0) {
                assertThat(homeAgents.get(to - 1).tunnel(home(i + 1)))
                        .as("%s is steered to %d at %d%n%s", home(i + 1), to, nowMillis % 1_000_000, log)
                        .isPresent();
            }
        }
    }

    private void endAll() {
        log("end");
        ended = true;
        runUntil(nowMillis + 3 * LIFETIME_MILLIS);
        assertThat(network.steeringPlan().pinCount()).as("bindings%n%s", log).isZero();
        assertThat(steered).as("rules%n%s", log).isEmpty();
        assertThat(reversed).as("rules of reverse tunnels%n%s", log).isEmpty();
        for (PlayedHomeAgent homeAgent : homeAgents) {
            assertThat(homeAgent.secondary.entries()).as("entries%n%s", log).isEmpty();
            assertThat(homeAgent.primary.delegations())
                    .as("delegations%n%s", log)
                    .isEmpty();
        }
    }
}
