package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationEffect;
import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.ForwarderReportAcknowledgement;
import dev.roost.delegation.Identifiers;
import dev.roost.delegation.PrimarySettings;
import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingAuthenticator;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingRequest;
import dev.roost.homeagent.binding.DelegationRoles;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.binding.MobileNodeKey;
import dev.roost.homeagent.binding.Origin;
import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.Change.RepresentativeChanged;
import dev.roost.loadbalancer.DelegationNote.ReportNoted;
import dev.roost.loadbalancer.Effect.AwaitSteering;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.loadbalancer.Effect.SendOnLink;
import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.topology.SwitchId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The representative as a home agent of last resort: it takes registrations at its own address, in strict mode, and has another home
 * agent forward each of them with the representative's address as the outer source. It forwards no packet itself: where nobody else
 * does, it refuses with status 130, as it does with all registrations where this is not wanted.
 *
 * <p>The home agent is the one of the daemon, {@link dev.roost.homeagent.binding.HomeAgent}, fed with what is punted here; its bindings
 * are mirrored among all others, with {@link #INDEX} for the home agent, so that they are steered and shown like those. What its primary
 * would tell the controller is told within the process.
 *
 * <p>Duplicate address detection asks by a solicitation from the representative's address, since an answer to all nodes would not come
 * here (RFC 4862, 5.4.2 has the unspecified address as the source).
 */
final class Representative {

    /** Stands for the representative where bindings name their home agent; no home agent is given it. */
    static final int INDEX = 0xffff;

    private static final int RESTORED = 2;

    private final Tables tables;
    private final ForwardingPeers peers;
    private @Nullable Migrations migrations;
    /** How far it has gone on from before a restart: bindings, then delegations. */
    private int restored;
    /** Whom its primary may ask, as it was told last. */
    private Set<Ipv6Address> candidates = Set.of();

    Representative(Tables tables, ForwardingPeers peers) {
        this.tables = tables;
        this.peers = peers;
    }

    void connect(Migrations others) {
        migrations = others;
    }

    private dev.roost.homeagent.binding.HomeAgent homeAgent() {
        return tables.representative();
    }

    static dev.roost.homeagent.binding.HomeAgent make(HomeNetworkConfig config, Identifiers identifiers) {
        List<MobileNodeKey> keys = config.delegation().authentication().keys().stream()
                .map(key -> new MobileNodeKey(
                        key.homeAddress(), key.spi(), key.secret().toBytes()))
                .toList();
        BindingAuthenticator authenticator =
                config.delegation().authentication().isRequired()
                        ? BindingAuthenticator.of(
                                keys, config.delegation().authentication().timestampRequired())
                        : BindingAuthenticator.none();
        return new dev.roost.homeagent.binding.HomeAgent(
                HomeAgentSettings.of(
                        config.representativeAddress(), config.prefix(), config.representativeLinkLayerAddress()),
                authenticator,
                0,
                Optional.of(roles(config, List.of())),
                identifiers);
    }

    private static DelegationRoles roles(HomeNetworkConfig config, List<Ipv6Address> secondaries) {
        PrimarySettings defaults = PrimarySettings.of(config.representativeAddress(), config.prefix());
        return new DelegationRoles(
                new PrimarySettings(
                        defaults.address(),
                        defaults.prefix(),
                        PrimarySettings.Mode.STRICT,
                        secondaries,
                        Optional.of(defaults.address()),
                        PrimarySettings.Policy.NONE,
                        defaults.transmitThreshold(),
                        PrimarySettings.OuterSource.PRIMARY,
                        defaults.gracePeriod(),
                        false,
                        defaults.maximumMobileNodes()),
                Optional.empty());
    }

    boolean serves() {
        return tables.config.delegation().representative() == DelegationConfig.Representative.SERVE;
    }

    private boolean isInUse() {
        return tables.hasRepresentative() || serves();
    }

    Decision onBindingUpdate(long nowMillis, PacketOrigin origin, Ipv6Address homeAddress, BindingUpdate update) {
        Decision.Builder decision = new Decision.Builder();
        boolean atHome = origin.source().equals(homeAddress);
        BindingRequest request = new BindingRequest(
                new Origin(
                        origin.linkLayerSource(),
                        origin.source(),
                        atHome ? Optional.empty() : Optional.of(homeAddress)),
                update.option(AlternateCareOfAddress.class)
                        .map(AlternateCareOfAddress::careOfAddress)
                        .orElse(origin.source()),
                update);
        take(
                nowMillis,
                homeAgent().onBindingUpdate(now(nowMillis), request),
                origin.port().switchId(),
                decision);
        return decision.build();
    }

    /** An answer to duplicate address detection. */
    Decision onNeighborAdvertisement(long nowMillis, PacketOrigin origin, Ipv6Address target) {
        Decision.Builder decision = new Decision.Builder();
        if (isInUse()) {
            take(
                    nowMillis,
                    homeAgent().onNeighborAdvertisement(origin.linkLayerSource(), target),
                    origin.port().switchId(),
                    decision);
        }
        return decision.build();
    }

    /** An acknowledgement of what its primary asked. */
    Decision onMessage(long nowMillis, PacketOrigin origin, long session, ForwardingMessage message) {
        Decision.Builder decision = new Decision.Builder();
        take(
                nowMillis,
                homeAgent().onForwardingMessage(now(nowMillis), origin.source(), session, message),
                origin.port().switchId(),
                decision);
        return decision.build();
    }

    boolean isOutstanding(long identifier) {
        return tables.hasRepresentative() && homeAgent().isOutstanding(identifier);
    }

    long nextDeadlineMillis() {
        if (!isInUse()) {
            return Long.MAX_VALUE;
        }
        return restored < RESTORED || isStale()
                ? 0
                : homeAgent().nextDeadline().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    void onDeadline(long nowMillis, Decision.Builder decision) {
        if (!isInUse()) {
            return;
        }
        // One step at a time, since each is decided on what the one before it has come to.
        if (restored == 0) {
            take(nowMillis, homeAgent().onRestart(now(nowMillis)), anySwitch(), decision);
            restored++;
        } else if (restored < RESTORED) {
            take(nowMillis, homeAgent().onDelegationsRestored(now(nowMillis)), anySwitch(), decision);
            restored++;
        } else if (isStale()) {
            askCandidates(nowMillis, decision);
        } else if (nextDeadlineMillis() <= nowMillis) {
            take(nowMillis, homeAgent().onDeadline(now(nowMillis)), anySwitch(), decision);
        }
    }

    /** The mobile node has registered with a home agent, to which every switch steers. */
    void onLeft(long nowMillis, Ipv6Address homeAddress, Decision.Builder decision) {
        dev.roost.loadbalancer.Binding known = tables.bindings.of(homeAddress);
        if (tables.hasRepresentative() && (known == null || known.homeAgent() != INDEX)) {
            take(nowMillis, homeAgent().onRegisteredElsewhere(now(nowMillis), homeAddress), anySwitch(), decision);
        }
    }

    /** Every switch steers as its primary reported. */
    void onSteered(long nowMillis, AwaitedReport awaited, Decision.Builder decision) {
        ForwarderReportAcknowledgement answer = new ForwarderReportAcknowledgement(
                awaited.identifier(), DelegationStatus.ACCEPTED, awaited.homeAddress(), awaited.epoch());
        take(
                nowMillis,
                homeAgent().onForwardingMessage(now(nowMillis), tables.config.representativeAddress(), 1, answer),
                anySwitch(),
                decision);
    }

    /** Orders that another home agent forwards; what the primary says to that. */
    DelegationStatus order(long nowMillis, DelegationOrder order, Decision.Builder decision) {
        var answer = homeAgent().onForwardingMessage(now(nowMillis), tables.config.representativeAddress(), 1, order);
        take(nowMillis, answer, anySwitch(), decision);
        for (var effect : answer.effects()) {
            if (effect instanceof dev.roost.homeagent.binding.Effect.OfDelegation delegated
                    && delegated.effect() instanceof DelegationEffect.SendMessage send
                    && send.message() instanceof DelegationOrderAcknowledgement acknowledgement) {
                return acknowledgement.status();
            }
        }
        return DelegationStatus.REFUSED;
    }

    /** Those that forward for others, with the least to forward first; its primary asks them in this order. */
    private List<Ipv6Address> candidates() {
        List<HomeAgent> able = new ArrayList<>();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            // Its lifetime is not looked at, since that ends by a deadline, which takes it out of the list.
            if (homeAgent.mayBeNamed(homeAgent.expiresAtMillis - 1) && peers.forwardsForOthers(homeAgent)) {
                able.add(homeAgent);
            }
        }
        able.sort(Comparator.comparingDouble((HomeAgent homeAgent) ->
                        (double) tables.bindings.forwarded().countOf(homeAgent.index()) / homeAgent.weight)
                .thenComparing(HomeAgent::index));
        return able.stream().map(HomeAgent::ownAddress).toList();
    }

    private boolean isStale() {
        return !candidates.equals(new HashSet<>(candidates()));
    }

    private void askCandidates(long nowMillis, Decision.Builder decision) {
        List<Ipv6Address> addresses = candidates();
        candidates = new HashSet<>(addresses);
        take(
                nowMillis,
                homeAgent().reconfigure(now(nowMillis), roles(tables.config, addresses)),
                anySwitch(),
                decision);
    }

    private void take(
            long nowMillis, dev.roost.homeagent.binding.Decision made, SwitchId by, Decision.Builder decision) {
        for (BindingChange change : made.changes()) {
            decision.change(new RepresentativeChanged(change));
            mirror(nowMillis, change, decision);
        }
        for (dev.roost.homeagent.binding.Effect effect : made.effects()) {
            if (effect instanceof dev.roost.homeagent.binding.Effect.Send send) {
                decision.effect(new SendOnLink(by, send.linkLayerDestination(), answerable(send.packet())));
            } else if (effect instanceof dev.roost.homeagent.binding.Effect.OfDelegation delegated
                    && delegated.effect() instanceof DelegationEffect.SendMessage message) {
                send(nowMillis, message, decision);
            }
        }
    }

    /** Whether something has this address is asked so that the answer comes here. */
    private Ipv6Packet answerable(Ipv6Packet packet) {
        if (packet.payload() instanceof NeighborSolicitation asked
                && packet.source().isUnspecified()) {
            return Ipv6Packet.of(
                    tables.config.representativeAddress(),
                    packet.destination(),
                    new NeighborSolicitation(
                            asked.target(),
                            List.of(new SourceLinkLayerAddress(tables.config.representativeLinkLayerAddress()))));
        }
        return packet;
    }

    private void mirror(long nowMillis, BindingChange change, Decision.Builder decision) {
        if (change instanceof BindingChange.BindingRegistered registered) {
            accept(nowMillis, registered.binding(), decision);
        } else if (change instanceof BindingChange.BindingMoved moved) {
            accept(nowMillis, moved.binding(), decision);
        } else if (change instanceof BindingChange.BindingRefreshed refreshed) {
            accept(nowMillis, refreshed.binding(), decision);
        } else if (change instanceof BindingChange.BindingReleased released) {
            dev.roost.loadbalancer.Binding known = tables.bindings.of(released.homeAddress());
            if (known != null && known.homeAgent() == INDEX) {
                decision.change(new BindingReleased(
                        released.homeAddress(),
                        INDEX,
                        released.cause() == BindingChange.BindingReleased.Cause.EXPIRED
                                ? BindingReleased.Cause.EXPIRED
                                : BindingReleased.Cause.DEREGISTERED));
                decision.effect(Event.info(
                        "mobile-node-released",
                        "homeAddress",
                        released.homeAddress(),
                        "homeAgent",
                        tables.config.representativeAddress()));
            }
        }
    }

    private void accept(long nowMillis, Binding binding, Decision.Builder decision) {
        dev.roost.loadbalancer.Binding known = tables.bindings.of(binding.homeAddress());
        if (known == null && tables.bindings.isFull()) {
            decision.count(Reason.BINDINGS_FULL);
            return;
        }
        decision.change(new BindingAccepted(
                binding.homeAddress(),
                binding.careOfAddress(),
                INDEX,
                tables.config.representativeAddress(),
                binding.sequence(),
                nowMillis,
                binding.expiresAtMillis(),
                Evidence.AGENT));
        if (known == null || known.homeAgent() != INDEX) {
            decision.effect(Event.info(
                    "mobile-node-registered",
                    "homeAddress",
                    binding.homeAddress(),
                    "careOfAddress",
                    binding.careOfAddress(),
                    "homeAgent",
                    tables.config.representativeAddress()));
        }
    }

    private void send(long nowMillis, DelegationEffect.SendMessage message, Decision.Builder decision) {
        if (!message.peer().equals(tables.config.representativeAddress())) {
            tables.homeAgents
                    .withGlobalAddress(message.peer())
                    .ifPresent(to ->
                            decision.effect(ForwardingMessages.send(tables, to, message.peer(), message.message())));
        } else if (message.message() instanceof ForwarderReport report) {
            onReport(nowMillis, report, decision);
        }
    }

    /** What its own primary reports needs no proof; it is acknowledged behind a barrier like all others. */
    private void onReport(long nowMillis, ForwarderReport report, Decision.Builder decision) {
        Migrations others = migrations;
        Optional<HomeAgent> forwarder = tables.homeAgents.withGlobalAddress(report.forwarder());
        if (forwarder.isEmpty() || others == null) {
            return;
        }
        if (!report.status().isAccepted()) {
            others.onOrderFailed(nowMillis, report.homeAddress(), report.status(), decision);
        }
        dev.roost.loadbalancer.Binding known = tables.bindings.of(report.homeAddress());
        if (known != null && known.homeAgent() != INDEX && !decision.accepts(report.homeAddress())) {
            // The mobile node has gone on to a home agent.
            return;
        }
        int index = forwarder.get().index();
        AwaitedReport awaited = new AwaitedReport(
                report.homeAddress(),
                INDEX,
                tables.config.representativeAddress(),
                report.identifier(),
                report.epoch());
        if (!awaited.equals(tables.delegations.report(report.homeAddress()))) {
            decision.change(new ForwarderChanged(report.homeAddress(), index, report.epoch()));
            others.onReported(nowMillis, report.homeAddress(), index, report.epoch(), decision);
            decision.change(new DelegationNoted(new ReportNoted(awaited)))
                    .effect(new AwaitSteering(report.homeAddress(), report.epoch()));
        }
    }

    /** One from where what is flooded reaches the whole home link. */
    private SwitchId anySwitch() {
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.listed) {
                return homeAgent.facts().attachment().switchId();
            }
        }
        return new SwitchId(0);
    }

    private static Instant now(long nowMillis) {
        return Instant.ofEpochMilli(nowMillis);
    }
}
