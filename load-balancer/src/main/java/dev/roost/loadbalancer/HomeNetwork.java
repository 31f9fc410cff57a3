package dev.roost.loadbalancer;

import dev.roost.delegation.ForwardingMessage;
import dev.roost.loadbalancer.Change.AttachmentDoubted;
import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.LoadSampled;
import dev.roost.loadbalancer.Change.PortReachability;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Icmpv6Error;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * One Mobile IPv6 home network, as its representative home agent knows it: which home agents there are, how loaded they
 * are, which mobile node is bound at which, and who was told what.
 *
 * <p>Every event is a method that takes the time and returns a {@link Decision}; it alters nothing. {@link #apply} is the
 * only thing that does, and does the same on every copy. The caller applies a decision's changes, in their order, before
 * the next event. No event costs work in proportion to the mobile nodes; a discovery request costs what ordering the home
 * agents costs.
 *
 * <p>It is not a home agent: it terminates no binding and forwards no packet. It parses no bytes and checks nothing that
 * parsing has to check (checksums, hop limits, option formats).
 *
 * <p>Called by the loop that owns it, on one thread. Times of day are taken to the millisecond.
 */
public final class HomeNetwork {

    /** Bindings that one {@link #onDeadline} ends or prolongs at most; the next deadline is then still in the past. */
    static final int MOST_EXPIRED_AT_ONCE = 1024;

    private final Tables tables;
    private final ChangeApplier applier;
    private final Probing probing;
    private final AdvertisementRoutine advertisementRoutine;
    private final NeighborAnswers neighborAnswers;
    private final DiscoveryAnswers discoveryAnswers;
    private final BindingFollower bindingFollower;
    private final ToldBindings toldBindings;
    private final Lifetimes lifetimes;
    private final TunnelErrors tunnelErrors;
    private final Delegations delegations;
    private final Reconfiguration reconfiguration;
    private final Steering steering;
    private final Views views;

    /** @param seed decides ties between equal home agents; not to be guessed by mobile nodes */
    public HomeNetwork(HomeNetworkConfig config, long seed) {
        tables = new Tables(config, seed);
        applier = new ChangeApplier(tables);
        probing = new Probing(tables);
        advertisementRoutine = new AdvertisementRoutine(tables, probing);
        neighborAnswers = new NeighborAnswers(tables);
        HomeAgentSelector selector = new HomeAgentSelector(tables);
        discoveryAnswers = new DiscoveryAnswers(tables, selector, seed);
        delegations = new Delegations(tables);
        BindingRules bindingRules = delegations.bindingRules();
        bindingFollower = new BindingFollower(tables, bindingRules, delegations.representative());
        toldBindings = new ToldBindings(tables, bindingRules);
        lifetimes = new Lifetimes(tables, bindingRules);
        tunnelErrors = new TunnelErrors(tables);
        reconfiguration = new Reconfiguration(tables);
        steering = new Steering(tables);
        views = new Views(tables, selector, discoveryAnswers);
    }

    public HomeNetworkConfig config() {
        return tables.config;
    }

    /** Takes a change in. Total: whatever it refers to, it never fails. */
    public void apply(Change change) {
        change.accept(applier);
    }

    /** A router advertisement that passed RFC 4861, 6.1.2. */
    public Decision onRouterAdvertisement(Instant now, PacketOrigin origin, RouterAdvertisement advertisement) {
        long nowMillis = now.toEpochMilli();
        return delegations.onAdvertised(nowMillis, advertisementRoutine.decide(nowMillis, origin, advertisement));
    }

    /** A neighbor solicitation that passed RFC 4861, 7.1.1. */
    public Decision onNeighborSolicitation(Instant now, PacketOrigin origin, NeighborSolicitation solicitation) {
        return neighborAnswers.onNeighborSolicitation(origin, solicitation);
    }

    /** A neighbor advertisement to the representative: the answer to a probe, or to duplicate address detection. */
    public Decision onNeighborAdvertisement(Instant now, PacketOrigin origin, NeighborAdvertisement advertisement) {
        Decision detected = delegations
                .representative()
                .onNeighborAdvertisement(now.toEpochMilli(), origin, advertisement.target());
        return detected.changes().isEmpty() && detected.effects().isEmpty()
                ? probing.onNeighborAdvertisement(now.toEpochMilli(), origin, advertisement)
                : detected;
    }

    public Decision onDiscoveryRequest(Instant now, PacketOrigin origin, HomeAgentAddressDiscoveryRequest request) {
        return discoveryAnswers.decide(now.toEpochMilli(), origin, request);
    }

    public Decision onEchoRequest(Instant now, PacketOrigin origin, EchoRequest request) {
        return neighborAnswers.onEchoRequest(origin, request);
    }

    /** An ICMPv6 error to the representative, whose address is the outer source of tunnels where it takes registrations. */
    public Decision onIcmpv6Error(Instant now, PacketOrigin origin, Icmpv6Error error) {
        return tunnelErrors.onPacketTooBig(origin, error);
    }

    /** @param homeAddress of the Home Address option; without one the source address */
    public Decision onBindingUpdate(Instant now, PacketOrigin origin, Ipv6Address homeAddress, BindingUpdate update) {
        return bindingFollower.onBindingUpdate(now.toEpochMilli(), origin, homeAddress, update);
    }

    /** @param homeAddress of the type 2 routing header; without one the destination address */
    public Decision onBindingAcknowledgement(
            Instant now, PacketOrigin origin, Ipv6Address homeAddress, BindingAcknowledgement acknowledgement) {
        return bindingFollower.onBindingAcknowledgement(now.toEpochMilli(), origin, homeAddress, acknowledgement);
    }

    /** What a home agent itself tells of one binding; what is already known so comes to nothing. */
    public Decision onBindingReported(Instant now, BindingReport report) {
        return toldBindings.onReport(now.toEpochMilli(), report);
    }

    /**
     * A packet to a home agent that has a Home Address option and then an encrypted payload, so that it may be a binding
     * update (RFC 3776, 3.1).
     *
     * @param origin its source is the care-of address, its destination a home agent's address
     * @param homeAddress of the Home Address option
     */
    public Decision onProtectedUpdate(Instant now, PacketOrigin origin, Ipv6Address homeAddress) {
        return toldBindings.onProtectedUpdate(now.toEpochMilli(), origin, homeAddress);
    }

    /**
     * A packet from a home agent that has a type 2 routing header and then an encrypted payload, so that it may be a binding
     * acknowledgement.
     *
     * @param origin its source is a home agent's address, its destination the care-of address
     * @param homeAddress of the routing header
     */
    public Decision onProtectedAcknowledgement(Instant now, PacketOrigin origin, Ipv6Address homeAddress) {
        return toldBindings.onProtectedAcknowledgement(now.toEpochMilli(), origin, homeAddress);
    }

    /** Why a datagram of the forwarding protocol is not to be looked at; empty if it is. */
    public Optional<Decision> forwardingRefusal(PacketOrigin origin) {
        return delegations.messages().refusal(origin).map(Reason::decision);
    }

    /**
     * A message of the forwarding protocol that was sent by who has a key, to this process, and once.
     *
     * @param session the sender's; another one than before says that it began anew
     */
    public Decision onForwardingMessage(Instant now, PacketOrigin origin, long session, ForwardingMessage message) {
        return delegations.messages().onMessage(now.toEpochMilli(), origin, session, message);
    }

    /** Whether a request with this identifier waits for its acknowledgement. */
    public boolean isOutstanding(long identifier) {
        return delegations.isOutstanding(identifier);
    }

    /** What an {@link Effect.AwaitSteering} asked for has come about. */
    public Decision onSteered(Instant now, Ipv6Address homeAddress, long epoch) {
        return delegations.onSteered(now.toEpochMilli(), homeAddress, epoch);
    }

    /** The home agent of which it would help to know what each home address takes, if there is one. */
    public OptionalInt hotHomeAgent(Instant now) {
        return delegations.balancing().hot(now.toEpochMilli());
    }

    /**
     * What was measured of the home addresses that a {@linkplain #hotHomeAgent hot home agent} forwards for.
     *
     * @param rates the largest of them
     * @param total packets a second of all
     */
    public Decision onMobileNodeRates(Instant now, int homeAgent, List<MobileNodeRate> rates, double total) {
        return delegations.balancing().onRates(now.toEpochMilli(), homeAgent, rates, total);
    }

    /**
     * An operator wants this home agent to forward for a mobile node.
     *
     * @param forwarder any of its addresses; that of the home agent where the mobile node is bound means that it takes back
     */
    public MigrationAnswer requestMigration(Instant now, Ipv6Address homeAddress, Ipv6Address forwarder) {
        return delegations.request(now.toEpochMilli(), homeAddress, forwarder);
    }

    /** Migrations under way, those that wait, and those that ended last. */
    public List<HomeNetworkView.MigrationView> migrations() {
        return views.migrations();
    }

    public Decision onLoadSample(Instant now, LoadSample sample) {
        Optional<HomeAgent> homeAgent = tables.homeAgents.withAddress(sample.homeAgent());
        if (homeAgent.isEmpty()) {
            return Reason.LOAD_OF_UNKNOWN_HOME_AGENT.decision();
        }
        int index = homeAgent.get().index();
        if (sample.takenAt().toEpochMilli() <= tables.loads.of(index).sampledAtMillis(sample.source())) {
            return Reason.LOAD_OUT_OF_ORDER.decision();
        }
        return Decision.of(new LoadSampled(
                index,
                sample.source(),
                sample.takenAt(),
                sample.packetsTransmitted(),
                sample.packetsReceived(),
                sample.counterBits(),
                sample.bindings()));
    }

    /**
     * The process has begun, with what its journal kept: nothing is seen until switches connect, and what went by before was not seen
     * either. Without this, everything always counts as seen.
     */
    public Decision onStarted(Instant now) {
        return lifetimes.onStarted(now.toEpochMilli());
    }

    /** Registrations at this switch are seen from here on. */
    public Decision onSwitchConnected(Instant now, SwitchId switchId) {
        return lifetimes.onSwitchConnected(now.toEpochMilli(), switchId);
    }

    /** The switch has lost us, and goes on forwarding: registrations may go by unseen there. */
    public Decision onSwitchDisconnected(Instant now, SwitchId switchId) {
        return lifetimes.onSwitchDisconnected(now.toEpochMilli(), switchId);
    }

    /** The port went down: whoever is attached there is not named until it is up, or he is seen elsewhere. */
    public Decision onHomeAgentUnreachable(Instant now, SwitchPort port) {
        return reachability(port, false, "home-agent-unreachable");
    }

    public Decision onPortUp(Instant now, SwitchPort port) {
        return reachability(port, true, "home-agent-reachable");
    }

    /**
     * The port turned out to lead to another switch: what was learned there came from further away, so whoever seems to be
     * attached there may be learned anew from elsewhere.
     */
    public Decision onLinkPort(Instant now, SwitchPort port) {
        Decision.Builder decision = new Decision.Builder().add(tables.routers.onPortGone(port));
        if (Stream.of(tables.homeAgents.all())
                .anyMatch(homeAgent -> homeAgent.facts().attachment().equals(port) && !homeAgent.attachmentDoubted)) {
            decision.change(new AttachmentDoubted(port));
        }
        return decision.build();
    }

    /** A frame with this source address came in at a port behind which hosts are. */
    public Decision onSeen(Instant now, MacAddress linkLayerAddress, SwitchPort port) {
        return tables.routers.onSeen(linkLayerAddress, port);
    }

    /** Planned maintenance: new mobile nodes avoid this home agent. Any of its addresses will do. */
    public Decision drain(Instant now, Ipv6Address homeAgent) {
        return draining(homeAgent, true, "home-agent-draining");
    }

    public Decision undrain(Instant now, Ipv6Address homeAgent) {
        return draining(homeAgent, false, "home-agent-undrained");
    }

    /**
     * How many times the bindings of a home agent with weight 1 this one is to carry, from the next answer on; nobody who is
     * bound is touched. Holds, across restarts, until the configuration is changed to give it another weight.
     *
     * @param homeAgent any of its addresses
     * @param weight 1 to {@link BalancingConfig#MOST_WEIGHT}
     */
    public Decision setWeight(Instant now, Ipv6Address homeAgent, int weight) {
        return reconfiguration.setWeight(homeAgent, weight);
    }

    /**
     * Goes over to other decisions of the operator, live: nothing that still holds is forgotten. Home agents that are no
     * longer admitted leave the list; mobile nodes that are bound there stay steered to them.
     *
     * @throws IllegalArgumentException unless {@link HomeNetworkConfig#canBecome} says so
     */
    public Decision reconfigure(Instant now, HomeNetworkConfig config) {
        return reconfiguration.decide(config);
    }

    /** Ends what is over; to be called at {@link #nextDeadline} or later. */
    public Decision onDeadline(Instant now) {
        long nowMillis = now.toEpochMilli();
        Decision.Builder decision = new Decision.Builder();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            onDeadline(nowMillis, homeAgent, decision);
        }
        tables.bindings.forEachExpired(
                nowMillis, MOST_EXPIRED_AT_ONCE, binding -> lifetimes.onOver(nowMillis, binding, decision));
        delegations.onDeadline(nowMillis, decision);
        return decision.build();
    }

    private void onDeadline(long nowMillis, HomeAgent homeAgent, Decision.Builder decision) {
        if (!homeAgent.listed) {
            return;
        }
        if (homeAgent.expiresAtMillis <= nowMillis) {
            decision.add(AdvertisementRoutine.removal(homeAgent, HomeAgentRemoved.Cause.LIFETIME_EXPIRED));
            return;
        }
        if (homeAgent.nextAddressEndMillis() <= nowMillis) {
            decision.add(AdvertisedAddresses.readdressing(homeAgent, homeAgent.addressesAt(nowMillis)));
        }
        if (homeAgent.suspect() && homeAgent.probeDeadlineMillis() <= nowMillis) {
            probing.onDeadline(nowMillis, homeAgent, decision);
        }
    }

    public Optional<Instant> nextDeadline() {
        long next = Math.min(
                Math.min(
                        tables.homeAgents.nextDeadlineMillis().orElse(Long.MAX_VALUE),
                        tables.bindings.nextExpiryMillis().orElse(Long.MAX_VALUE)),
                delegations.nextDeadlineMillis());
        return next == Long.MAX_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(next));
    }

    public SteeringPlan steeringPlan() {
        return steering;
    }

    public HomeNetworkView view(Instant now) {
        return views.homeNetwork(now.toEpochMilli());
    }

    /** All bound mobile nodes, by home address. */
    public List<HomeNetworkView.MobileNodeView> mobileNodes(Instant now) {
        return views.mobileNodes(now.toEpochMilli(), Optional.empty(), Integer.MAX_VALUE);
    }

    /** The first {@code most} bound mobile nodes after a home address; costs no more however many there are. */
    public List<HomeNetworkView.MobileNodeView> mobileNodes(Instant now, Optional<Ipv6Address> after, int most) {
        return views.mobileNodes(now.toEpochMilli(), after, most);
    }

    /** All answers whose time to live lasts, oldest first. */
    public List<HomeNetworkView.AnswerView> answers(Instant now) {
        return views.answers(now.toEpochMilli(), Optional.empty(), Integer.MAX_VALUE);
    }

    /** The first {@code most} of them after a place. */
    public List<HomeNetworkView.AnswerView> answers(
            Instant now, Optional<HomeNetworkView.AnswerPlace> after, int most) {
        return views.answers(now.toEpochMilli(), after, most);
    }

    /** Registrations that await their acknowledgement, the newest first; no more than {@code most}. */
    public List<HomeNetworkView.BindingUpdateView> bindingUpdates(Instant now, int most) {
        return views.bindingUpdates(now.toEpochMilli(), most);
    }

    /** Whether a neighbor solicitation for this target is for the representative to deal with. */
    public boolean answersTo(Ipv6Address target) {
        return neighborAnswers.answersTo(target);
    }

    /** Whether a home agent has this address, link-local or global. */
    public boolean knowsHomeAgent(Ipv6Address address) {
        return tables.homeAgents
                .withAddress(address)
                .filter(homeAgent -> homeAgent.steerable(tables.bindings))
                .isPresent();
    }

    /** Durable changes that make an empty copy equal to this; to be used up before the next {@link #apply}. */
    public Iterable<Change> snapshot() {
        return new Snapshot(tables);
    }

    /** Of everything, soft state included; equal on copies that were fed the same changes. */
    public long stateHash() {
        return StateHash.ofEverything(tables);
    }

    /** Of what outlives the process; equal on a copy made of a {@link #snapshot} or of the durable changes. */
    public long durableStateHash() {
        return StateHash.ofDurable(tables);
    }

    private Decision reachability(SwitchPort port, boolean reachable, String kind) {
        Decision.Builder decision = new Decision.Builder();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.facts().attachment().equals(port) && homeAgent.portDown == reachable) {
                Object address = homeAgent.facts().linkLocalAddress();
                decision.effect(
                        reachable
                                ? Event.info(kind, "linkLocalAddress", address, "port", port)
                                : Event.warn(kind, "linkLocalAddress", address, "port", port));
            }
        }
        Decision told = decision.build();
        Decision.Builder whole = new Decision.Builder();
        if (!told.effects().isEmpty()) {
            whole.change(new PortReachability(port, reachable)).add(told);
        }
        return reachable
                ? whole.build()
                : whole.add(tables.routers.onPortGone(port)).build();
    }

    private Decision draining(Ipv6Address address, boolean draining, String kind) {
        Optional<HomeAgent> homeAgent = tables.homeAgents.withAddress(address);
        if (homeAgent.isEmpty()) {
            return Reason.UNKNOWN_HOME_AGENT.decision();
        }
        if (homeAgent.get().draining == draining) {
            return Decision.NONE;
        }
        return Decision.of(
                new HomeAgentDrained(homeAgent.get().index(), draining),
                Event.info(kind, "linkLocalAddress", homeAgent.get().facts().linkLocalAddress()));
    }
}
