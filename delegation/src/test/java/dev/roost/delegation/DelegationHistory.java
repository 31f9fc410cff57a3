package dev.roost.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One random history of three home agents, a controller and two mobile nodes: first everything happens at once and messages are lost,
 * doubled and reordered; then the network is well again and must come to rest; then the mobile nodes fall silent and nothing may be
 * left.
 */
final class DelegationHistory {
    private static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    private static final long LIFETIME_MILLIS = 12_000;
    private static final long REFRESH_MILLIS = 4_000;
    private static final long LONGEST_REST_MILLIS = 40_000;

    private final StringBuilder log = new StringBuilder();
    private final SimulatedNetwork network;
    private final SimulatedController controller;
    private final List<SimulatedHomeAgent> homeAgents = new ArrayList<>();
    private final List<MobileNode> mobileNodes = new ArrayList<>();
    private final boolean withCrashes;
    private final boolean skewed;
    private boolean chaos = true;
    private boolean ended;
    private int crashes;

    private static final class MobileNode {
        final Ipv6Address homeAddress;
        SimulatedHomeAgent primary;
        Ipv6Address careOfAddress = Ipv6Address.UNSPECIFIED;
        boolean away;
        long registeredAtMillis;
        long leftAtMillis;
        /** How often it has changed its primary, or come back before all had heard that it left. */
        int changes;

        MobileNode(Ipv6Address homeAddress, SimulatedHomeAgent primary) {
            this.homeAddress = homeAddress;
            this.primary = primary;
        }
    }

    /**
     * @param sealed every message goes through {@link MessageProtection} and back
     * @param logged messages are written down, for a person
     */
    DelegationHistory(long seed, boolean sealed, boolean logged) {
        network = new SimulatedNetwork(seed, sealed, logged ? Optional.of(log) : Optional.empty());
        controller = new SimulatedController(network, address(0xfe));
        network.attach(controller);
        withCrashes = network.random.nextInt(2) == 0;
        boolean strict = network.random.nextBoolean();
        long skew = !withCrashes && network.random.nextInt(2) == 0 ? 2000 : 0;
        skewed = skew != 0;
        var policies = PrimarySettings.Policy.values();
        for (int i = 1; i <= 3; i++) {
            var settings = new PrimarySettings(
                    address(i),
                    PREFIX,
                    strict ? PrimarySettings.Mode.STRICT : PrimarySettings.Mode.LATE,
                    others(i),
                    Optional.of(controller.address()),
                    policies[network.random.nextInt(policies.length)],
                    10,
                    network.random.nextInt(8) == 0
                            ? PrimarySettings.OuterSource.FORWARDER
                            : PrimarySettings.OuterSource.PRIMARY,
                    Duration.ofMillis(network.random.nextInt(600)),
                    true,
                    1000);
            var secondarySettings = new SecondarySettings(
                    address(i), PREFIX, Set.of(address(i)), Optional.of(controller.address()), 1000);
            long mySkew = skew == 0 ? 0 : network.random.nextLong(2 * skew) - skew;
            int mostRequests = network.random.nextBoolean() ? 1 : RequestWindows.MOST;
            var homeAgent =
                    new SimulatedHomeAgent(network, controller, settings, secondarySettings, mySkew, mostRequests);
            homeAgents.add(homeAgent);
            controller.add(homeAgent);
            network.attach(homeAgent);
        }
        network.loss = network.random.nextInt(3) * 0.15;
        network.duplication = network.random.nextInt(3) * 0.1;
        network.longestDelayMillis = 1 + network.random.nextInt(network.random.nextBoolean() ? 10 : 400);
        for (int i = 0; i < 2; i++) {
            mobileNodes.add(new MobileNode(
                    new Ipv6Address(PREFIX.address().high(), 0x100 + i), homeAgents.get(network.random.nextInt(3))));
        }
    }

    private static Ipv6Address address(int interfaceIdentifier) {
        return new Ipv6Address(PREFIX.address().high(), interfaceIdentifier);
    }

    private static List<Ipv6Address> others(int self) {
        List<Ipv6Address> others = new ArrayList<>(List.of(address(1), address(2), address(3)));
        others.remove(address(self));
        return others;
    }

