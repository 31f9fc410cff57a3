package dev.roost.mobilenode.movement;

import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobilenode.movement.RegistrationState.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes binding updates, each with a sequence number of its own, retransmissions too (RFC 6275, 11.7.1 and 11.8), and keeps the
 * binding update list in step with them.
 */
final class BindingUpdateSender {
    private static final int SEQUENCE_NUMBERS = 1 << 16;
    private static final BindingLifetime SHORTEST_LIFETIME = new BindingLifetime(1);

    private final MobileNodeSettings settings;
    private final RandomGenerator random;

    BindingUpdateSender(MobileNodeSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** From the care-of address, with the Home Address option. */
    void sendFromAway(Step step, Attempt attempt) {
        BindingLifetime lifetime = lifetimeFor(step, attempt.careOfAddress());
        MacAddress gateway = step.state().link().gateway().orElseThrow().linkLayerAddress();
        SequenceNumber sequence = nextSequence(step, attempt.homeAgent());
        Optional<BindingUpdateListEntry> refreshed = step.state()
                .registration()
                .entry(attempt.homeAgent())
                .filter(before -> before.confirmed() && before.careOfAddress().equals(attempt.careOfAddress()));
        BindingUpdateListEntry entry = new BindingUpdateListEntry(
                attempt.homeAgent(),
                attempt.careOfAddress(),
                sequence,
                lifetime,
                step.now(),
                false,
                step.now().plus(lifetime.toDuration()),
                step.now().plus(lifetime.toDuration()));
        // A confirmed binding lasts as long as was granted, not as long as is now asked for.
        BindingUpdateListEntry kept = refreshed
                .map(before -> entry.confirmed(before.expiresAt(), before.refreshAt()))
                .orElse(entry);
        step.change(new Change.RegistrationChanged(step.state().registration().with(kept)));
        send(step, gateway, attempt.careOfAddress(), attempt.homeAgent(), attempt.careOfAddress(), sequence, lifetime);
        tell(step, attempt.homeAgent(), attempt.careOfAddress(), sequence, lifetime);
    }

    /** No longer than the care-of address lasts (RFC 6275, 11.7.1), and never zero, which would delete the binding. */
    private BindingLifetime lifetimeFor(Step step, Ipv6Address careOfAddress) {
        Duration left = step.state()
                .link()
                .prefixes(step.now())
                .filter(prefix -> prefix.isValid(step.now()) && prefix.prefix().contains(careOfAddress))
                .map(AdvertisedPrefix::validUntil)
                .filter(until -> until.isBefore(Instant.MAX))
                .map(until -> Duration.between(step.now(), until))
                .max(Duration::compareTo)
                .orElse(settings.lifetime());
        BindingLifetime lifetime = BindingLifetime.atMost(Chance.shorterOf(settings.lifetime(), left));
        return lifetime.isZero() ? SHORTEST_LIFETIME : lifetime;
    }

    /** Asks from the care-of address to delete the binding: the mobile node is about to end. */
    void sendFarewell(Step step, MacAddress gateway, BindingUpdateListEntry entry) {
        SequenceNumber sequence = remember(step, entry);
        Ipv6Address careOfAddress = entry.careOfAddress();
        send(step, gateway, careOfAddress, entry.homeAgent(), careOfAddress, sequence, BindingLifetime.ZERO);
        tell(step, entry.homeAgent(), careOfAddress, sequence, BindingLifetime.ZERO);
    }

    /** Asks from home to delete the binding: the source is the home address, and so is the care-of address (RFC 6275, 11.5.5). */
    void sendFromHome(Step step, MacAddress homeAgentLinkLayerAddress, BindingUpdateListEntry entry) {
        SequenceNumber sequence = remember(step, entry);
        Ipv6Address homeAddress = settings.homeAddress();
        send(
                step,
                homeAgentLinkLayerAddress,
                homeAddress,
                entry.homeAgent(),
                homeAddress,
                sequence,
                BindingLifetime.ZERO);
        tell(step, entry.homeAgent(), homeAddress, sequence, BindingLifetime.ZERO);
    }

    private SequenceNumber remember(Step step, BindingUpdateListEntry entry) {
        SequenceNumber sequence = nextSequence(step, entry.homeAgent());
        step.change(new Change.RegistrationChanged(step.state().registration().with(entry.withSequence(sequence))));
        return sequence;
    }

    private SequenceNumber nextSequence(Step step, Ipv6Address homeAgent) {
        return step.state()
                .registration()
                .entry(homeAgent)
                .map(entry -> entry.sequence().next())
                .orElseGet(() -> new SequenceNumber(random.nextInt(SEQUENCE_NUMBERS)));
    }

    private void send(
            Step step,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address homeAgent,
            Ipv6Address careOfAddress,
            SequenceNumber sequence,
            BindingLifetime lifetime) {
        BindingUpdate plain =
                BindingUpdate.of(sequence, flags(), lifetime, List.of(new AlternateCareOfAddress(careOfAddress)));
        BindingUpdate message = settings.authentication()
                .map(association -> association.sign(plain, careOfAddress, settings.homeAddress()))
                .orElse(plain);
        step.effect(
                new Effect.SendBindingUpdate(linkLayerDestination, source, homeAgent, settings.homeAddress(), message));
    }

    /** L when the home agent has to defend the link-local address too, since it ends like the home address (RFC 6275, 11.7.1). */
    private int flags() {
        boolean sameIdentifier =
                settings.homeAddress().low() == settings.linkLocalAddress().low();
        return BindingUpdate.ACKNOWLEDGE
                | BindingUpdate.HOME_REGISTRATION
                | (sameIdentifier ? BindingUpdate.LINK_LOCAL_ADDRESS_COMPATIBILITY : 0);
    }

    private static void tell(
            Step step,
            Ipv6Address homeAgent,
            Ipv6Address careOfAddress,
            SequenceNumber sequence,
            BindingLifetime lifetime) {
        step.event(Effect.Event.of(
                "binding-update-sent",
                "homeAgent",
                homeAgent,
                "careOfAddress",
                careOfAddress,
                "sequence",
                sequence,
                "lifetime",
                lifetime.toSeconds()));
    }
}
