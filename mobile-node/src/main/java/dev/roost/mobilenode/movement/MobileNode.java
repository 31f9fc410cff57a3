package dev.roost.mobilenode.movement;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.TargetLinkLayerAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * One mobile node: events in, decisions out.
 *
 * <p>A method named {@code on...} alters nothing. Its caller applies the changes of the decision with {@link #apply}, lets the effects
 * happen, and calls {@link #onDeadline} when {@link #nextDeadline} has come. The shell does this on one thread; tests do it with a
 * clock of their own.
 *
 * <p>Packets come here checked: neighbor discovery by the rules of RFC 4861 (hop limit, source), checksums over the home address where
 * a Home Address option or a type 2 routing header stands. Whether they are meant for this node, and come from whom they must, is
 * decided here.
 */
public final class MobileNode {
    /** Each part reacts at most once or twice to what the ones before it did; more rounds would be a loop. */
    private static final int MAX_ROUNDS = 32;

    private final MobileNodeSettings settings;
    private final RouterSolicitation solicitation;
    private final MovementDetection movement;
    private final AddressConfiguration addresses;
    private final HomeAgentDiscovery discovery;
    private final HomeRegistration registration;
    private final ReturnHome returning;
    private final MobilePrefixes prefixes;
    private final Farewell farewell;
    private MobileNodeState state = MobileNodeState.INITIAL;

    public MobileNode(MobileNodeSettings settings, RandomGenerator random) {
        this.settings = settings;
        BindingUpdateSender sender = new BindingUpdateSender(settings, random);
        solicitation = new RouterSolicitation(settings, random);
        movement = new MovementDetection(settings, solicitation);
        addresses = new AddressConfiguration(settings, random);
        discovery = new HomeAgentDiscovery(settings, random);
        prefixes = new MobilePrefixes(settings, random);
        registration = new HomeRegistration(settings, random, sender, prefixes);
        returning = new ReturnHome(settings, sender, addresses);
        farewell = new Farewell(sender);
    }

    /** The node starts; {@code up}: its interface is usable. Until it knows better it is away. */
    public Decision onStart(Instant now, boolean up) {
        return decide(now, step -> {
            step.effect(new Effect.PlaceHomeAddressOffLink());
            step.change(new Change.LinkChanged(step.state().link().withUp(up)));
            solicitation.begin(step);
        });
    }

    public Decision onLinkUp(Instant now) {
        return decide(now, movement::onLinkUp);
    }

    public Decision onLinkDown(Instant now) {
        return decide(now, movement::onLinkDown);
    }

    public Decision onRouterAdvertisement(Instant now, PacketOrigin origin, RouterAdvertisement advertisement) {
        return decide(now, step -> movement.onRouterAdvertisement(step, origin, advertisement));
    }

    public Decision onNeighborSolicitation(Instant now, PacketOrigin origin, NeighborSolicitation solicited) {
        return decide(now, step -> {
            addresses.onNeighborSolicitation(step, origin, solicited.target());
            returning.onNeighborSolicitation(step, origin, solicited.target());
        });
    }

    public Decision onNeighborAdvertisement(Instant now, PacketOrigin origin, NeighborAdvertisement advertisement) {
        Ipv6Address target = advertisement.target();
        return decide(now, step -> {
            movement.onNeighborAdvertisement(step, origin, target);
            addresses.onNeighborAdvertisement(step, origin, target);
            for (NdOption option : advertisement.options()) {
                if (option instanceof TargetLinkLayerAddress told) {
                    returning.onNeighborAdvertisement(step, target, told.address());
                }
            }
        });
    }

    public Decision onDiscoveryReply(Instant now, PacketOrigin origin, HomeAgentAddressDiscoveryReply reply) {
        return decide(now, step -> discovery.onReply(step, origin, reply));
    }

    /**
     * A binding acknowledgement.
     *
     * @param routingHeaderHomeAddress what the type 2 routing header held, if there was one
     */
    public Decision onBindingAcknowledgement(
            Instant now,
            PacketOrigin origin,
            Optional<Ipv6Address> routingHeaderHomeAddress,
            BindingAcknowledgement acknowledgement) {
        return decide(now, step -> {
            BindingUpdateListEntry entry = step.state().registration().entries().get(origin.source());
            if (entry == null) {
                step.count("binding-acknowledgement-unexpected");
            } else if (!isAuthentic(origin, acknowledgement)) {
                refuseUnauthentic(step, entry, acknowledgement);
            } else if (step.state().farewell().ending()) {
                farewell.onBindingAcknowledgement(step, origin.source(), acknowledgement);
            } else if (isToHomeAddressDirectly(origin, routingHeaderHomeAddress)) {
                returning.onBindingAcknowledgement(step, entry, acknowledgement);
            } else if (isForUsAway(step, origin, routingHeaderHomeAddress)) {
                registration.onBindingAcknowledgement(step, entry, acknowledgement);
            } else {
                step.count("binding-acknowledgement-misaddressed");
            }
        });
    }

    public Decision onBindingError(Instant now, PacketOrigin origin, BindingError error) {
        return decide(now, step -> {
            BindingUpdateListEntry entry = step.state().registration().entries().get(origin.source());
            if (entry == null || !error.homeAddress().equals(settings.homeAddress())) {
                step.count("binding-error-unexpected");
            } else {
                registration.onBindingError(step, entry, error.status());
            }
        });
    }

    /** A mobility message of a type that is not known here is answered with Binding Error 2, if a home agent of ours sent it. */
    public Decision onUnknownMobilityMessage(Instant now, PacketOrigin origin) {
        return decide(now, step -> {
            Optional<AdvertisedRouter> gateway = step.state().link().gateway();
            Optional<Ipv6Address> careOfAddress =
                    step.state().address().careOfAddress(step.state().link());
            step.count("mobility-message-unknown");
            if (step.state().registration().entries().containsKey(origin.source())
                    && gateway.isPresent()
                    && careOfAddress.isPresent()) {
                step.effect(new Effect.SendBindingError(
                        gateway.get().linkLayerAddress(),
                        careOfAddress.get(),
                        origin.source(),
                        Ipv6Address.UNSPECIFIED,
                        BindingError.UNRECOGNIZED_MH_TYPE));
            }
        });
    }

    public Decision onMobilePrefixAdvertisement(
            Instant now,
            PacketOrigin origin,
            Optional<Ipv6Address> routingHeaderHomeAddress,
            MobilePrefixAdvertisement advertisement) {
        return decide(now, step -> {
            boolean forUs = isForUsAway(step, origin, routingHeaderHomeAddress);
            prefixes.onAdvertisement(step, origin, forUs, advertisement);
        });
    }

    public Decision onDeadline(Instant now) {
        return decide(now, step -> {});
    }

    /** The node ends. With {@code deregister} it asks its home agent first; {@link Effect.Finished} says when it is done. */
    public Decision onStop(Instant now, boolean deregister) {
        return decide(now, step -> farewell.begin(step, deregister));
    }

    /** The only thing that alters the node. */
    public void apply(Change change) {
        state = change.appliedTo(state);
    }

    /** When {@link #onDeadline} should be called, unless an event comes before. */
    public Optional<Instant> nextDeadline() {
        if (state.farewell().ending()) {
            return farewell.deadline(state);
        }
        Stream<Instant> single = Stream.of(
                        solicitation.deadline(state),
                        addresses.deadline(state),
                        discovery.deadline(state),
                        prefixes.deadline(state))
                .flatMap(Optional::stream);
        return Stream.of(single, movement.deadlines(state), registration.deadlines(state), returning.deadlines(state))
                .flatMap(deadlines -> deadlines)
                .filter(deadline -> deadline.isBefore(Instant.MAX))
                .min(Instant::compareTo);
    }

    private Decision decide(Instant now, Consumer<Step> event) {
        Step step = new Step(now, state);
        event.accept(step);
        if (step.state().farewell().ending()) {
            farewell.advance(step);
            return step.decision();
        }
        for (int round = 0; round < MAX_ROUNDS; round++) {
            MobileNodeState before = step.state();
            solicitation.advance(step);
            movement.advance(step);
            addresses.advance(step);
            discovery.advance(step);
            registration.advance(step);
            returning.advance(step);
            prefixes.advance(step);
            if (before.equals(step.state())) {
                return step.decision();
            }
        }
        throw new IllegalStateException("no end to what follows from one event: " + step.state());
    }

    /** The care-of address that is acknowledged is where the acknowledgement goes to: at home that is the home address. */
    private boolean isAuthentic(PacketOrigin origin, BindingAcknowledgement acknowledgement) {
        return settings.authentication()
                .map(association -> association.verify(acknowledgement, origin.destination(), settings.homeAddress()))
                .orElse(true);
    }

    /** Told, if it looks like an answer, since a wrong key on either side looks like that. */
    private static void refuseUnauthentic(
            Step step, BindingUpdateListEntry entry, BindingAcknowledgement acknowledgement) {
        step.count("binding-acknowledgement-unauthenticated");
        if (acknowledgement.sequenceNumber().equals(entry.sequence())) {
            step.event(Effect.Event.of(
                    "binding-acknowledgement-unauthenticated",
                    "homeAgent",
                    entry.homeAgent(),
                    "status",
                    acknowledgement.status().value()));
        }
    }

    private boolean isToHomeAddressDirectly(PacketOrigin origin, Optional<Ipv6Address> routingHeaderHomeAddress) {
        return routingHeaderHomeAddress.isEmpty() && origin.destination().equals(settings.homeAddress());
    }

    private boolean isForUsAway(Step step, PacketOrigin origin, Optional<Ipv6Address> routingHeaderHomeAddress) {
        Optional<Ipv6Address> careOfAddress =
                step.state().address().careOfAddress(step.state().link());
        return routingHeaderHomeAddress.equals(Optional.of(settings.homeAddress()))
                && careOfAddress.equals(Optional.of(origin.destination()));
    }
}
