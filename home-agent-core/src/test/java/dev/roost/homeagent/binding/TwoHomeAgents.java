package dev.roost.homeagent.binding;

import dev.roost.delegation.DelegationEffect.SendMessage;
import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.Identifiers;
import dev.roost.delegation.PrimarySettings;
import dev.roost.delegation.PrimarySettings.Mode;
import dev.roost.delegation.PrimarySettings.OuterSource;
import dev.roost.delegation.PrimarySettings.Policy;
import dev.roost.delegation.SecondarySettings;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Two home agents of one home link that speak the forwarding protocol with each other and with a controller, on a clock that the test
 * moves. Messages arrive at once, unless the test takes a home agent off the link; multicasts of one are heard by the other.
 */
final class TwoHomeAgents {
    static final Ipv6Address PRIMARY = HomeLink.HOME_AGENT;
    static final Ipv6Address SECONDARY = Ipv6Address.parse("2001:db8:1::12");
    static final Ipv6Address CONTROLLER = Ipv6Address.parse("2001:db8:1::fe");
    private static final MacAddress SECONDARY_MAC = MacAddress.parse("02:00:00:00:00:12");
    private static final int MAX_TURNS = 100_000;

    final Map<Ipv6Address, HomeAgent> agents = new HashMap<>();
    final List<Ipv6Packet> sent = new ArrayList<>();
    /** Whose messages get lost, those to them and those from them. */
    final List<Ipv6Address> silent = new ArrayList<>();

    final List<ForwardingMessage> messages = new ArrayList<>();
    Instant now = HomeLink.START;
    private final Mode mode;
    private final List<Ipv6Address> secondaries;
    private long order = HomeLink.START.toEpochMilli();

    TwoHomeAgents(Mode mode, List<Ipv6Address> secondaries) {
        this.mode = mode;
        this.secondaries = secondaries;
        for (Ipv6Address address : List.of(PRIMARY, SECONDARY)) {
            agents.put(address, homeAgent(address));
        }
        agents.forEach((address, agent) -> take(address, agent.onDelegationsRestored(now)));
    }

    HomeAgent homeAgent(Ipv6Address address) {
        MacAddress mac = address.equals(PRIMARY) ? HomeLink.HOME_AGENT_MAC : SECONDARY_MAC;
        PrimarySettings primary = new PrimarySettings(
                address,
                HomeLink.PREFIX,
                address.equals(PRIMARY) ? mode : Mode.LATE,
                address.equals(PRIMARY) ? secondaries : List.of(),
                Optional.of(CONTROLLER),
                Policy.NONE,
                PrimarySettings.DEFAULT_TRANSMIT_THRESHOLD,
                OuterSource.PRIMARY,
                PrimarySettings.DEFAULT_GRACE_PERIOD,
                true,
                100);
        SecondarySettings secondary =
                new SecondarySettings(address, HomeLink.PREFIX, Set.of(address), Optional.of(CONTROLLER), 100);
        return new HomeAgent(
                HomeAgentSettings.of(address, HomeLink.PREFIX, mac),
                BindingAuthenticator.none(),
                1,
                Optional.of(new DelegationRoles(primary, Optional.of(secondary))),
                new Identifiers());
    }

    HomeAgent agent(Ipv6Address address) {
        HomeAgent agent = agents.get(address);
        if (agent == null) {
            throw new AssertionError("no home agent " + address);
        }
        return agent;
    }

