package dev.roost.mobilenode.movement;

import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Dynamic home agent address discovery, the mobile node's half (RFC 6275, 11.4.1).
 *
 * <p>Asks while {@link HomeRegistration} has no home agent left to try and there is a care-of address to ask from. Only a reply to
 * the latest request counts; its order is the order of trying. After {@link #DHAAD_RETRIES} retries in vain it pauses and begins
 * again, since a mobile node that gave up for good would need a person to come by.
 */
final class HomeAgentDiscovery {
    static final Duration INITIAL_DHAAD_TIMEOUT = Duration.ofSeconds(3);
    static final int DHAAD_RETRIES = 4;
    static final Duration PAUSE = Duration.ofMinutes(1);

    private static final int IDENTIFIERS = 1 << 16;

    private final MobileNodeSettings settings;
    private final RandomGenerator random;

    HomeAgentDiscovery(MobileNodeSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    void onReply(Step step, PacketOrigin origin, HomeAgentAddressDiscoveryReply reply) {
        DiscoveryState state = step.state().discovery();
        boolean expected = state.isAsking()
                && state.identifier()
                        .filter(latest -> latest == reply.identifier())
                        .isPresent();
        if (!expected) {
            step.count("discovery-reply-unexpected");
            return;
        }
        List<Ipv6Address> homeAgents = reply.homeAgents().stream()
                .filter(Ipv6Address::isRoutableUnicast)
                .distinct()
                .limit(RegistrationState.MAX_ENTRIES)
                .toList();
        if (homeAgents.isEmpty()) {
            step.count("discovery-reply-empty");
            return;
        }
        change(step, state.ended());
        step.event(Effect.Event.of(
                "discovery-reply-received",
                "identifier",
                reply.identifier(),
                "from",
                origin.source(),
                "homeAgents",
                Listing.of(homeAgents)));
        step.change(new Change.RegistrationChanged(step.state().registration().trying(homeAgents)));
    }

    void advance(Step step) {
        DiscoveryState state = step.state().discovery();
        LinkState link = step.state().link();
        Optional<Ipv6Address> careOfAddress = step.state().address().careOfAddress(link);
        Optional<AdvertisedRouter> gateway = link.gateway();
        if (careOfAddress.isEmpty() || gateway.isEmpty() || !isWanted(step)) {
            if (state.deadline().isPresent()) {
                change(step, state.ended());
            }
            return;
        }
        if (state.deadline().isEmpty() || state.visit() != link.visit()) {
            ask(step, state.ended(), gateway.get(), careOfAddress.get());
        } else if (step.isDue(state.deadline().get())) {
            if (state.isAsking() && state.sent() > DHAAD_RETRIES) {
                step.event(Effect.Event.of("discovery-failed", "requests", state.sent()));
                change(
                        step,
                        new DiscoveryState(
                                state.identifier(),
                                0,
                                state.visit(),
                                PAUSE,
                                Optional.of(step.now().plus(PAUSE))));
            } else {
                ask(step, state, gateway.get(), careOfAddress.get());
            }
        }
    }

    Optional<Instant> deadline(MobileNodeState state) {
        return state.discovery().deadline();
    }

    private boolean isWanted(Step step) {
        RegistrationState registration = step.state().registration();
        return settings.homeAgent().isEmpty() && registration.wantsCandidates();
    }

    private void ask(Step step, DiscoveryState state, AdvertisedRouter gateway, Ipv6Address careOfAddress) {
        int identifier = state.identifier()
                .map(latest -> (latest + 1) % IDENTIFIERS)
                .orElseGet(() -> random.nextInt(IDENTIFIERS));
        Duration timeout = state.isAsking() ? state.timeout().multipliedBy(2) : INITIAL_DHAAD_TIMEOUT;
        step.effect(new Effect.SendDiscoveryRequest(
                gateway.linkLayerAddress(), careOfAddress, settings.homeAgentsAnycastAddress(), identifier));
        step.event(Effect.Event.of(
                "discovery-request-sent",
                "identifier",
                identifier,
                "to",
                settings.homeAgentsAnycastAddress(),
                "from",
                careOfAddress));
        change(
                step,
                new DiscoveryState(
                        Optional.of(identifier),
                        state.sent() + 1,
                        step.state().link().visit(),
                        timeout,
                        Optional.of(step.now().plus(timeout))));
    }

    private static void change(Step step, DiscoveryState state) {
        step.change(new Change.DiscoveryChanged(state));
    }
}
