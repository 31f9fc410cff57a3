package dev.roost.homeagent.binding;

import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilityOption;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.SequenceNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A home agent on a home link with a clock that the test moves: applies what it decides and keeps what it sends. */
final class HomeLink {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::11");
    static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::100");
    static final Ipv6Address OTHER_CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:4::100");
    static final MacAddress HOME_AGENT_MAC = MacAddress.parse("02:00:00:00:00:11");
    static final MacAddress ROUTER_MAC = MacAddress.parse("02:00:00:00:00:01");
    static final MacAddress MOBILE_NODE_MAC = MacAddress.parse("02:00:00:00:01:00");

    private static final int MAX_TURNS = 100_000;

    final HomeAgentSettings settings;
    final HomeAgent agent;
    final List<Effect> sent = new ArrayList<>();
    final Map<Counter, Integer> counts = new EnumMap<>(Counter.class);
    Instant now = START;

    HomeLink() {
        this(settings -> settings, BindingAuthenticator.none());
    }

    HomeLink(UnaryOperator<HomeAgentSettings> change, BindingAuthenticator authenticator) {
        settings = change.apply(HomeAgentSettings.of(HOME_AGENT, PREFIX, HOME_AGENT_MAC));
        agent = new HomeAgent(settings, authenticator, 1);
    }

    /** Applies a decision and keeps its packets. */
    void take(Decision decision) {
        decision.changes().forEach(agent::apply);
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Count count) {
                counts.merge(count.counter(), 1, Integer::sum);
            } else {
                sent.add(effect);
            }
        }
    }

    /** Lets time pass, deadline by deadline. */
    void advance(Duration duration) {
        Instant until = now.plus(duration);
        for (int turns = 0;
                agent.nextDeadline().filter(next -> !next.isAfter(until)).isPresent();
                turns++) {
            if (turns == MAX_TURNS) {
                throw new AssertionError("never done with what was due at " + agent.nextDeadline());
            }
            Instant next = agent.nextDeadline().orElseThrow();
            now = next.isAfter(now) ? next : now;
            take(agent.onDeadline(now));
        }
        now = until;
    }

    /** What was sent since the last call. */
    List<Effect> drain() {
        List<Effect> drained = List.copyOf(sent);
        sent.clear();
        return drained;
    }

    <T extends Payload> List<T> drain(Class<T> kind) {
        return drain().stream()
                .map(HomeLink::packet)
                .map(Ipv6Packet::payload)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** The one acknowledgement that was sent since the last call. */
    BindingAcknowledgement acknowledgement() {
        List<BindingAcknowledgement> acknowledgements = drain(BindingAcknowledgement.class);
        if (acknowledgements.size() != 1) {
            throw new AssertionError("acknowledgements: " + acknowledgements);
        }
        return acknowledgements.get(0);
    }

    BindingStatus status() {
        return acknowledgement().status();
    }

    static Ipv6Packet packet(Effect effect) {
        return ((Effect.Send) effect).packet();
    }

    /** As a router brings it from a foreign link. */
    static Origin away(Ipv6Address source, Optional<Ipv6Address> homeAddress) {
        return new Origin(ROUTER_MAC, source, homeAddress);
    }

    int count(Counter counter) {
        return counts.getOrDefault(counter, 0);
    }

    boolean isBound(Ipv6Address homeAddress) {
        return agent.binding(homeAddress).isPresent();
    }

    /** Binds a home address, one second of detection included, and forgets what was sent for it. */
    void bind(Ipv6Address homeAddress, Ipv6Address careOfAddress, int sequence, int lifetimeSeconds) {
        receive(update(sequence, lifetimeSeconds), careOfAddress, homeAddress);
        advance(settings.detectionTime());
        if (!status().isAccepted()) {
            throw new AssertionError("not bound: " + homeAddress);
        }
    }

    /** From away: source care-of address, Home Address option. */
    void receive(BindingUpdate update, Ipv6Address careOfAddress, Ipv6Address homeAddress) {
        Ipv6Packet packet = Ipv6Packet.of(
                careOfAddress, HOME_AGENT, List.of(DestinationOptions.of(new HomeAddressOption(homeAddress))), update);
        take(agent.onBindingUpdate(now, BindingRequest.of(ROUTER_MAC, packet, update)));
    }

    /** From home: source home address, no option. */
    void receiveAtHome(BindingUpdate update, Ipv6Address homeAddress) {
        Ipv6Packet packet = Ipv6Packet.of(homeAddress, HOME_AGENT, update);
        take(agent.onBindingUpdate(now, BindingRequest.of(MOBILE_NODE_MAC, packet, update)));
    }

    static BindingUpdate update(int sequence, int lifetimeSeconds, MobilityOption... options) {
        return update(BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION, sequence, lifetimeSeconds, options);
    }

    static BindingUpdate update(int flags, int sequence, int lifetimeSeconds, MobilityOption... options) {
        return BindingUpdate.of(
                new SequenceNumber(sequence),
                flags,
                BindingLifetime.atLeast(Duration.ofSeconds(lifetimeSeconds)),
                List.of(options));
    }

    static BindingUpdate updateWithAlternate(int sequence, int lifetimeSeconds, Ipv6Address careOfAddress) {
        return update(sequence, lifetimeSeconds, new AlternateCareOfAddress(careOfAddress));
    }

    Optional<Binding> binding() {
        return agent.binding(HOME_ADDRESS);
    }
}
