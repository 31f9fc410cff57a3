package dev.roost.mobilenode.movement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobilenode.movement.World.Manner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Moves, failures and strange messages in random order, with what must hold whatever happens. */
final class MobileNodeRandomWalkTest {
    private static final List<World.Link> LINKS = List.of(World.AWAY_A, World.AWAY_B, World.HOME);
    private static final List<Ipv6Address> HOME_AGENTS = List.of(World.HA1, World.HA2, World.HA3);
    private static final int[] STATUSES = {0, 0, 0, 1, 128, 130, 133, 134, 135, 146};

    @Test
    void neverLoopsNeverFloodsAndFindsItsWayWhenTheWorldIsGoodAgain() {
        for (long seed = 1; seed <= 60; seed++) {
            walk(seed);
        }
    }

    private static void walk(long seed) {
        Random random = new Random(seed);
        World world = World.on(LINKS.get(random.nextInt(LINKS.size())));
        try {
            for (int i = 0; i < 150; i++) {
                happen(world, random);
                // World fails the test when deadlines come without time passing.
                world.runFor(Duration.ofMillis(1 + random.nextInt(3000)));
            }
            HOME_AGENTS.forEach(homeAgent -> world.homeAgents.put(homeAgent, Manner.accept()));
            world.discovery = () -> Optional.of(HOME_AGENTS);
            world.taken.clear();
            world.carryOut(world.node.onLinkUp(world.now()));
            world.plugInto(World.AWAY_A);
            world.runFor(Duration.ofMinutes(5));
            assertThat(world.last(Effect.OpenTunnel.class).careOfAddress()).isEqualTo(World.CARE_OF_A);
            assertFloodsNobody(world);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static void happen(World world, Random random) {
        Ipv6Address homeAgent = HOME_AGENTS.get(random.nextInt(HOME_AGENTS.size()));
        switch (random.nextInt(10)) {
            case 0, 1 -> world.plugInto(LINKS.get(random.nextInt(LINKS.size())));
            case 2 -> world.unplug();
            case 3 -> world.carryOut(world.node.onLinkDown(world.now()));
            case 4 -> world.carryOut(world.node.onLinkUp(world.now()));
            case 5 -> world.homeAgents.put(homeAgent, random.nextBoolean() ? Manner.accept() : Manner.silent());
            case 6 -> world.homeAgents.put(homeAgent, Manner.refuse(STATUSES[3 + random.nextInt(7)]));
            case 7 -> {
                boolean answers = random.nextInt(4) > 0;
                world.discovery = () -> answers ? Optional.of(HOME_AGENTS) : Optional.empty();
            }
            case 8 -> {
                for (int i = 0; i < 30; i++) {
                    world.acknowledge(
                            homeAgent,
                            random.nextBoolean() ? World.CARE_OF_A : World.CARE_OF_B,
                            random.nextInt(3) == 0 ? Optional.empty() : Optional.of(World.HOME_ADDRESS),
                            World.acknowledgement(
                                    STATUSES[random.nextInt(STATUSES.length)],
                                    new SequenceNumber(random.nextInt(1 << 16)),
                                    random.nextInt(1000)));
                }
            }
            default -> world.discoveryReply(random.nextInt(1 << 16), HOME_AGENTS);
        }
    }

    private static void assertFloodsNobody(World world) {
        List<World.Seen> updates = world.seen.stream()
                .filter(seen -> seen.effect() instanceof Effect.SendBindingUpdate update
                        && !update.source().equals(World.HOME_ADDRESS))
                .toList();
        for (int i = HomeRegistration.MAX_UPDATE_RATE; i < updates.size(); i++) {
            Duration gap = updates.get(i)
                    .at()
                    .minus(updates.get(i - HomeRegistration.MAX_UPDATE_RATE).at());
            assertThat(gap).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }
}
