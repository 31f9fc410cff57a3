package dev.roost.mobilenode.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobilenode.generator.Nodes.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NodesTest {
    private static final Ipv6Address HA1 = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address HA2 = Ipv6Address.parse("2001:db8:1::12");
    private static final long SECOND = 1_000_000_000L;
    private static final int UNITS = 150;

    private record Request(long at, int node, int identifier) {}

    private record Update(long at, int node, Ipv6Address homeAgent, int sequence, int units) {}

    private final List<Request> requests = new ArrayList<>();
    private final List<Update> updates = new ArrayList<>();
    private final HomeAgents homeAgents = new HomeAgents();
    private long now = 1000 * SECOND;

    private final Nodes.Sender sender = new Nodes.Sender() {
        @Override
        public void discoveryRequest(int node, int identifier) {
            requests.add(new Request(now, node, identifier));
        }

        @Override
        public void bindingUpdate(int node, Ipv6Address homeAgent, int sequence, int lifetimeUnits) {
            updates.add(new Update(now, node, homeAgent, sequence, lifetimeUnits));
        }
    };

    private final Nodes.Listener listener = new Nodes.Listener() {
        @Override
        public void onBound(int node, Ipv6Address homeAgent, boolean first) {}

        @Override
        public void onReleased(int node) {}
    };

    private Nodes nodes(Optional<Ipv6Address> homeAgent) {
        return new Nodes(3, homeAgent, UNITS, homeAgents, sender, listener, 5, now);
    }

    private void runFor(Nodes nodes, double seconds) {
        long end = now + (long) (seconds * SECOND);
        while (now < end) {
            now = Math.min(end, now + TimerWheel.TICK_NANOS);
            nodes.advance(now);
        }
    }

    private Update last() {
        return updates.get(updates.size() - 1);
    }

    private boolean acknowledge(Nodes nodes, Ipv6Address from, int status, int sequence) {
        return nodes.onBindingAcknowledgement(1, now, from.high(), from.low(), status, sequence, UNITS);
    }

    @Test
    void discoversWithANewIdentifierEachTimeAndBelievesOnlyTheLatest() {
        Nodes nodes = nodes(Optional.empty());
        nodes.register(1, now, now);
        runFor(nodes, 3.1);

        assertThat(requests).hasSize(2);
        assertThat(requests.get(1).at() - requests.get(0).at()).isBetween(3 * SECOND, 3 * SECOND + SECOND / 100);
        assertThat(nodes.onDiscoveryReply(1, now, requests.get(0).identifier(), List.of(HA1)))
                .isFalse();
        assertThat(nodes.onDiscoveryReply(1, now, requests.get(1).identifier(), List.of(HA2, HA1)))
                .isTrue();
        assertThat(nodes.onDiscoveryReply(1, now, requests.get(1).identifier(), List.of(HA1)))
                .isFalse();
        assertThat(last().homeAgent()).isEqualTo(HA2);
    }

    @Test
    void believesOnlyTheHomeAgentItAskedAndItsLatestSequenceNumber() {
        Nodes nodes = nodes(Optional.of(HA1));
        nodes.register(1, now, now);
        int first = last().sequence();
        runFor(nodes, 1.6);
        int second = last().sequence();

        assertThat(second).isEqualTo((first + 1) & 0xffff);
        assertThat(acknowledge(nodes, HA1, 0, first)).isFalse();
        assertThat(acknowledge(nodes, HA2, 0, second)).isFalse();
        assertThat(acknowledge(nodes, HA1, 0, second)).isTrue();
        assertThat(nodes.state(1)).isEqualTo(State.BOUND);
        assertThat(acknowledge(nodes, HA1, 0, second)).isFalse();
    }

    @Test
    void refreshesBetween90And95PercentOfTheLifetime() {
        Nodes nodes = nodes(Optional.of(HA1));
        nodes.register(1, now, now);
        acknowledge(nodes, HA1, 0, last().sequence());
        long boundAt = now;

        runFor(nodes, 600);

        assertThat(updates).hasSizeGreaterThan(1);
        assertThat(updates.get(1).at() - boundAt).isBetween(540 * SECOND, 570 * SECOND + SECOND / 100);
    }

    @Test
    void goesOnToTheNextHomeAgentWhenRefusedAndDiscoversAgainAfterTheLast() {
        Nodes nodes = nodes(Optional.empty());
        nodes.register(1, now, now);
        nodes.onDiscoveryReply(1, now, requests.get(0).identifier(), List.of(HA1, HA2));
        acknowledge(nodes, HA1, 130, last().sequence());
        assertThat(last().homeAgent()).isEqualTo(HA2);

        acknowledge(nodes, HA2, 133, last().sequence());

        assertThat(nodes.state(1)).isEqualTo(State.DISCOVERING);
        assertThat(requests).hasSize(2);
    }

    @Test
    void givesUpANodeThatNobodyTakesAndSaysSo() {
        Nodes nodes = nodes(Optional.empty());
        Phase phase = new Phase(Phase.Kind.REGISTER, now);
        nodes.measure(phase);
        nodes.register(1, now, now);

        runFor(nodes, 400);

        assertThat(requests).hasSize(Nodes.MAX_ROUNDS * (Nodes.DHAAD_RETRIES + 1));
        assertThat(nodes.state(1)).isEqualTo(State.FAILED);
        assertThat(phase.failed()).isEqualTo(1);
        assertThat(nodes.waiting()).isZero();
    }

    @Test
    void continuesAfterTheSequenceNumberThatTheHomeAgentHasSeen() {
        Nodes nodes = nodes(Optional.of(HA1));
        nodes.register(1, now, now);

        assertThat(acknowledge(nodes, HA1, 135, 65535)).isTrue();

        assertThat(last().sequence()).isZero();
        acknowledge(nodes, HA1, 0, 0);
        assertThat(nodes.count(State.BOUND)).isEqualTo(1);
    }

    @Test
    void deregistersWithALifetimeOfZero() {
        Nodes nodes = nodes(Optional.of(HA1));
        nodes.register(1, now, now);
        acknowledge(nodes, HA1, 0, last().sequence());

        nodes.deregister(1, now, now);
        assertThat(last().units()).isZero();
        acknowledge(nodes, HA1, 0, last().sequence());

        assertThat(nodes.state(1)).isEqualTo(State.GONE);
        runFor(nodes, 700);
        assertThat(updates).hasSize(2);
    }
}