    void run() {
        for (MobileNode mobileNode : mobileNodes) {
            move(mobileNode);
            refresh(mobileNode);
        }
        long chaosEnds = network.nowMillis + 1000 + network.random.nextInt(5000);
        int events = 3 + network.random.nextInt(8);
        for (int i = 0; i < events; i++) {
            network.after(network.random.nextInt((int) (chaosEnds - network.nowMillis)), this::somethingHappens);
        }
        runUntil(chaosEnds);
        calm();
        comeToRest();
        endAll();
    }

    private void runUntil(long untilMillis) {
        while (network.step(untilMillis)) {
            checkSteering();
        }
    }

    private void somethingHappens() {
        MobileNode mobileNode = mobileNodes.get(network.random.nextInt(mobileNodes.size()));
        SimulatedHomeAgent homeAgent = homeAgents.get(network.random.nextInt(3));
        switch (network.random.nextInt(withCrashes ? 14 : 11)) {
            case 0, 1 -> move(mobileNode);
            case 2 -> register(mobileNode);
            case 3 -> {
                if (network.nowMillis == mobileNode.registeredAtMillis) {
                    // Which of two registrations of one millisecond is the later one nobody can tell.
                    return;
                }
                if (skewed) {
                    // Nor when clocks disagree by more than lies between.
                    mobileNode.primary.onDeregistration(mobileNode.homeAddress);
                    mobileNode.leftAtMillis = network.nowMillis;
                }
                mobileNode.changes += homeAgent == mobileNode.primary ? 0 : 1;
                mobileNode.primary = homeAgent;
                move(mobileNode);
            }
            case 4 -> deregister(mobileNode);
            case 5 -> homeAgent.reconfigure(otherSecondaries(homeAgent.settings));
            case 11 -> crash(homeAgent, false);
            case 12 -> crash(homeAgent, true);
            case 13 -> crashController();
            default -> controller.order(mobileNode.homeAddress, homeAgent);
        }
    }

    private PrimarySettings otherSecondaries(PrimarySettings settings) {
        List<Ipv6Address> secondaries =
                new ArrayList<>(others((int) settings.address().low()));
        secondaries.remove(network.random.nextInt(2));
        return withSecondaries(settings, secondaries);
    }

    private static PrimarySettings withSecondaries(PrimarySettings settings, List<Ipv6Address> secondaries) {
        return new PrimarySettings(
                settings.address(),
                settings.prefix(),
                settings.mode(),
                secondaries,
                settings.controller(),
                settings.policy(),
                settings.transmitThreshold(),
                settings.outerSource(),
                settings.gracePeriod(),
                settings.forwardsItself(),
                settings.maximumMobileNodes());
    }

    private void move(MobileNode mobileNode) {
        mobileNode.careOfAddress = new Ipv6Address(0x2001_0db8_0003_0000L, 1 + network.random.nextInt(1000));
        register(mobileNode);
    }

    private void register(MobileNode mobileNode) {
        mobileNode.changes += network.nowMillis < mobileNode.leftAtMillis + 1000 ? 2 : 0;
        mobileNode.away = true;
        mobileNode.registeredAtMillis = network.nowMillis;
        if (mobileNode.primary.isUp()) {
            mobileNode.primary.onBindingUpdate(
                    mobileNode.homeAddress,
                    mobileNode.careOfAddress,
                    LIFETIME_MILLIS,
                    network.random.nextInt(10) != 0 || !chaos);
        }
    }

    private void deregister(MobileNode mobileNode) {
        if (mobileNode.primary.isUp()) {
            // One that withdraws before it was accepted leaves the binding that it had elsewhere.
            boolean wasAccepted = controller
                    .primary(mobileNode.homeAddress)
                    .filter(mobileNode.primary.address()::equals)
                    .isPresent();
            mobileNode.changes += wasAccepted ? 0 : 2;
            mobileNode.away = false;
            mobileNode.leftAtMillis = network.nowMillis;
            mobileNode.primary.onDeregistration(mobileNode.homeAddress);
        }
    }

    private void refresh(MobileNode mobileNode) {
        network.after(REFRESH_MILLIS, () -> {
            if (mobileNode.away && !ended) {
                register(mobileNode);
            }
            if (!ended) {
                refresh(mobileNode);
            }
        });
    }

