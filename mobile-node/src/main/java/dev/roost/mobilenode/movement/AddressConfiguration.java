package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobilenode.movement.AddressState.Phase;
import dev.roost.mobilenode.movement.LinkState.Attachment;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Stateless address autoconfiguration (RFC 4862; RFC 6275, 11.5.3): away, a care-of address from the link's prefix and the
 * interface's EUI-64; at home, the home address. Either is installed only after duplicate address detection, except the home address
 * after a return home, which the home agent has been defending ({@link ReturnHome}).
 *
 * <p>With the first address of a link its link-local one is tested, too (RFC 6275, 11.5.1): the interface brought it along, and the
 * kernel does not test it anew when the cable moves. It stays in use meanwhile, since who tests first and looks for routers then
 * loses a second with each movement. If somebody has it, the interface's identifier is not unique here, and the node keeps off this
 * link (RFC 4862, 5.4.5). After a return home it is not tested: the home agent may still be defending it.
 *
 * <p>DHCPv6 is not spoken. A link that offers only managed addresses is told as an event.
 */
final class AddressConfiguration {
    static final int DUP_ADDR_DETECT_TRANSMITS = 1;
    static final Duration RETRANS_TIMER = Duration.ofSeconds(1);
    /** RFC 7217's name for the number of other identifiers to try. */
    static final int IDGEN_RETRIES = 3;
    /** A home agent may be defending the home address for a binding of ours from before a restart; it expires some time. */
    static final Duration HOME_ADDRESS_RETRY = Duration.ofSeconds(10);

    private static final int AUTOCONFIGURATION_PREFIX_LENGTH = 64;
    /** Bit 0x02 of the first octet: a universal identifier; zero in one that was drawn (RFC 4291, 2.5.1). */
    private static final long UNIVERSAL_BIT = 0x0200_0000_0000_0000L;

    private final MobileNodeSettings settings;
    private final RandomGenerator random;

