package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Change.LoadSampled;
import dev.roost.loadbalancer.HomeNetworkView.AnswerPlace;
import dev.roost.loadbalancer.HomeNetworkView.AnswerView;
import dev.roost.loadbalancer.HomeNetworkView.BindingUpdateView;
import dev.roost.loadbalancer.HomeNetworkView.DelegationView;
import dev.roost.loadbalancer.HomeNetworkView.HomeAgentView;
import dev.roost.loadbalancer.HomeNetworkView.LoadView;
import dev.roost.loadbalancer.HomeNetworkView.MigrationView;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.loadbalancer.HomeNetworkView.State;
import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Copies what is known for those who look from outside. */
final class Views {

    private final Tables tables;
    private final HomeAgentSelector selector;
    private final DiscoveryAnswers discoveryAnswers;

    Views(Tables tables, HomeAgentSelector selector, DiscoveryAnswers discoveryAnswers) {
        this.tables = tables;
        this.selector = selector;
        this.discoveryAnswers = discoveryAnswers;
    }

    HomeNetworkView homeNetwork(long nowMillis) {
        HomeNetworkConfig config = tables.config;
        int[] credits = tables.assignments.creditsAt(nowMillis);
        List<HomeAgentView> homeAgents = new ArrayList<>();
        int count = selector.order(tables.homeAgents.all(), credits, nowMillis, 0);
        for (int i = 0; i < count; i++) {
            homeAgents.add(homeAgent(selector.at(i), credits, nowMillis));
        }
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.steerable(tables.bindings) && !homeAgent.mayBeNamed(nowMillis)) {
                homeAgents.add(homeAgent(homeAgent, credits, nowMillis));
            }
        }
        return new HomeNetworkView(
                config.name(),
                config.prefix(),
                config.anycastAddress(),
                config.representativeAddress(),
                config.representativeLinkLayerAddress(),
                homeAgents,
                tables.bindings.size(),
                tables.assignments.size());
    }

    /** By home address, from the first one after an address. */
    List<MobileNodeView> mobileNodes(long nowMillis, Optional<Ipv6Address> after, int most) {
        List<MobileNodeView> mobileNodes = new ArrayList<>(Math.min(most, tables.bindings.size()));
        for (Binding binding : tables.bindings.after(after)) {
            if (mobileNodes.size() >= most) {
                break;
            }
            Change.BindingAccepted facts = binding.facts();
            mobileNodes.add(new MobileNodeView(
                    facts.homeAddress(),
                    facts.careOfAddress(),
                    facts.homeAgentAddress(),
                    forwarder(binding),
                    remaining(binding.expiresAtMillis(), nowMillis),
                    facts.sequence(),
                    facts.evidence()));
        }
        return mobileNodes;
    }

    /** Its address in the home prefix; of one that is not known any more, as if it did not forward. */
    private Ipv6Address forwarder(Binding binding) {
        HomeAgent forwarder = binding.isDelegated() ? tables.homeAgents.at(binding.forwarder()) : null;
        return forwarder == null ? binding.facts().homeAgentAddress() : forwarder.ownAddress();
    }

    /**
     * Those whose time to live lasts, oldest first, from the first one after a place. One that was sent again meanwhile has
     * moved, and others of the same millisecond then come twice rather than not at all.
     */
    List<AnswerView> answers(long nowMillis, Optional<AnswerPlace> after, int most) {
        long timeToLiveMillis = tables.config.stickiness().timeToLive().toMillis();
        long from = after.map(place -> place.sentAt().toEpochMilli()).orElse(Long.MIN_VALUE);
        List<AnswerView> answers = new ArrayList<>();
        Iterator<AnswerSent> rest = tables.assignments.streamSince(from).iterator();
        while (rest.hasNext()) {
            AnswerSent answer = rest.next();
            boolean inMillisecondOfPlace = after.isPresent() && answer.sentAtMillis() == from;
            if (answers.size() >= most && !inMillisecondOfPlace) {
                break;
            }
            if (inMillisecondOfPlace
                    && answer.careOfAddress().equals(after.get().careOfAddress())) {
                answers.clear();
            } else if (nowMillis - answer.listedAtMillis() < timeToLiveMillis) {
                answers.add(new AnswerView(
                        answer.careOfAddress(),
                        discoveryAnswers.addresses(answer.homeAgents()),
                        Instant.ofEpochMilli(answer.sentAtMillis())));
            }
        }
        return answers.size() > most ? List.copyOf(answers.subList(0, most)) : answers;
    }

    /** The newest first. */
    List<BindingUpdateView> bindingUpdates(long nowMillis, int most) {
        return tables.pendingUpdates
                .newest(nowMillis, most)
                .map(update -> new BindingUpdateView(
                        update.homeAddress(),
                        update.careOfAddress(),
                        update.homeAgentAddress(),
                        update.sequence() == Change.BindingUpdateSeen.HIDDEN_SEQUENCE
                                ? OptionalInt.empty()
                                : OptionalInt.of(update.sequence()),
                        Instant.ofEpochMilli(update.seenAtMillis())))
                .toList();
    }

    private HomeAgentView homeAgent(HomeAgent homeAgent, int[] credits, long nowMillis) {
        Change.HomeAgentLearned facts = homeAgent.facts();
        int index = homeAgent.index();
        HomeAgentLoad load = tables.loads.of(index);
        Optional<LoadSampled> sample = Optional.ofNullable(load.lastSample(nowMillis));
        return new HomeAgentView(
                index,
                facts.linkLocalAddress(),
                facts.globalAddresses(),
                facts.linkLayerAddress(),
                facts.preference(),
                selector.effectivePreference(homeAgent, nowMillis),
                homeAgent.weight,
                homeAgent.listed ? remaining(homeAgent.expiresAtMillis, nowMillis) : Duration.ZERO,
                state(homeAgent, load, nowMillis),
                facts.attachment(),
                tables.bindings.forwarded().countOf(index),
                delegation(index),
                new LoadView(
                        load.bindings(tables.bindings.countOf(index), nowMillis),
                        index < credits.length ? credits[index] : 0,
                        sample.map(LoadSampled::packetsTransmitted).orElse(0L),
                        sample.map(LoadSampled::packetsReceived).orElse(0L),
                        load.transmitRate(nowMillis),
                        load.receiveRate(nowMillis),
                        sample.map(LoadSampled::source),
                        sample.map(LoadSampled::takenAt)));
    }

    private DelegationView delegation(int index) {
        ForwardingPeer peer = tables.delegations.peer(index);
        return peer == null
                ? new DelegationView(false, false, false, 0)
                : new DelegationView(
                        peer.speaks(), peer.roles().primary(), peer.roles().secondary(), peer.entries());
    }

    List<MigrationView> migrations() {
        return tables.delegations.all().stream().map(this::migration).toList();
    }

    MigrationView migration(Migration migration) {
        return new MigrationView(
                migration.homeAddress(),
                address(migration.from()),
                address(migration.to()),
                migration.cause().word(),
                migration.state().word(),
                migration.reason(),
                Instant.ofEpochMilli(migration.requestedAtMillis()),
                Instant.ofEpochMilli(migration.changedAtMillis()));
    }

    private Optional<Ipv6Address> address(int index) {
        return Optional.ofNullable(tables.homeAgents.at(index)).map(HomeAgent::ownAddress);
    }

    private static State state(HomeAgent homeAgent, HomeAgentLoad load, long nowMillis) {
        if (!homeAgent.inList(nowMillis)) {
            return State.LEFT;
        }
        if (homeAgent.suspect()) {
            return State.SUSPECT;
        }
        if (homeAgent.portDown) {
            return State.UNREACHABLE;
        }
        if (homeAgent.draining) {
            return State.DRAINING;
        }
        if (homeAgent.namedAddresses().isEmpty()) {
            return State.WITHOUT_ADDRESS;
        }
        return load.isOverloaded(nowMillis) ? State.OVERLOADED : State.ACTIVE;
    }

    private static Duration remaining(long untilMillis, long nowMillis) {
        return Duration.ofMillis(Math.max(0, untilMillis - nowMillis));
    }
}