    private void crash(SimulatedHomeAgent homeAgent, boolean losesDisk) {
        if (homeAgent.isUp()) {
            crashes++;
            homeAgent.crash(losesDisk);
            network.after(network.random.nextInt(6000), () -> {
                homeAgent.restart();
                network.after(500, () -> controller.onHomeAgentRestarted(homeAgent.address()));
            });
        }
    }

    private void crashController() {
        if (controller.isUp()) {
            crashes++;
            controller.crash();
            network.after(network.random.nextInt(6000), controller::restart);
        }
    }

    /** What the switches do at this moment is right: packets meet a tunnel. */
    private void checkSteering() {
        if (crashes > 0) {
            return;
        }
        for (MobileNode mobileNode : mobileNodes) {
            Optional<Ipv6Address> steeredTo = controller.steeredTo(mobileNode.homeAddress);
            // One that comes back to a former primary, or from home, at once may meet reports of before; one that waits
            // for another primary may lose a secondary which both of them asked.
            if (steeredTo.isPresent()
                    && mobileNode.away
                    && controller
                            .primary(mobileNode.homeAddress)
                            .filter(mobileNode.primary.address()::equals)
                            .isPresent()
                    && mobileNode.changes < 2
                    && at(steeredTo.orElseThrow())
                            .tunnel(mobileNode.homeAddress)
                            .isEmpty()) {
                throw new AssertionError("packets for " + mobileNode.homeAddress + " come to " + steeredTo.orElseThrow()
                        + ", which has no tunnel, at " + network.nowMillis + "\n" + log);
            }
            if (steeredTo.isPresent() && mobileNode.away && mobileNode.changes == 0) {
                checkQuiet(mobileNode);
            }
        }
    }

    /** When a primary has nothing more to do for a mobile node, all is as it should be, at this very moment. */
    private void checkQuiet(MobileNode mobileNode) {
        Ipv6Address homeAddress = mobileNode.homeAddress;
        Optional<Delegation> known =
                mobileNode.primary.primary.delegation(homeAddress).filter(this::isAtRest);
        if (known.isEmpty()) {
            return;
        }
        Delegation delegation = known.orElseThrow();
        Optional<Ipv6Address> wanted = delegation.registration().map(Registration::careOfAddress);
        boolean isRight = at(delegation.holder()).tunnel(homeAddress).equals(wanted);
        boolean hasOrphan = hasOrphan(mobileNode, delegation) && stopsGivenUp() == 0;
        if (!isRight || hasOrphan) {
            throw new AssertionError(
                    (isRight ? "somebody forwards beside the holder: " : "the holder has another tunnel: ") + delegation
                            + " at " + network.nowMillis + "\n" + log);
        }
    }

    private int stopsGivenUp() {
        return homeAgents.stream()
                .mapToInt(homeAgent -> homeAgent.count(DelegationCounter.REQUESTS_UNANSWERED))
                .sum();
    }

    private SimulatedHomeAgent at(Ipv6Address address) {
        return homeAgents.get((int) address.low() - 1);
    }

    private void calm() {
        chaos = false;
        network.loss = 0;
        network.duplication = 0;
        network.longestDelayMillis = 2;
        for (SimulatedHomeAgent homeAgent : homeAgents) {
            if (homeAgent.isUp() && homeAgent.settings.secondaries().size() < 2) {
                homeAgent.reconfigure(withSecondaries(
                        homeAgent.settings, others((int) homeAgent.address().low())));
            }
        }
    }

    private void comeToRest() {
        long latest = network.nowMillis + LONGEST_REST_MILLIS;
        do {
            runUntil(network.nowMillis + 1000);
        } while (network.nowMillis < latest && !isAtRest());
        for (MobileNode mobileNode : mobileNodes) {
            Optional<Ipv6Address> primary = controller.primary(mobileNode.homeAddress);
            assertThat(primary.isPresent()).as("bound%n%s", log).isEqualTo(mobileNode.away);
            primary.ifPresent(address -> checkAtRest(mobileNode, at(address)));
        }
    }

