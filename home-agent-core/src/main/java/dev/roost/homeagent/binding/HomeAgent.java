package dev.roost.homeagent.binding;

import dev.roost.delegation.Delegation;
import dev.roost.delegation.DelegationDecision;
import dev.roost.delegation.ForwardingEntry;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.Identifiers;
import dev.roost.homeagent.binding.BindingChange.AdmissionEnded;
import dev.roost.homeagent.binding.BindingChange.AdmissionStarted;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRefreshed;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.DelegationChanged;
import dev.roost.homeagent.binding.BindingChange.DetectionEnded;
import dev.roost.homeagent.binding.BindingChange.DetectionStarted;
import dev.roost.homeagent.binding.BindingChange.SequenceRetained;
import dev.roost.homeagent.binding.BindingChange.TimestampAccepted;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilePrefixSolicitation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One home agent on one home link (RFC 6275, 10; the distributed home agent of the representative scheme).
 *
 * <p>Every event is a method; it returns a {@link Decision} and alters no binding. {@link #apply} is what alters bindings. Only
 * timers that concern nobody else, the schedules of advertisements and rate limits, move with the event itself. It only routes: the
 * rules are in {@link BindingUpdateProcessor}, {@link Registrar}, {@link NeighborProxy}, {@link UnboundSenders} and {@link
 * RouterAdvertisementSchedule}, and in the module delegation.
 *
 * <p>The daemon's loop thread calls everything. It is neither the tunnel nor the socket, and it reads no clock: time is what it is
 * told, and must not run backwards.
 */
public final class HomeAgent {
    private final BindingCache cache;
    private final Detections detections = new Detections();
    private final Admissions admissions = new Admissions();
    private final Delegations delegations;
    private final BindingAuthenticator authenticator;
    private final ProxyAnnouncements announcements;
    private final Registrar registrar;
    private final BindingUpdateProcessor updates;
    private final NeighborProxy proxy;
    private final UnboundSenders unbound;
    private final RouterAdvertisementSchedule schedule;
    private final OutgoingPackets packets;

    /**
     * Sets one up without bindings.
     *
     * @param authenticator decides which binding updates are genuine
     * @param seed of the random intervals between router advertisements
     */
    public HomeAgent(HomeAgentSettings settings, BindingAuthenticator authenticator, long seed) {
        this(settings, authenticator, seed, Optional.empty(), new Identifiers());
    }

    /**
     * The same with other home agents that may forward.
     *
     * @param roles empty for a home agent that forwards for all its mobile nodes, and for no others
     * @param identifiers of requests, shared by all that send requests in one process
     */
    public HomeAgent(
            HomeAgentSettings settings,
            BindingAuthenticator authenticator,
            long seed,
            Optional<DelegationRoles> roles,
            Identifiers identifiers) {
        this.cache = new BindingCache(settings.maximumBindings());
        this.authenticator = authenticator;
        this.packets = new OutgoingPackets(settings, authenticator);
        this.delegations = new Delegations(settings, cache, roles, identifiers);
        this.announcements = new ProxyAnnouncements(settings, cache, delegations, packets);
        this.registrar = new Registrar(settings, cache, authenticator, admissions, delegations, packets, announcements);
        this.updates = new BindingUpdateProcessor(
                settings, cache, detections, authenticator, admissions, delegations, packets, registrar);
        this.proxy = new NeighborProxy(settings, cache, detections, delegations, updates, packets);
        this.unbound = new UnboundSenders(settings, cache, authenticator, packets);
        this.schedule = new RouterAdvertisementSchedule(
                RouterAdvertisementTimers.of(settings.routerAdvertisementInterval()), new SplittableRandom(seed));
    }

    /** Ends those of the bindings that were applied from before a restart that have no place here any more. */
    public Decision onRestart(Instant now) {
        return updates.onRestart(now);
    }

    /** Goes on with delegations from before a restart; after {@link #onRestart}, once that is applied. */
    public Decision onDelegationsRestored(Instant now) {
        return translate(now, delegations.onRestart(now, cache.all()));
    }

    /** Other secondaries, another policy: for mobile nodes that are bound already, too. */
    public Decision reconfigure(Instant now, DelegationRoles roles) {
        return translate(now, delegations.reconfigure(now, roles));
    }

    /** A genuine message of the forwarding protocol. */
    public Decision onForwardingMessage(Instant now, Ipv6Address peer, long session, ForwardingMessage message) {
        return registrar.translate(now, delegations.onMessage(now, peer, session, message));
    }

    /** How many packets this home agent has put into tunnels since it started; about once a second. */
    public Decision onTransmitted(Instant now, long packetsTransmitted) {
        return registrar.translate(now, delegations.onTransmitted(now, packetsTransmitted));
    }

    /** Whether a request of the forwarding protocol with this identifier waits for its acknowledgement. */
    public boolean isOutstanding(long identifier) {
        return delegations.isOutstanding(identifier);
    }

    private Decision translate(Instant now, List<DelegationDecision> decisions) {
        Decision.Builder decision = new Decision.Builder();
        decisions.forEach(delegated -> decision.add(registrar.translate(now, delegated)));
        return decision.build();
    }

    /** The home agent begins to advertise itself. */
    public void onStart(Instant now) {
        schedule.onStart(now);
    }

    /** The home agent is to stop: it says so in its last advertisements. Bindings stay what they are. */
    public void onStop(Instant now) {
        schedule.onStop(now);
    }

    /** Whether the last advertisement after {@link #onStop} is out. */
    public boolean hasCeased() {
        return schedule.isCeasing() && schedule.nextDeadline().isEmpty();
    }

    public Decision onBindingUpdate(Instant now, BindingRequest request) {
        return updates.onBindingUpdate(now, request);
    }

    /** The mobile node is known to have registered with another home agent: its binding here is over. */
    public Decision onRegisteredElsewhere(Instant now, Ipv6Address homeAddress) {
        return registrar.supersede(now, homeAddress);
    }

    /** A Mobility Header of a type that nobody here knows. */
    public Decision onUnknownMobilityMessage(Instant now, Origin origin) {
        return unbound.onUnknownMobilityMessage(now, origin);
    }

    /**
     * A mobile node asks for the prefixes of its home link (RFC 6275, 10.6.2). A binding that names the packet's source as the
     * care-of address is what vouches for it.
     */
    public Decision onMobilePrefixSolicitation(Instant now, Origin origin, MobilePrefixSolicitation solicitation) {
        if (origin.homeAddressOption().isEmpty()) {
            return Decision.count(Counter.IGNORED_PREFIX_SOLICITATION);
        }
        Ipv6Address homeAddress = origin.homeAddressOption().orElseThrow();
        boolean vouchedFor = cache.find(homeAddress)
                .filter(binding -> binding.careOfAddress().equals(origin.source()))
                .isPresent();
        return vouchedFor
                ? Decision.of(
                        new Effect.Count(Counter.PREFIX_SOLICITATIONS_ANSWERED),
                        packets.prefixAdvertisement(origin, solicitation.identifier()))
                : unbound.onUnboundHomeAddress(now, origin, homeAddress);
    }

    public Decision onNeighborSolicitation(MacAddress linkLayerSource, Ipv6Address source, Ipv6Address target) {
        return proxy.onNeighborSolicitation(linkLayerSource, source, target);
    }

    /** A solicitation that was sent to this home agent alone. */
    public Decision onUnicastSolicitation(MacAddress linkLayerSource, Ipv6Address source, Ipv6Address target) {
        return proxy.onUnicastSolicitation(linkLayerSource, source, target);
    }

    public Decision onNeighborAdvertisement(MacAddress linkLayerSource, Ipv6Address target) {
        return proxy.onNeighborAdvertisement(linkLayerSource, target);
    }

    public Decision onRouterSolicitation(Instant now) {
        schedule.onRouterSolicitation(now);
        return Decision.count(Counter.ROUTER_SOLICITATIONS);
    }

    /** Handles what is due; a part of it if there is very much, so {@link #nextDeadline} may still be in the past. */
    public Decision onDeadline(Instant now) {
        Decision.Builder decision = new Decision.Builder();
        if (schedule.onDeadline(now)) {
            decision.effect(new Effect.AdvertiseRouter(schedule.isCeasing()));
        }
        decision.add(updates.onDeadline(now));
        decision.add(announcements.onDeadline(now));
        if (isDue(delegations.nextDeadline(), now)) {
            decision.add(registrar.translate(now, delegations.onDeadline(now)));
        }
        return decision.build();
    }

    private static boolean isDue(Optional<Instant> deadline, Instant now) {
        return deadline.filter(due -> !due.isAfter(now)).isPresent();
    }

    /** When {@link #onDeadline} wants to be called next. */
    public Optional<Instant> nextDeadline() {
        return Stream.of(
                        schedule.nextDeadline(),
                        detections.nextDeadline(),
                        cache.nextExpiry(),
                        announcements.nextDeadline(),
                        delegations.nextDeadline())
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    /** The advertisement of this moment (H-26); the preference is the caller's to read, anew for each (H-40). */
    public Effect routerAdvertisement(int preference, boolean ceasing) {
        return packets.routerAdvertisement(preference, ceasing);
    }

    /** The only thing that alters bindings. */
    public void apply(BindingChange change) {
        if (change instanceof BindingRegistered registered) {
            cache.put(registered.binding());
        } else if (change instanceof BindingMoved moved) {
            cache.put(moved.binding());
        } else if (change instanceof BindingRefreshed refreshed) {
            cache.put(refreshed.binding());
        } else if (change instanceof BindingReleased released) {
            cache.remove(released.homeAddress());
        } else if (change instanceof SequenceRetained retained) {
            cache.retainSequence(retained.homeAddress(), retained.sequence());
        } else if (change instanceof TimestampAccepted accepted) {
            authenticator.rememberTimestamp(accepted.homeAddress(), accepted.ntpTimestamp());
        } else if (change instanceof DetectionStarted started) {
            detections.put(started.detection());
        } else if (change instanceof DetectionEnded ended) {
            detections.remove(ended.homeAddress());
        } else if (change instanceof AdmissionStarted started) {
            admissions.put(started.admission());
        } else if (change instanceof AdmissionEnded ended) {
            admissions.remove(ended.homeAddress());
        } else if (change instanceof DelegationChanged changed) {
            delegations.apply(changed.change());
        }
    }

    public int bindingCount() {
        return cache.size();
    }

    /** A copy of all bindings, in no order. */
    public List<Binding> bindings() {
        return cache.all();
    }

    /** All bindings as they are now, for another thread to put in order. */
    public BindingSnapshot.Copy copyBindings() {
        return cache.copy();
    }

    public Optional<Binding> binding(Ipv6Address homeAddress) {
        return cache.find(homeAddress);
    }

    /** The tunnel that there is to be for a home address now, whoever's mobile node it is. */
    public Optional<HomeAgentTunnel> tunnel(Ipv6Address homeAddress) {
        return delegations.tunnel(homeAddress);
    }

    /** All tunnels that there are to be now, in no order. */
    public List<HomeAgentTunnel> tunnels() {
        return delegations.tunnels();
    }

    /** Who forwards for a mobile node that is bound here, if that was ever anybody else. */
    public Optional<Delegation> delegation(Ipv6Address homeAddress) {
        return delegations.delegation(homeAddress);
    }

    /** What this home agent forwards for another one's mobile node. */
    public Optional<ForwardingEntry> forwardingEntry(Ipv6Address homeAddress) {
        return delegations.entry(homeAddress);
    }

    /** For how many mobile nodes of other home agents this one forwards. */
    public int forwardingEntries() {
        return delegations.entryCount();
    }

    /** For how many of the mobile nodes bound here others forward. */
    public int delegated() {
        return delegations.delegatedCount();
    }

    /** How many registrations wait until somebody is ready to forward. */
    public int admissionsUnderWay() {
        return admissions.size();
    }

    /** How many duplicate address detections are under way. */
    public int detectionsUnderWay() {
        return detections.size();
    }

    /** The durable state as changes that rebuild it. */
    public List<BindingChange> snapshot() {
        List<BindingChange> changes = cache.snapshot();
        changes.addAll(delegations.snapshot());
        return changes;
    }
}
