package dev.roost.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TopologyTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final SwitchId S1 = new SwitchId(1);
    private static final SwitchId S2 = new SwitchId(2);
    private static final SwitchId S3 = new SwitchId(3);
    private static final SwitchId S4 = new SwitchId(4);

    private final Topology topology = new Topology(Duration.ofSeconds(15), 64);

    @Test
    void takesTheLowestPortOfEquallyShortWaysWhateverTheOrderOfDiscovery() {
        List<Runnable> probes = new ArrayList<>(List.of(
                () -> bothWays(S1, 1, S2, 1),
                () -> bothWays(S1, 2, S3, 1),
                () -> bothWays(S2, 2, S4, 1),
                () -> bothWays(S3, 2, S4, 2)));
        Random random = new Random(7);

        for (int round = 0; round < 20; round++) {
            topology.expireLinks(START.plusSeconds(15));
            assertThat(topology.links()).isEmpty();
            connect(S1, S2, S3, S4);
            Collections.shuffle(probes, random);
            probes.forEach(Runnable::run);

            assertThat(topology.nextHop(S1, S4)).as("seed 7, round %d", round).hasValue(1);
            assertThat(topology.nextHop(S4, S1)).hasValue(1);
            assertThat(topology.nextHop(S2, S3)).hasValue(1);
        }
    }

    @Test
    void goesRoundAPortThatIsDownAtOnceAndBackWhenProbesComeThroughAgain() {
        ring();

        topology.onPortChanged(S1, port(1, false));

        assertThat(topology.nextHop(S1, S2)).hasValue(2);
        assertThat(topology.isEdge(new SwitchPort(S1, 1))).isTrue();
        assertThat(topology.isEdge(new SwitchPort(S1, 2))).isFalse();
        assertThat(topology.isEdge(new SwitchPort(S2, 1))).isTrue();

        topology.onPortChanged(S1, port(1, true));
        assertThat(topology.nextHop(S1, S2)).hasValue(2);
        bothWays(S1, 1, S2, 1);
        assertThat(topology.nextHop(S1, S2)).hasValue(1);
    }

    @Test
    void knowsNoWayToItselfNorToASwitchThatItHasNoLinkTo() {
        ring();

        assertThat(topology.nextHop(S1, S1)).isEmpty();
        assertThat(topology.nextHop(S1, S4)).isEmpty();
    }

    @Test
    void routesNothingOverALinkHeardOneWayButNoLongerTakesItsPortsForEdges() {
        connect(S1, S2);

        assertThat(topology.onLinkSeen(START, new SwitchPort(S1, 1), new SwitchPort(S2, 1)))
                .isTrue();

        assertThat(topology.nextHop(S1, S2)).isEmpty();
        assertThat(topology.nextHop(S2, S1)).isEmpty();
        assertThat(topology.isEdge(new SwitchPort(S1, 1))).isFalse();
        assertThat(topology.isEdge(new SwitchPort(S2, 1))).isFalse();
        assertThat(topology.isEdge(new SwitchPort(S2, 2))).isTrue();
    }

    @Test
    void dropsALinkWhoseProbesStopInOneDirection() {
        connect(S1, S2);
        bothWays(S1, 1, S2, 1);
        Instant later = START.plusSeconds(10);
        topology.onLinkSeen(later, new SwitchPort(S1, 1), new SwitchPort(S2, 1));

        assertThat(topology.nextDeadline()).hasValue(START.plusSeconds(15));
        assertThat(topology.expireLinks(START.plusMillis(14_999))).isFalse();
        assertThat(topology.nextHop(S1, S2)).hasValue(1);
        assertThat(topology.expireLinks(START.plusSeconds(15))).isTrue();

        assertThat(topology.nextHop(S1, S2)).isEmpty();
        assertThat(topology.links()).containsExactly(new Link(new SwitchPort(S1, 1), new SwitchPort(S2, 1), false));
        assertThat(topology.expireLinks(later.plusSeconds(15))).isTrue();
        assertThat(topology.isEdge(new SwitchPort(S1, 1))).isTrue();
        assertThat(topology.nextDeadline()).isEmpty();
    }

    @Test
    void ignoresAProbeThatComesBackToItsOwnSwitchOrNamesAPortThatIsDown() {
        connect(S1, S2);
        topology.onPortChanged(S2, port(3, false));
        long before = topology.version();

        topology.onLinkSeen(START, new SwitchPort(S1, 1), new SwitchPort(S1, 2));
        topology.onLinkSeen(START, new SwitchPort(S1, 1), new SwitchPort(S1, 1));
        topology.onLinkSeen(START, new SwitchPort(S1, 1), new SwitchPort(S2, 3));
        topology.onLinkSeen(START, new SwitchPort(S1, 99), new SwitchPort(S2, 1));
        topology.onLinkSeen(START, new SwitchPort(S4, 1), new SwitchPort(S2, 1));

        assertThat(topology.links()).isEmpty();
        assertThat(topology.version()).isEqualTo(before);
    }

    @Test
    void keepsItsVersionWhenALinkIsOnlyConfirmed() {
        connect(S1, S2);
        bothWays(S1, 1, S2, 1);
        long before = topology.version();

        assertThat(topology.onLinkSeen(START.plusSeconds(1), new SwitchPort(S1, 1), new SwitchPort(S2, 1)))
                .isFalse();
        topology.onPortChanged(S1, port(1, true));

        assertThat(topology.version()).isEqualTo(before);
    }

    @Test
    void findsAWayThroughAPlainSwitchWithSeveralOfOursBehindIt() {
        connect(S1, S2, S3);
        bothWays(S1, 1, S2, 1);
        bothWays(S1, 1, S3, 1);
        bothWays(S2, 1, S3, 1);

        assertThat(topology.nextHop(S1, S3)).hasValue(1);
        assertThat(topology.nextHop(S3, S2)).hasValue(1);
    }

    @Test
    void holdsNoMoreLinksThanItsLimitAndCountsTheRest() {
        Topology small = new Topology(Duration.ofSeconds(15), 1);
        small.onSwitchConnected(START, S1, ports());
        small.onSwitchConnected(START, S2, ports());

        small.onLinkSeen(START, new SwitchPort(S1, 1), new SwitchPort(S2, 1));
        small.onLinkSeen(START, new SwitchPort(S2, 1), new SwitchPort(S1, 1));

        assertThat(small.links()).hasSize(1);
        assertThat(small.linksRefused()).isEqualTo(1);
    }

    @Test
    void dropsLinksOfPortsThatAreGoneWhenASwitchComesBack() {
        ring();

        topology.onSwitchConnected(START, S1, List.of(port(2, true)));

        assertThat(topology.nextHop(S1, S2)).hasValue(2);
        assertThat(topology.port(new SwitchPort(S1, 1))).isEmpty();
        topology.onPortRemoved(new SwitchPort(S1, 2));
        assertThat(topology.nextHop(S1, S2)).isEmpty();
        assertThat(topology.ports(S1)).isEmpty();
    }

    @Test
    void everyWayIsLoopFreeAndAsShortAsThereIs() {
        long seed = 42;
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            Topology mesh = new Topology();
            List<SwitchId> ids =
                    IntStream.rangeClosed(1, 8).mapToObj(SwitchId::new).toList();
            ids.forEach(id -> mesh.onSwitchConnected(START, id, ports()));
            int[][] distance = new int[9][9];
            for (int[] row : distance) {
                java.util.Arrays.fill(row, 99);
            }
            for (int a = 1; a <= 8; a++) {
                distance[a][a] = 0;
                for (int b = a + 1; b <= 8; b++) {
                    if (random.nextInt(4) == 0) {
                        SwitchPort from = new SwitchPort(new SwitchId(a), b);
                        SwitchPort to = new SwitchPort(new SwitchId(b), a);
                        mesh.onLinkSeen(START, from, to);
                        mesh.onLinkSeen(START, to, from);
                        distance[a][b] = 1;
                        distance[b][a] = 1;
                    }
                }
            }
            for (int k = 1; k <= 8; k++) {
                for (int a = 1; a <= 8; a++) {
                    for (int b = 1; b <= 8; b++) {
                        distance[a][b] = Math.min(distance[a][b], distance[a][k] + distance[k][b]);
                    }
                }
            }
            for (int a = 1; a <= 8; a++) {
                for (int b = 1; b <= 8; b++) {
                    assertThat(hops(mesh, a, b))
                            .as("seed %d round %d from %d to %d", seed, round, a, b)
                            .isEqualTo(distance[a][b]);
                }
            }
        }
    }

    /** Port n of a switch leads to switch n here; 99 stands for no way. */
    private static int hops(Topology mesh, int from, int to) {
        int hops = 0;
        int at = from;
        while (at != to) {
            OptionalInt next = mesh.nextHop(new SwitchId(at), new SwitchId(to));
            if (next.isEmpty() || hops > 8) {
                return 99;
            }
            at = next.getAsInt();
            hops++;
        }
        return hops;
    }

    @Test
    void writesAndReadsDatapathIds() {
        assertThat(new SwitchId(0x0102_0304_0506_0a0fL)).hasToString("01:02:03:04:05:06:0a:0f");
        assertThat(SwitchId.parse("ff:02:03:04:05:06:0A:0F")).isEqualTo(new SwitchId(0xff02_0304_0506_0a0fL));
        assertThat(new SwitchId(-1)).isGreaterThan(new SwitchId(1));
        assertThatThrownBy(() -> SwitchId.parse("1"))
                .hasMessage("datapath id: wanted eight bytes like 00:00:00:00:00:00:00:01, got: 1");
    }

    private void ring() {
        connect(S1, S2, S3);
        bothWays(S1, 1, S2, 1);
        bothWays(S2, 2, S3, 1);
        bothWays(S3, 2, S1, 2);
    }

    private void connect(SwitchId... ids) {
        for (SwitchId id : ids) {
            topology.onSwitchConnected(START, id, ports());
        }
    }

    private void bothWays(SwitchId a, int portOfA, SwitchId b, int portOfB) {
        topology.onLinkSeen(START, new SwitchPort(a, portOfA), new SwitchPort(b, portOfB));
        topology.onLinkSeen(START, new SwitchPort(b, portOfB), new SwitchPort(a, portOfA));
    }

    private static List<PortDescription> ports() {
        return IntStream.rangeClosed(1, 8).mapToObj(n -> port(n, true)).toList();
    }

    private static PortDescription port(int number, boolean up) {
        return new PortDescription(number, "eth" + number, new MacAddress(0x0200_0000_0000L + number), up);
    }
}