    private boolean isAtRest() {
        for (SimulatedHomeAgent homeAgent : homeAgents) {
            if (!homeAgent.isUp()) {
                return false;
            }
        }
        for (MobileNode mobileNode : mobileNodes) {
            Optional<Ipv6Address> primary = controller.primary(mobileNode.homeAddress);
            if (primary.isPresent() != mobileNode.away
                    || (primary.isPresent() && !primary.orElseThrow().equals(mobileNode.primary.address()))) {
                return false;
            }
            if (primary.isPresent()) {
                Optional<Delegation> delegation =
                        at(primary.orElseThrow()).primary.delegation(mobileNode.homeAddress);
                if (delegation.isEmpty()
                        || !isAtRest(delegation.orElseThrow())
                        || hasOrphan(mobileNode, delegation.orElseThrow())
                        || !reaches(mobileNode, delegation.orElseThrow())) {
                    return false;
                }
            }
        }
        return controller.isUp() && controller.isQuiet();
    }

    private boolean isAtRest(Delegation delegation) {
        return delegation.reported()
                && delegation.others().isEmpty()
                && delegation.progress().candidate().isEmpty()
                && delegation.progress().requests().isEmpty()
                && !delegation.progress().admissionPending()
                && delegation.progress().nextMillis() == DeadlineOrder.NEVER;
    }

    private boolean reaches(MobileNode mobileNode, Delegation delegation) {
        return controller
                        .steeredTo(mobileNode.homeAddress)
                        .filter(delegation.holder()::equals)
                        .isPresent()
                && at(delegation.holder())
                        .tunnel(mobileNode.homeAddress)
                        .filter(mobileNode.careOfAddress::equals)
                        .isPresent();
    }

    /** An entry whose Stop was lost five times lasts until its duration ends, which is still to come. */
    private boolean hasOrphan(MobileNode mobileNode, Delegation delegation) {
        for (SimulatedHomeAgent homeAgent : homeAgents) {
            if (!homeAgent.address().equals(delegation.holder())
                    && homeAgent.secondary.entry(mobileNode.homeAddress).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private void checkAtRest(MobileNode mobileNode, SimulatedHomeAgent primary) {
        Ipv6Address homeAddress = mobileNode.homeAddress;
        assertThat(primary).as("primary of %s%n%s", homeAddress, log).isSameAs(mobileNode.primary);
        Delegation delegation = primary.primary.delegation(homeAddress).orElseThrow();
        assertThat(isAtRest(delegation)).as("%s at rest%n%s", delegation, log).isTrue();
        assertThat(controller.steeredTo(homeAddress))
                .as("switches steer to the holder of %s%n%s", delegation, log)
                .contains(delegation.holder());
        for (SimulatedHomeAgent homeAgent : homeAgents) {
            Optional<Ipv6Address> tunnel = homeAgent.tunnel(homeAddress);
            if (homeAgent.address().equals(delegation.holder())) {
                assertThat(tunnel)
                        .as("tunnel at the holder of %s%n%s", delegation, log)
                        .contains(mobileNode.careOfAddress);
            } else {
                assertThat(homeAgent.secondary.entry(homeAddress))
                        .as("entry at %s beside %s%n%s", homeAgent.address(), delegation, log)
                        .isEmpty();
            }
        }
    }

    private void endAll() {
        ended = true;
        long latest = network.nowMillis + 3 * LIFETIME_MILLIS;
        runUntil(network.nowMillis + LIFETIME_MILLIS);
        while (network.nowMillis < latest && !isEmpty()) {
            runUntil(network.nowMillis + 1000);
        }
        for (SimulatedHomeAgent homeAgent : homeAgents) {
            assertThat(homeAgent.secondary.entries()).as("entries%n%s", log).isEmpty();
            assertThat(homeAgent.primary.delegations())
                    .as("delegations%n%s", log)
                    .isEmpty();
        }
    }

    private boolean isEmpty() {
        return homeAgents.stream()
                .allMatch(homeAgent -> homeAgent.secondary.size() == 0 && homeAgent.primary.size() == 0);
    }

    /** What has happened in it, so that a test can tell whether all of it does. */
    Map<DelegationCounter, Integer> counters() {
        Map<DelegationCounter, Integer> sum = new EnumMap<>(DelegationCounter.class);
        for (SimulatedHomeAgent homeAgent : homeAgents) {
            homeAgent.counters.forEach((counter, count) -> sum.merge(counter, count, Integer::sum));
        }
        return sum;
    }
}
