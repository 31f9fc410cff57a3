package dev.roost.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.PrimarySettings.Mode;
import dev.roost.delegation.PrimarySettings.Policy;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Far more mobile nodes at once than a secondary can take in the time of all retransmissions: in the end it forwards for all of them. */
final class SlowSecondaryTest {
    private static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    private static final Ipv6Address PRIMARY = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address SECONDARY = Ipv6Address.parse("2001:db8:1::12");
    private static final int MOBILE_NODES = 10_000;
    private static final int SERVED_PER_SECOND = 1000;
    private static final long LIFETIME_MILLIS = 600_000;

    private final SimulatedNetwork network = new SimulatedNetwork(1, false, Optional.empty());
    private final Admissions admissions = new Admissions();

    /** When the last registration was accepted. */
    private final class Admissions implements SimulatedHomeAgent.Bindings {
        private int count;
        private long lastMillis;

        @Override
        public void onAccepted(SimulatedHomeAgent primary, Registration registration, long updatedAtMillis) {
            count++;
            lastMillis = network.nowMillis;
        }

        @Override
        public void onReleased(SimulatedHomeAgent primary, Ipv6Address homeAddress) {}
    }

    /** A home agent that takes one message after another, and loses those that its queue has no room for. */
    private final class Busy implements SimulatedNetwork.Host {
        private static final int ROOM = 4000;

        private final SimulatedHomeAgent homeAgent;
        private final Queue<Runnable> queue = new ArrayDeque<>();
        private int dropped;
        private boolean stalled;

        Busy(SimulatedHomeAgent homeAgent) {
            this.homeAgent = homeAgent;
            serve();
        }

        private void serve() {
            if (!stalled && !queue.isEmpty()) {
                queue.remove().run();
            }
            network.after(1000 / SERVED_PER_SECOND, this::serve);
        }

        @Override
        public void onMessage(Ipv6Address peer, long session, ForwardingMessage message) {
            if (queue.size() < ROOM) {
                queue.add(() -> homeAgent.onMessage(peer, session, message));
            } else {
                dropped++;
            }
        }

        @Override
        public Ipv6Address address() {
            return homeAgent.address();
        }

        @Override
        public boolean isUp() {
            return true;
        }

        @Override
        public int incarnation() {
            return homeAgent.incarnation();
        }

        @Override
        public boolean isOutstanding(long identifier) {
            return homeAgent.isOutstanding(identifier);
        }
    }

    private final SimulatedHomeAgent primary = homeAgent(settings(PRIMARY, Mode.LATE, Policy.NONE));
    private final Busy secondary = new Busy(homeAgent(settings(SECONDARY, Mode.LATE, Policy.NONE)));

    SlowSecondaryTest() {
        network.attach(primary);
        network.attach(secondary);
    }

    private SimulatedHomeAgent homeAgent(PrimarySettings settings) {
        return new SimulatedHomeAgent(
                network,
                admissions,
                settings,
                new SecondarySettings(
                        settings.address(), PREFIX, Set.of(settings.address()), Optional.empty(), MOBILE_NODES),
                0,
                RequestWindows.MOST);
    }

    private static PrimarySettings settings(Ipv6Address address, Mode mode, Policy policy, Ipv6Address... secondaries) {
        return new PrimarySettings(
                address,
                PREFIX,
                mode,
                List.of(secondaries),
                Optional.empty(),
                policy,
                100,
                PrimarySettings.OuterSource.PRIMARY,
                Duration.ofSeconds(3),
                true,
                MOBILE_NODES);
    }

    private void delegateTo(Mode mode, Policy policy) {
        primary.reconfigure(settings(PRIMARY, mode, policy, SECONDARY));
        pass(Duration.ofSeconds(1));
    }

    private void registerAll() {
        for (int i = 0; i < MOBILE_NODES; i++) {
            register(i);
        }
    }