    AddressConfiguration(MobileNodeSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** Somebody says that the address is theirs. */
    void onNeighborAdvertisement(Step step, PacketOrigin origin, Ipv6Address target) {
        onOtherUser(step, origin.linkLayerSource(), target);
    }

    /** Somebody else is just finding out whether they can have the address: neither gets it (RFC 4862, 5.4.3). */
    void onNeighborSolicitation(Step step, PacketOrigin origin, Ipv6Address target) {
        if (origin.source().isUnspecified() && !origin.linkLayerSource().equals(settings.linkLayerAddress())) {
            onOtherUser(step, origin.linkLayerSource(), target);
        }
    }

    private void onOtherUser(Step step, MacAddress other, Ipv6Address target) {
        AddressState state = step.state().address();
        if (state.isTentative(target)) {
            collide(step, other);
        } else if (state.isFirstTested() && target.equals(settings.linkLocalAddress())) {
            keepOff(step, other);
        }
    }

    /** The home agent has let go of the home address, so it is ours without a look around. */
    void takeHomeAddress(Step step) {
        AddressState state = step.state().address().reset(step.state().link().visit());
        change(step, state.tentative(settings.homeAddress(), settings.homePrefix(), step.now()));
        settleHome(step);
    }

    void advance(Step step) {
        LinkState link = step.state().link();
        Attachment attachment = link.attachment(settings, step.now());
        if (attachment == Attachment.NOWHERE) {
            return;
        }
        if (step.state().address().visit() != link.visit()
                || isForAnotherPlace(step.state().address(), attachment)) {
            leaveHomeAddress(step, attachment);
            change(step, step.state().address().reset(link.visit()));
        }
        if (attachment == Attachment.HOME) {
            beginHome(step);
        } else {
            beginCareOf(step);
        }
        if (step.state().address().deadline().filter(step::isDue).isPresent()) {
            onDeadline(step, attachment);
        }
    }

    Optional<Instant> deadline(MobileNodeState state) {
        boolean somewhere = state.link().up() && !state.link().routers().isEmpty();
        return somewhere ? state.address().deadline() : Optional.empty();
    }

    /** The prefixes of a link can change while the node stays, and with them what the link is to it. */
    private boolean isForAnotherPlace(AddressState state, Attachment attachment) {
        boolean atHome = attachment == Attachment.HOME;
        return state.address().isPresent()
                ? state.address().get().equals(settings.homeAddress()) != atHome
                : state.phase() == Phase.UNAVAILABLE && state.deadline().isPresent() != atHome;
    }

    private void leaveHomeAddress(Step step, Attachment attachment) {
        if (step.state().address().phase() == Phase.HOME && attachment == Attachment.AWAY) {
            step.effect(new Effect.PlaceHomeAddressOffLink());
        }
    }

    /** While a home agent may hold a binding, {@link ReturnHome} has the word. */
    private void beginHome(Step step) {
        AddressState state = step.state().address();
        if (state.phase() == Phase.NONE && step.state().registration().entries().isEmpty()) {
            change(step, state.tentative(settings.homeAddress(), settings.homePrefix(), firstSolicitation(step)));
        }
    }

    private void beginCareOf(Step step) {
        AddressState state = step.state().address();
        Optional<AdvertisedPrefix> best = prefixForCareOfAddress(step);
        boolean keeps = state.prefix().isPresent()
                && best.filter(prefix -> isNoBetterThan(prefix, state.prefix().get(), step))
                        .isPresent();
        if (state.phase() == Phase.NONE && best.isPresent()) {
            Ipv6Prefix prefix = best.get().prefix();
            change(step, state.tentative(candidate(prefix, state.collisions()), prefix, firstSolicitation(step)));
        } else if (best.isEmpty() && state.phase() != Phase.UNAVAILABLE) {
            tellThatNoneIsOffered(step);
            change(step, state.unavailable(Optional.empty()));
        } else if (best.isPresent() && !keeps && state.collisions() <= IDGEN_RETRIES) {
            change(step, state.reset(state.visit()));
            beginCareOf(step);
        }
    }

    /** An address stays as long as its prefix does, even if another prefix would be chosen today (RFC 6275, 11.5.3). */
    private static boolean isNoBetterThan(AdvertisedPrefix best, Ipv6Prefix current, Step step) {
        return step.state()
                .link()
                .prefixes(step.now())
                .filter(prefix -> prefix.prefix().equals(current) && offersAddresses(prefix, step))
                .anyMatch(prefix -> prefix.isPreferred(step.now()) || !best.isPreferred(step.now()));
    }

    private static Optional<AdvertisedPrefix> prefixForCareOfAddress(Step step) {
        return step.state()
                .link()
                .prefixes(step.now())
                .filter(prefix ->
                        offersAddresses(prefix, step) && prefix.prefix().length() == AUTOCONFIGURATION_PREFIX_LENGTH)
                .min(Comparator.comparing((AdvertisedPrefix prefix) -> !prefix.isPreferred(step.now()))
                        .thenComparing(AdvertisedPrefix::prefix));
    }

    private static boolean offersAddresses(AdvertisedPrefix prefix, Step step) {
        return prefix.autonomous() && prefix.isValid(step.now());
    }

    private static void tellThatNoneIsOffered(Step step) {
        LinkState link = step.state().link();
        boolean managed = link.routers().values().stream().anyMatch(AdvertisedRouter::managed);
        step.event(Effect.Event.of(
                "care-of-address-unavailable",
                "reason",
                managed ? "managed-addresses-only" : "no-autonomous-prefix",
                "prefixes",
                Listing.of(link.prefixNames(step.now()))));
    }

    private Ipv6Address candidate(Ipv6Prefix prefix, int collisions) {
        long identifier = collisions == 0
                ? settings.linkLayerAddress().interfaceIdentifier()
                : random.nextLong() & ~UNIVERSAL_BIT;
        return prefix.withInterfaceIdentifier(identifier);
    }

    private Instant firstSolicitation(Step step) {
        return step.now().plus(Chance.upTo(settings.addressDetectionDelay(), random));
    }

    private void onDeadline(Step step, Attachment attachment) {
        AddressState state = step.state().address();
        if (state.phase() == Phase.UNAVAILABLE) {
            change(step, state.reset(state.visit()));
            return;
        }
        Ipv6Address address = state.address().orElseThrow();
        if (state.solicited() < DUP_ADDR_DETECT_TRANSMITS) {
            if (state.collisions() == 0) {
                lookForOtherUsers(step, settings.linkLocalAddress());
            }
            lookForOtherUsers(step, address);
            change(step, state.solicitedAgain(step.now().plus(RETRANS_TIMER)));
        } else if (attachment == Attachment.HOME) {
            settleHome(step);
        } else {
            settleCareOf(step, address);
        }
    }

    private static void lookForOtherUsers(Step step, Ipv6Address address) {
        Ipv6Address group = address.solicitedNode();
        step.effect(new Effect.SendNeighborSolicitation(
                MacAddress.multicastFor(group), Ipv6Address.UNSPECIFIED, group, address));
    }

    private static void settleCareOf(Step step, Ipv6Address address) {
        AddressState state = step.state().address();
        Ipv6Prefix prefix = state.prefix().orElseThrow();
        boolean onLink = step.state()
                .link()
                .prefixes(step.now())
                .anyMatch(known -> known.prefix().equals(prefix) && known.isOnLink(step.now()));
        change(step, state.settled(Phase.CARE_OF, Optional.of(address)));
        step.effect(new Effect.ConfigureCareOfAddress(address, prefix.length(), onLink));
        step.event(Effect.Event.of("care-of-address-configured", "careOfAddress", address));
    }

    private void settleHome(Step step) {
        AddressState state = step.state().address();
        state.installed().ifPresent(address -> step.effect(new Effect.RemoveCareOfAddress(address)));
        change(step, state.settled(Phase.HOME, Optional.empty()));
        step.effect(new Effect.PlaceHomeAddressOnLink());
        step.event(Effect.Event.of("at-home", "homeAddress", settings.homeAddress()));
    }

    private void collide(Step step, MacAddress other) {
        AddressState state = step.state().address();
        Ipv6Address address = state.address().orElseThrow();
        step.event(Effect.Event.of("address-duplicate", "address", address, "linkLayerAddress", other));
        if (address.equals(settings.homeAddress())) {
            change(step, state.unavailable(Optional.of(step.now().plus(HOME_ADDRESS_RETRY))));
        } else if (state.collisions() < IDGEN_RETRIES) {
            change(step, state.collided(state.collisions() + 1));
        } else {
            tellOfDuplicates(step, state);
            change(step, state.collided(state.collisions() + 1).unavailable(Optional.empty()));
        }
    }

    /** At home it tries again, as it does when the home address is taken: both may be a home agent's doing. */
    private void keepOff(Step step, MacAddress other) {
        AddressState state = step.state().address();
        step.event(Effect.Event.of(
                "address-duplicate", "address", settings.linkLocalAddress(), "linkLayerAddress", other));
        if (state.isTentative(settings.homeAddress())) {
            change(step, state.unavailable(Optional.of(step.now().plus(HOME_ADDRESS_RETRY))));
        } else {
            tellOfDuplicates(step, state);
            change(step, state.collided(IDGEN_RETRIES + 1).unavailable(Optional.empty()));
        }
    }

    private static void tellOfDuplicates(Step step, AddressState state) {
        step.event(Effect.Event.of(
                "care-of-address-unavailable",
                "reason",
                "duplicates",
                "prefixes",
                Listing.of(state.prefix().stream().toList())));
    }

    private static void change(Step step, AddressState state) {
        step.change(new Change.AddressChanged(state));
    }
}
