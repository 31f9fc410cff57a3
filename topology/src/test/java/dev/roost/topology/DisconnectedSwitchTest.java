package dev.roost.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of links, s1/1 - s2/1 and s2/2 - s3/1, whose switches lose their connection to the controller. */
final class DisconnectedSwitchTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant LOST = START.plusSeconds(3);
    private static final SwitchId S1 = new SwitchId(1);
    private static final SwitchId S2 = new SwitchId(2);
    private static final SwitchId S3 = new SwitchId(3);
    private static final SwitchPort ONE = new SwitchPort(S1, 1);
    private static final SwitchPort OTHER = new SwitchPort(S2, 1);

    private final Topology topology = new Topology();
    private long version;

    @BeforeEach
    void chain() {
        List.of(S1, S2, S3).forEach(id -> topology.onSwitchConnected(START, id, ports(3)));
        bothWays(START, ONE, OTHER);
        bothWays(START, new SwitchPort(S2, 2), new SwitchPort(S3, 1));
        version = topology.version();
    }

    @Test
    void itsLinksStayAndLeadAcrossItWhileNothingConfirmsThem() {
        List<Link> links = topology.links();

        topology.onSwitchDisconnected(LOST, S2);
        topology.expireLinks(LOST.plusSeconds(599));

        assertThat(topology.links()).isEqualTo(links).hasSize(2);
        assertThat(topology.nextHop(S1, S3)).hasValue(1);
        assertThat(topology.isEdge(ONE)).isFalse();
        assertThat(topology.isEdge(OTHER)).isFalse();
        assertThat(topology.ports(S2)).isEmpty();
    }

    @Test
    void itsLinksGoTenMinutesAfterItDisconnected() {
        topology.onSwitchDisconnected(LOST, S2);

        assertThat(topology.nextDeadline()).hasValue(LOST.plusSeconds(600));
        assertThat(topology.expireLinks(LOST.plusSeconds(600))).isTrue();

        assertThat(topology.links()).isEmpty();
        assertThat(topology.isEdge(ONE)).isTrue();
        assertThat(topology.nextDeadline()).isEmpty();
        assertThat(topology.version()).isGreaterThan(version);
    }

    @Test
    void itsLinksGoAtOnceWithThePortAtTheOtherEnd() {
        topology.onSwitchDisconnected(LOST, S2);

        topology.onPortChanged(S1, port(1, false));
        assertThat(topology.links()).extracting(Link::to).containsExactly(new SwitchPort(S3, 1));
        topology.onPortRemoved(new SwitchPort(S3, 1));

        assertThat(topology.links()).isEmpty();
        assertThat(topology.isEdge(OTHER)).isTrue();
    }

    @Test
    void whenItIsBackItsLinksHaveOneLifetimeToBeConfirmedIn() {
        topology.onSwitchDisconnected(LOST, S2);
        Instant back = LOST.plusSeconds(500);

        topology.onSwitchConnected(back, S2, ports(3));
        version = topology.version();
        assertThat(topology.nextDeadline()).hasValue(back.plusSeconds(15));
        bothWays(back.plusSeconds(5), ONE, OTHER);
        assertThat(topology.version()).as("found again where they were").isEqualTo(version);
        assertThat(topology.expireLinks(back.plusSeconds(15))).isTrue();

        assertThat(topology.links()).containsExactly(new Link(ONE, OTHER, true));
        assertThat(topology.nextDeadline()).hasValue(back.plusSeconds(20));
    }

    @Test
    void whenItIsBackItsLinksGoAtOnceWhosePortsAreDownOrMissing() {
        topology.onSwitchDisconnected(LOST, S2);

        topology.onSwitchConnected(LOST.plusSeconds(60), S2, List.of(port(1, false)));

        assertThat(topology.links()).isEmpty();
        assertThat(topology.version()).isGreaterThan(version);
    }

    @Test
    void aLinkWaitsForBothOfItsEndsUntilTenMinutesAfterTheLater() {
        topology.onSwitchDisconnected(LOST, S1);
        topology.onSwitchDisconnected(LOST.plusSeconds(100), S2);
        topology.onSwitchConnected(LOST.plusSeconds(300), S1, ports(3));

        topology.expireLinks(LOST.plusSeconds(699));
        assertThat(topology.links()).as("s1 is back, s2 is not").contains(new Link(ONE, OTHER, true));
        topology.expireLinks(LOST.plusSeconds(700));
        assertThat(topology.links()).isEmpty();
    }

    @Test
    void noProbeIsBelievedWhileOneOfItsEndsIsAway() {
        topology.onSwitchDisconnected(LOST, S2);

        assertThat(topology.onLinkSeen(LOST.plusSeconds(1), new SwitchPort(S1, 3), new SwitchPort(S2, 3)))
                .isFalse();
        assertThat(topology.onLinkSeen(LOST.plusSeconds(1), ONE, OTHER)).isFalse();

        assertThat(topology.links()).hasSize(2);
        assertThat(topology.nextDeadline()).hasValue(LOST.plusSeconds(600));
    }

    @Test
    void connectingTwiceGivesNoMoreTime() {
        topology.onSwitchConnected(START.plusSeconds(10), S2, ports(3));

        assertThat(topology.nextDeadline()).hasValue(START.plusSeconds(15));
        assertThat(topology.version()).isEqualTo(version);
    }

    @Test
    void whatComesFromItOverALinkIsFirstSeenBehindTheLink() {
        SwitchPort behind = topology.links().get(0).to();
        SwitchId away = topology.links().get(0).from().switchId();
        assertThat(topology.isFirstSeenAt(behind)).isFalse();
        assertThat(topology.isFirstSeenAt(new SwitchPort(S1, 3))).as("an edge").isTrue();

        topology.onSwitchDisconnected(START, away);
        assertThat(topology.isFirstSeenAt(behind)).isTrue();
        assertThat(topology.isEdge(behind)).isFalse();
        assertThat(topology.version()).as("rules depend on it").isGreaterThan(version);

        topology.onSwitchConnected(START, away, ports(3));
        assertThat(topology.isFirstSeenAt(behind)).isFalse();
    }

    @Test
    void portsAndSwitchesWithoutLinksAreNoChangeOfLinks() {
        topology.onSwitchConnected(START, new SwitchId(4), ports(3));
        topology.onPortChanged(S1, port(3, false));
        topology.onPortRemoved(new SwitchPort(S1, 3));

        assertThat(topology.version()).isEqualTo(version);
        assertThat(topology.ports(S1)).hasSize(2);
    }

    private void bothWays(Instant now, SwitchPort one, SwitchPort other) {
        topology.onLinkSeen(now, one, other);
        topology.onLinkSeen(now, other, one);
    }

    private static List<PortDescription> ports(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(n -> port(n, true)).toList();
    }

    private static PortDescription port(int number, boolean up) {
        return new PortDescription(number, "eth" + number, new MacAddress(0x0200_0000_0000L + number), up);
    }
}
