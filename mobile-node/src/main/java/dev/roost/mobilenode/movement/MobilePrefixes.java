package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.PrefixInformation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Mobile prefix discovery (RFC 6275, 11.4.2 and 11.4.3): asked for when an acknowledgement says that it is necessary, and told as an
 * event. The home address itself comes from the configuration and stays.
 */
final class MobilePrefixes {
    static final Duration INITIAL_SOLICIT_TIMER = Duration.ofSeconds(3);
    static final int PREFIX_ADV_RETRIES = 3;

    private static final int IDENTIFIERS = 1 << 16;

    private final MobileNodeSettings settings;
    private final RandomGenerator random;

    MobilePrefixes(MobileNodeSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    void begin(Step step, Ipv6Address homeAgent) {
        change(step, new PrefixState(Optional.of(homeAgent), 0, 0, INITIAL_SOLICIT_TIMER, Optional.of(step.now())));
    }

    /** @param forUs whether the type 2 routing header held our home address, as it must (RFC 6275, 11.4.3) */
    void onAdvertisement(Step step, PacketOrigin origin, boolean forUs, MobilePrefixAdvertisement advertisement) {
        PrefixState state = step.state().prefixes();
        boolean expected = forUs
                && state.sent() > 0
                && state.homeAgent().equals(Optional.of(origin.source()))
                && state.identifier() == advertisement.identifier();
        if (!expected) {
            step.count("mobile-prefix-advertisement-unexpected");
            return;
        }
        change(step, PrefixState.IDLE);
        List<String> told = new ArrayList<>();
        for (NdOption option : advertisement.options()) {
            if (option instanceof PrefixInformation prefix) {
                told.add(prefix.prefix() + "=" + prefix.validLifetimeSeconds());
            }
        }
        step.event(
                Effect.Event.of("home-prefixes-received", "homeAgent", origin.source(), "prefixes", Listing.of(told)));
    }

    void advance(Step step) {
        PrefixState state = step.state().prefixes();
        if (state.deadline().filter(step::isDue).isEmpty()) {
            return;
        }
        LinkState link = step.state().link();
        Optional<Ipv6Address> careOfAddress = step.state().address().careOfAddress(link);
        if (state.sent() > PREFIX_ADV_RETRIES
                || careOfAddress.isEmpty()
                || link.gateway().isEmpty()) {
            change(step, PrefixState.IDLE);
            return;
        }
        int identifier = state.sent() == 0 ? random.nextInt(IDENTIFIERS) : (state.identifier() + 1) % IDENTIFIERS;
        step.effect(new Effect.SendMobilePrefixSolicitation(
                link.gateway().get().linkLayerAddress(),
                careOfAddress.get(),
                state.homeAgent().orElseThrow(),
                settings.homeAddress(),
                identifier));
        change(
                step,
                new PrefixState(
                        state.homeAgent(),
                        identifier,
                        state.sent() + 1,
                        state.timeout().multipliedBy(2),
                        Optional.of(step.now().plus(state.timeout()))));
    }

    Optional<Instant> deadline(MobileNodeState state) {
        return state.prefixes().deadline();
    }

    private static void change(Step step, PrefixState state) {
        step.change(new Change.PrefixesChanged(state));
    }
}