    private void register(int number) {
        Ipv6Address homeAddress = new Ipv6Address(PREFIX.address().high(), 0x10000 + number);
        primary.onBindingUpdate(
                homeAddress, new Ipv6Address(0x2001_0db8_0003_0000L, 1 + number), LIFETIME_MILLIS, true);
    }

    private void pass(Duration time) {
        long end = network.nowMillis + time.toMillis();
        while (network.step(end)) {
            // until then
        }
    }

    private int forwarded() {
        return secondary.homeAgent.secondary.size();
    }

    @Test
    void strictRegistrationsWaitForTheirTurnAndAreAllDelegated() {
        delegateTo(Mode.STRICT, Policy.NONE);
        long began = network.nowMillis;
        registerAll();
        pass(Duration.ofSeconds(2 * MOBILE_NODES / SERVED_PER_SECOND));

        assertThat(forwarded()).isEqualTo(MOBILE_NODES);
        assertThat(primary.primary.heldBy(SECONDARY)).isEqualTo(MOBILE_NODES);
        assertThat(admissions.count).isEqualTo(MOBILE_NODES);
        assertThat(admissions.lastMillis - began)
                .as("no mobile node waits longer than for no answer")
                .isLessThan(3500);
        assertThat(primary.count(DelegationCounter.REQUESTS_UNANSWERED)).isZero();
        assertThat(primary.count(DelegationCounter.RETRANSMISSIONS)).isLessThan(MOBILE_NODES / 10);
        assertThat(secondary.dropped).isZero();
    }

    @Test
    void aBindingUpdateThatIsRepeatedByOneThatHasWaitedLongIsAnsweredAtOnce() {
        delegateTo(Mode.STRICT, Policy.NONE);
        registerAll();
        pass(Duration.ofMillis(3500));
        assertThat(admissions.count).isEqualTo(MOBILE_NODES);
        assertThat(forwarded()).isLessThan(MOBILE_NODES);

        register(MOBILE_NODES - 1);
        pass(Duration.ofMillis(10));

        assertThat(admissions.count).isEqualTo(MOBILE_NODES + 1);
    }

    @Test
    void anAddedSecondaryGetsItsHalfAtItsOwnPace() {
        registerAll();
        assertThat(admissions.count).isEqualTo(MOBILE_NODES);
        delegateTo(Mode.LATE, Policy.EQUAL);
        pass(Duration.ofSeconds(MOBILE_NODES / SERVED_PER_SECOND));

        assertThat(forwarded()).isEqualTo(MOBILE_NODES / 2);
        assertThat(primary.primary.heldBy(SECONDARY)).isEqualTo(MOBILE_NODES / 2);
        assertThat(primary.count(DelegationCounter.REQUESTS_UNANSWERED)).isZero();
        assertThat(primary.count(DelegationCounter.RETRANSMISSIONS)).isLessThan(MOBILE_NODES / 10);
        assertThat(secondary.dropped).isZero();
    }

    @Test
    void oneThatStallsInTheMiddleGetsThemAllOnceItGoesOn() {
        registerAll();
        delegateTo(Mode.STRICT, Policy.NONE);
        pass(Duration.ofSeconds(MOBILE_NODES / SERVED_PER_SECOND / 2));
        assertThat(forwarded()).isPositive().isLessThan(MOBILE_NODES);

        secondary.stalled = true;
        pass(Duration.ofSeconds(30));
        assertThat(primary.primary.heldBy(PRIMARY))
                .as("taken back, as from one that is dead")
                .isEqualTo(MOBILE_NODES);
        assertThat(primary.count(DelegationCounter.RETRANSMISSIONS))
                .as("little is said to who does not answer")
                .isLessThan(3 * MOBILE_NODES);

        secondary.stalled = false;
        pass(Duration.ofSeconds(6 * MOBILE_NODES / SERVED_PER_SECOND));
        assertThat(forwarded()).isEqualTo(MOBILE_NODES);
        assertThat(primary.primary.heldBy(SECONDARY)).isEqualTo(MOBILE_NODES);
        assertThat(secondary.dropped).isZero();
    }
}