    void take(Ipv6Address at, Decision decision) {
        HomeAgent agent = agent(at);
        decision.changes().forEach(agent::apply);
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Send send) {
                sent.add(send.packet());
                hear(at, send.packet());
            } else if (effect instanceof Effect.OfDelegation delegation
                    && delegation.effect() instanceof SendMessage message) {
                deliver(at, message.peer(), message.message());
            }
        }
    }

    private void hear(Ipv6Address from, Ipv6Packet packet) {
        Ipv6Address other = from.equals(PRIMARY) ? SECONDARY : PRIMARY;
        MacAddress mac = from.equals(PRIMARY) ? HomeLink.HOME_AGENT_MAC : SECONDARY_MAC;
        if (packet.payload() instanceof NeighborSolicitation solicitation) {
            take(other, agent(other).onNeighborSolicitation(mac, packet.source(), solicitation.target()));
        } else if (packet.payload() instanceof NeighborAdvertisement advertisement) {
            take(other, agent(other).onNeighborAdvertisement(mac, advertisement.target()));
        }
    }

    private void deliver(Ipv6Address from, Ipv6Address to, ForwardingMessage message) {
        messages.add(message);
        if (silent.contains(from) || silent.contains(to)) {
            return;
        }
        if (agents.containsKey(to)) {
            take(to, agent(to).onForwardingMessage(now, from, 1, message));
        } else if (to.equals(CONTROLLER) && message instanceof ForwarderReport report) {
            deliver(CONTROLLER, from, report.acknowledge(DelegationStatus.ACCEPTED, report.epoch()));
        }
    }

    /** The controller wants it so. */
    void order(Ipv6Address homeAddress, Ipv6Address forwarder) {
        deliver(CONTROLLER, PRIMARY, new DelegationOrder(order, homeAddress, forwarder, order));
        order++;
    }

    /** A secondary is asked by a primary that is neither of these. */
    void start(Ipv6Address primary, Ipv6Address careOfAddress, long registeredAtMillis, long seconds) {
        long epoch = registeredAtMillis << 16;
        StartForwarding start = new StartForwarding(
                order++, HomeLink.HOME_ADDRESS, careOfAddress, primary, StartForwarding.IPV6_IN_IPV6, epoch, seconds);
        take(SECONDARY, agent(SECONDARY).onForwardingMessage(now, primary, 1, start));
    }

    /** Lets time pass, deadline by deadline, and tells each home agent every second what it transmitted. */
    void advance(Duration duration) {
        Instant until = now.plus(duration);
        Instant tick = now.plusSeconds(1);
        for (int turns = 0; turns < MAX_TURNS; turns++) {
            Instant next = tick;
            for (HomeAgent agent : agents.values()) {
                Instant due = agent.nextDeadline().orElse(tick);
                next = due.isBefore(next) ? due : next;
            }
            if (next.isAfter(until)) {
                now = until;
                return;
            }
            now = next.isAfter(now) ? next : now;
            boolean second = !tick.isAfter(now);
            for (Ipv6Address at : List.of(PRIMARY, SECONDARY)) {
                if (second) {
                    take(at, agent(at).onTransmitted(now, 0));
                }
                if (agent(at).nextDeadline().filter(due -> !due.isAfter(now)).isPresent()) {
                    take(at, agent(at).onDeadline(now));
                }
            }
            tick = second ? tick.plusSeconds(1) : tick;
        }
        throw new AssertionError("never done with what is due at " + now);
    }

    void receive(Ipv6Address at, BindingUpdate update, Ipv6Address careOfAddress) {
        Ipv6Packet packet = Ipv6Packet.of(
                careOfAddress,
                at,
                List.of(DestinationOptions.of(new HomeAddressOption(HomeLink.HOME_ADDRESS))),
                update);
        take(at, agent(at).onBindingUpdate(now, BindingRequest.of(HomeLink.ROUTER_MAC, packet, update)));
    }

    /** The acknowledgements since the last call. */
    List<BindingAcknowledgement> acknowledgements() {
        List<BindingAcknowledgement> found = sent.stream()
                .map(Ipv6Packet::payload)
                .filter(BindingAcknowledgement.class::isInstance)
                .map(BindingAcknowledgement.class::cast)
                .toList();
        sent.clear();
        return found;
    }

    /** Who answers when the home link asks for the home address. */
    List<Ipv6Address> whoSpeaks() {
        List<Ipv6Address> speakers = new ArrayList<>();
        for (Ipv6Address at : List.of(PRIMARY, SECONDARY)) {
            Decision decision = agent(at)
                    .onNeighborSolicitation(HomeLink.ROUTER_MAC, Ipv6Address.parse("fe80::1"), HomeLink.HOME_ADDRESS);
            if (decision.effects().stream().anyMatch(Effect.Send.class::isInstance)) {
                speakers.add(at);
            }
        }
        return speakers;
    }

    /** Who confirms to a neighbor that sends packets for the home address there that they arrive. */
    List<Ipv6Address> whoConfirms() {
        return Stream.of(PRIMARY, SECONDARY)
                .filter(at -> agent(at)
                        .onUnicastSolicitation(HomeLink.ROUTER_MAC, Ipv6Address.parse("fe80::1"), HomeLink.HOME_ADDRESS)
                        .effects()
                        .stream()
                        .anyMatch(Effect.Send.class::isInstance))
                .toList();
    }

    Optional<HomeAgentTunnel> tunnel(Ipv6Address at) {
        return agent(at).tunnel(HomeLink.HOME_ADDRESS);
    }

    <T extends ForwardingMessage> List<T> messages(Class<T> kind) {
        return messages.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
