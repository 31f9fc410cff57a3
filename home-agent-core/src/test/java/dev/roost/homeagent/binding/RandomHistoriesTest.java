package dev.roost.homeagent.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Mobile nodes that do anything in any order, on few addresses so that they meet: whatever happens, the state on disk rebuilds the
 * state in memory, the tunnels are those of the bindings, no packet can go round in circles, and limits hold.
 */
final class RandomHistoriesTest {
    private static final int HISTORIES = 40;
    private static final int EVENTS = 2000;
    private static final int NODES = 8;
    private static final int LIMIT = 5;
    private static final MacAddress STRANGER = MacAddress.parse("02:00:00:00:99:99");

    @Test
    void keepsItsPromisesThroughAnyHistory() {
        long seed = System.nanoTime();
        for (int i = 0; i < HISTORIES; i++) {
            new History(seed + i).run();
        }
    }

    private static final class History {
        private final long seed;
        private final Random random;
        private final HomeLink link =
                new HomeLink(settings -> RegistrationTest.withLimit(settings, LIMIT), BindingAuthenticator.none());
        private final HomeLink fromDisk =
                new HomeLink(settings -> RegistrationTest.withLimit(settings, LIMIT), BindingAuthenticator.none());
        private final Map<Ipv6Address, Ipv6Address> tunnels = new HashMap<>();
        private final Map<Ipv6Address, Integer> sequences = new HashMap<>();

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int i = 0; i < EVENTS; i++) {
                step();
                link.now = link.now.plusMillis(random.nextInt(400));
                take(link.agent.onDeadline(link.now));
                check();
            }
        }

        private void step() {
            Ipv6Address home = home();
            switch (random.nextInt(8)) {
                case 0 -> take(link.agent.onNeighborAdvertisement(STRANGER, home));
                case 1 -> take(link.agent.onNeighborSolicitation(STRANGER, Ipv6Address.UNSPECIFIED, home));
                case 2 -> update(home, 0);
                default -> update(home, 4 * (1 + random.nextInt(5)));
            }
        }

        private void update(Ipv6Address home, int lifetimeSeconds) {
            int sequence = sequences.merge(home, 1 + random.nextInt(3) - 1, Integer::sum) & 0xffff;
            Ipv6Address careOf =
                    random.nextInt(3) == 0 ? home() : new Ipv6Address(0x2001_0db8_0003_0000L, random.nextInt(4) + 1);
            var update = HomeLink.updateWithAlternate(sequence, lifetimeSeconds, careOf);
            Origin origin = HomeLink.away(HomeLink.CARE_OF_ADDRESS, Optional.of(home));
            take(link.agent.onBindingUpdate(link.now, new BindingRequest(origin, careOf, update)));
        }

        private void take(Decision decision) {
            Set<Ipv6Address> boundBefore = bound();
            link.take(decision);
            for (BindingChange change : decision.changes()) {
                if (change.durable()) {
                    fromDisk.agent.apply(change);
                }
                if (change instanceof BindingRegistered registered) {
                    tunnels.put(change.homeAddress(), registered.binding().careOfAddress());
                } else if (change instanceof BindingMoved moved) {
                    tunnels.put(change.homeAddress(), moved.binding().careOfAddress());
                } else if (change instanceof BindingReleased) {
                    assertThat(boundBefore).as(because()).contains(change.homeAddress());
                    tunnels.remove(change.homeAddress());
                }
            }
            for (Effect effect : link.drain()) {
                checkTruthful(effect);
            }
        }

        /** Who is told that he is bound is bound, for as long as he is told. */
        private void checkTruthful(Effect effect) {
            if (effect instanceof Effect.Send send
                    && send.packet().payload() instanceof BindingAcknowledgement acknowledgement
                    && acknowledgement.status().isAccepted()) {
                Ipv6Address home = send.packet().effectiveDestination();
                Duration left = link.agent
                        .binding(home)
                        .map(binding -> Duration.between(link.now, binding.expiresAt()))
                        .orElse(Duration.ZERO);
                assertThat(left.toSeconds())
                        .as(because())
                        .isEqualTo(acknowledgement.lifetime().toSeconds());
            }
        }

        private void check() {
            Map<Ipv6Address, Binding> bindings = byHomeAddress(link);
            assertThat(byHomeAddress(fromDisk)).as(because()).isEqualTo(bindings);
            assertThat(bindings.values().stream()
                            .collect(Collectors.toMap(Binding::homeAddress, Binding::careOfAddress)))
                    .as(because())
                    .isEqualTo(tunnels);
            assertThat(bindings.size() + link.agent.detectionsUnderWay())
                    .as(because())
                    .isLessThanOrEqualTo(LIMIT);
            for (Ipv6Address start : tunnels.keySet()) {
                Set<Ipv6Address> seen = new HashSet<>();
                for (Ipv6Address at = start; tunnels.containsKey(at); at = tunnels.get(at)) {
                    assertThat(seen.add(at))
                            .as(because() + ": a circle through " + at)
                            .isTrue();
                }
            }
        }

        private Set<Ipv6Address> bound() {
            return Set.copyOf(byHomeAddress(link).keySet());
        }

        private static Map<Ipv6Address, Binding> byHomeAddress(HomeLink link) {
            return link.agent.bindings().stream().collect(Collectors.toMap(Binding::homeAddress, Function.identity()));
        }

        private Ipv6Address home() {
            return new Ipv6Address(HomeLink.PREFIX.address().high(), 0x100 + random.nextInt(NODES));
        }

        private String because() {
            return "seed " + seed;
        }
    }
}
