package dev.roost.mobilenode.movement;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobilenode.movement.LinkState.Attachment;
import dev.roost.mobilenode.movement.ReturnState.Deregistration;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Returning home (RFC 6275, 11.5.5): takes the binding back from the home agent before anything is sent from the home address.
 *
 * <pre>
 *   home prefix on-link, binding update list not empty   find the home agent's link-layer address
 *   address known, or nobody tells it                    binding update, lifetime 0, source home address; again until answered
 *   home agent asks for the home address                 answer, or its acknowledgement could not reach us
 *   acknowledged                                         home address on the link, tunnel closed, tell all nodes
 *   binding expired                                      as a node that was never away ({@link AddressConfiguration})
 *   another link                                         forget about it
 * </pre>
 *
 * <p>The link-layer address is taken from the home agent's router advertisement where that carries its address. Else it is solicited:
 * from the unspecified address, because the home agent defends our own, and with the home agent's address as the target. RFC 6275 names
 * the home address as the target; but a switch or a second home agent may answer for that one.
 */
final class ReturnHome {
    static final int MAX_MULTICAST_SOLICIT = 3;
    static final Duration RETRANS_TIMER = Duration.ofSeconds(1);
    static final int MAX_NEIGHBOR_ADVERTISEMENT = 3;

    private final MobileNodeSettings settings;
    private final BindingUpdateSender sender;
    private final AddressConfiguration addresses;

    ReturnHome(MobileNodeSettings settings, BindingUpdateSender sender, AddressConfiguration addresses) {
        this.settings = settings;
        this.sender = sender;
        this.addresses = addresses;
    }

    /** The home agent's answer, perhaps. */
    void onNeighborAdvertisement(Step step, Ipv6Address target, MacAddress linkLayerAddress) {
        ReturnState state = step.state().returning();
        Optional<Deregistration> open = state.deregistration()
                .filter(current -> current.linkLayerAddress().isEmpty())
                .filter(current -> current.homeAgent().equals(target));
        open.ifPresent(current -> change(
                step,
                new Deregistration(
                        current.homeAgent(),
                        Optional.of(linkLayerAddress),
                        current.solicited(),
                        current.sent(),
                        current.timeout(),
                        step.now())));
    }

    /**
     * The home agent looks for us to send its acknowledgement. Others are not answered: it still defends the address (RFC 6275,
     * 11.5.5).
     */
    void onNeighborSolicitation(Step step, PacketOrigin origin, Ipv6Address target) {
        Optional<Deregistration> open = step.state().returning().deregistration();
        if (open.isEmpty()
                || !target.equals(settings.homeAddress())
                || origin.source().isUnspecified()) {
            return;
        }
        boolean homeAgent = origin.source().equals(open.get().homeAgent())
                || open.get()
                        .linkLayerAddress()
                        .filter(origin.linkLayerSource()::equals)
                        .isPresent();
        if (homeAgent) {
            step.effect(new Effect.SendNeighborAdvertisement(
                    origin.linkLayerSource(), target, origin.source(), target, true));
        }
    }

    /** Without a routing header, to the home address; from a home agent of the list, authentic. */
    void onBindingAcknowledgement(Step step, BindingUpdateListEntry entry, BindingAcknowledgement acknowledgement) {
        Optional<Deregistration> open = step.state()
                .returning()
                .deregistration()
                .filter(current -> current.homeAgent().equals(entry.homeAgent()));
        BindingStatus status = acknowledgement.status();
        if (open.isEmpty()) {
            step.count("binding-acknowledgement-unexpected");
        } else if (status.equals(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW)) {
            step.change(new Change.RegistrationChanged(
                    step.state().registration().with(entry.withSequence(acknowledgement.sequenceNumber()))));
            boolean patient = open.get().sent() > HomeRegistration.MAX_RESYNCHRONISED;
            change(step, dueAt(open.get(), patient ? step.now().plus(RETRANS_TIMER) : step.now()));
        } else if (!acknowledgement.sequenceNumber().equals(entry.sequence())) {
            step.count("binding-acknowledgement-sequence");
        } else if (status.isAccepted() || status.equals(BindingStatus.NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE)) {
            finish(step, entry, acknowledgement);
        } else {
            step.event(Effect.Event.of(
                    "deregistration-refused", "homeAgent", entry.homeAgent(), "status", status.value()));
        }
    }

    void advance(Step step) {
        announce(step);
        ReturnState state = step.state().returning();
        boolean wanted = step.state().link().attachment(settings, step.now()) == Attachment.HOME
                && !step.state().address().isHome(step.state().link())
                && !step.state().registration().entries().isEmpty();
        if (!wanted) {
            if (state.deregistration().isPresent()) {
                step.change(new Change.ReturnChanged(
                        new ReturnState(Optional.empty(), state.announcementsLeft(), state.announceAt())));
            }
            return;
        }
        if (state.deregistration().isEmpty()) {
            begin(step);
        }
        step.state()
                .returning()
                .deregistration()
                .filter(open -> step.isDue(open.deadline()))
                .ifPresent(open -> proceed(step, open));
    }

    Stream<Instant> deadlines(MobileNodeState state) {
        if (!state.link().up()) {
            return Stream.empty();
        }
        return Stream.concat(
                state.returning().announceAt().stream(),
                state.returning().deregistration().map(Deregistration::deadline).stream());
    }

    private static void begin(Step step) {
        RegistrationState registration = step.state().registration();
        Ipv6Address homeAgent = registration
                .registeredWith()
                .orElseGet(() -> registration.entries().values().stream()
                        .max(Comparator.comparing(BindingUpdateListEntry::sentAt))
                        .orElseThrow()
                        .homeAgent());
        step.event(Effect.Event.of("returning-home", "homeAgent", homeAgent));
        change(
                step,
                new Deregistration(
                        homeAgent,
                        step.state().link().linkLayerAddressOf(homeAgent),
                        0,
                        0,
                        RegistrationTimers.INITIAL_BINDACK_TIMEOUT,
                        step.now()));
    }

    private void proceed(Step step, Deregistration open) {
        LinkState link = step.state().link();
        Optional<MacAddress> known = open.linkLayerAddress().or(() -> link.linkLayerAddressOf(open.homeAgent()));
        boolean askedEnough = open.solicited() >= MAX_MULTICAST_SOLICIT;
        Optional<MacAddress> destination =
                known.isEmpty() && askedEnough ? link.gateway().map(AdvertisedRouter::linkLayerAddress) : known;
        BindingUpdateListEntry entry = step.state().registration().entries().get(open.homeAgent());
        if (entry == null) {
            step.change(new Change.ReturnChanged(ReturnState.IDLE));
        } else if (destination.isPresent()) {
            sender.sendFromHome(step, destination.get(), entry);
            Duration next = RegistrationTimers.nextTimeout(open.timeout());
            change(
                    step,
                    new Deregistration(
                            open.homeAgent(),
                            known,
                            open.solicited(),
                            open.sent() + 1,
                            next,
                            step.now().plus(open.timeout())));
        } else {
            Ipv6Address group = open.homeAgent().solicitedNode();
            step.effect(new Effect.SendNeighborSolicitation(
                    MacAddress.multicastFor(group), Ipv6Address.UNSPECIFIED, group, open.homeAgent()));
            change(
                    step,
                    new Deregistration(
                            open.homeAgent(),
                            Optional.empty(),
                            open.solicited() + 1,
                            open.sent(),
                            open.timeout(),
                            step.now().plus(RETRANS_TIMER)));
        }
    }

    private void finish(Step step, BindingUpdateListEntry entry, BindingAcknowledgement acknowledgement) {
        step.event(Effect.Event.of(
                "binding-acknowledgement-received",
                "homeAgent",
                entry.homeAgent(),
                "status",
                acknowledgement.status().value(),
                "sequence",
                acknowledgement.sequenceNumber(),
                "lifetime",
                acknowledgement.lifetime().toSeconds()));
        step.change(new Change.RegistrationChanged(
                step.state().registration().withEntries(Collections.emptyNavigableMap())));
        step.event(Effect.Event.of("deregistered", "homeAgent", entry.homeAgent()));
        addresses.takeHomeAddress(step);
        step.change(new Change.ReturnChanged(
                new ReturnState(Optional.empty(), MAX_NEIGHBOR_ADVERTISEMENT, Optional.of(step.now()))));
    }

    /** Tells all nodes, some of which think that the home address is at the home agent: Override is set, and Solicited is not. */
    private void announce(Step step) {
        ReturnState state = step.state().returning();
        if (state.announceAt().filter(step::isDue).isEmpty()) {
            return;
        }
        boolean atHome = step.state().address().isHome(step.state().link());
        if (atHome) {
            step.effect(new Effect.SendNeighborAdvertisement(
                    MacAddress.multicastFor(Ipv6Address.ALL_NODES),
                    settings.homeAddress(),
                    Ipv6Address.ALL_NODES,
                    settings.homeAddress(),
                    false));
        }
        int left = atHome ? state.announcementsLeft() - 1 : 0;
        step.change(new Change.ReturnChanged(new ReturnState(
                state.deregistration(),
                left,
                left > 0 ? Optional.of(step.now().plus(RETRANS_TIMER)) : Optional.empty())));
    }

    private static Deregistration dueAt(Deregistration open, Instant when) {
        return new Deregistration(
                open.homeAgent(), open.linkLayerAddress(), open.solicited(), open.sent(), open.timeout(), when);
    }

    private static void change(Step step, Deregistration open) {
        ReturnState state = step.state().returning();
        step.change(new Change.ReturnChanged(
                new ReturnState(Optional.of(open), state.announcementsLeft(), state.announceAt())));
    }
}
