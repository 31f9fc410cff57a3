package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.Identifiers;
import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingDoubted;
import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.DelegationNote.ErrandEnded;
import dev.roost.loadbalancer.DelegationNote.ErrandNoted;
import dev.roost.loadbalancer.DelegationNote.SurveyEnded;
import dev.roost.loadbalancer.DelegationNote.SurveyNoted;
import dev.roost.loadbalancer.ForwardingErrand.Kind;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;

/**
 * What is asked of home agents when a mobile node registers with another one than before.
 *
 * <pre>
 *   the one that is left had delegated     it is ordered to take back, and then ends all by itself
 *   and does not answer, or refuses        the forwarder is told to stop in its stead; if that is silent, too, it stops at the
 *                                          end of its duration
 *   the one that is new                    is asked who forwards: it may have had this mobile node before, and have it
 *                                          delegated still; the answer is a report
 * </pre>
 *
 * <p>A home agent that is heard anew is asked about each binding that it is believed to have delegated, since registrations may have
 * ended and begun again that nobody saw here.
 */
final class ForwardingErrands {

    private static final int MOST_AT_ONCE = 1024;
    /** Questions out at a time while one home agent is asked about everything. */
    private static final int MOST_SURVEYED = 256;

    /** Below the milliseconds since 1970, in an epoch. */
    private static final int EPOCH_COUNT_BITS = 16;

    private final Tables tables;
    private final ForwardingPeers peers;
    private final Identifiers identifiers;

    ForwardingErrands(Tables tables, ForwardingPeers peers, Identifiers identifiers) {
        this.tables = tables;
        this.peers = peers;
        this.identifiers = identifiers;
    }

    /** A binding is made at another home agent than the one that had this delegated. */
    void onLeft(long nowMillis, Binding left, Decision.Builder decision) {
        if (!tables.config.delegation().isSpoken() || !left.isDelegated()) {
            return;
        }
        // Epochs begin with the time: none that the home agent gave before now is left out.
        long latest = nowMillis << EPOCH_COUNT_BITS;
        long epoch = Long.compareUnsigned(left.epoch(), latest) > 0 ? left.epoch() : latest;
        HomeAgent former = tables.homeAgents.at(left.homeAgent());
        Ipv6Address address = left.facts().homeAgentAddress();
        boolean answers = former != null && !former.portDown && peers.takesOrders(former);
        begin(
                nowMillis,
                answers ? Kind.TAKE_BACK : Kind.STOP,
                left.homeAddress(),
                answers ? left.homeAgent() : left.forwarder(),
                answers ? address : ownAddress(left.forwarder()),
                left.forwarder(),
                address,
                epoch,
                decision);
    }

    /** A binding is new, or is made at another home agent than before: until that has said who forwards, it is doubted. */
    void onNew(long nowMillis, BindingAccepted accepted, HomeAgent homeAgent, Decision.Builder decision) {
        if (tables.config.delegation().isSpoken() && accepted.evidence() != Evidence.OBSERVED) {
            decision.change(new BindingDoubted(accepted.homeAddress()));
            ask(nowMillis, accepted, homeAgent, decision);
        }
    }

    /** One that is silent is asked when it is heard, or at the next registration. */
    void ask(long nowMillis, BindingAccepted accepted, HomeAgent homeAgent, Decision.Builder decision) {
        if (peers.takesOrders(homeAgent)) {
            begin(
                    nowMillis,
                    Kind.QUERY,
                    accepted.homeAddress(),
                    homeAgent.index(),
                    accepted.homeAgentAddress(),
                    homeAgent.index(),
                    accepted.homeAgentAddress(),
                    0,
                    decision);
        }
    }

    private Ipv6Address ownAddress(int index) {
        HomeAgent homeAgent = tables.homeAgents.at(index);
        return homeAgent == null ? Ipv6Address.UNSPECIFIED : homeAgent.ownAddress();
    }

    private void begin(
            long nowMillis,
            Kind kind,
            Ipv6Address homeAddress,
            int homeAgent,
            Ipv6Address address,
            int forwarder,
            Ipv6Address onBehalfOf,
            long epoch,
            Decision.Builder decision) {
        if (tables.delegations.errands() >= DelegationTables.MOST_ERRANDS) {
            decision.count(Reason.FORWARDING_ERRANDS_FULL);
            return;
        }
        ForwardingErrand errand = new ForwardingErrand(
                identifiers.next(),
                kind,
                homeAddress,
                homeAgent,
                address,
                decision.order(tables.delegations.lastOrder(), nowMillis),
                forwarder,
                onBehalfOf,
                epoch,
                1,
                nowMillis + Migration.FIRST_WAIT_MILLIS);
        decision.change(note(errand));
        send(errand, decision);
    }

    Decision onAcknowledgement(long nowMillis, HomeAgent sender, ForwardingMessage.Acknowledgement acknowledgement) {
        ForwardingErrand errand = tables.delegations.errand(acknowledgement.identifier());
        if (errand == null || errand.homeAgent() != sender.index()) {
            return Reason.FORWARDING_ACKNOWLEDGEMENT_UNEXPECTED.decision();
        }
        Decision.Builder decision = new Decision.Builder();
        if (acknowledgement.status() == DelegationStatus.SESSION) {
            send(errand, decision);
            return decision.build();
        }
        end(errand, decision);
        if (errand.kind() == Kind.QUERY && acknowledgement.status() == DelegationStatus.UNKNOWN_BINDING) {
            // It ended while nobody saw it, or was lost with the home agent: then the forwarder does better than
            // nobody.
            decision.change(new BindingDoubted(errand.homeAddress()));
        }
        if (!acknowledgement.status().isAccepted() && acknowledgement.status() != DelegationStatus.UNKNOWN_BINDING) {
            otherwise(nowMillis, errand, decision);
        }
        return decision.build();
    }

    /** Whether there is somebody to be asked about what he is believed to have delegated, and room for it. */
    boolean isSurveying() {
        return tables.delegations.survey() != null && tables.delegations.errands() < MOST_SURVEYED;
    }

    /** Part of the bindings, in their order, as far as there is room. */
    private void survey(long nowMillis, Decision.Builder decision) {
        SurveyNoted survey = tables.delegations.survey();
        HomeAgent homeAgent = survey == null ? null : tables.homeAgents.at(survey.homeAgent());
        if (survey == null) {
            return;
        }
        int room = MOST_SURVEYED - tables.delegations.errands();
        int looked = 0;
        Optional<Ipv6Address> last = survey.after();
        for (Binding binding : tables.bindings.after(survey.after())) {
            if (room <= 0 || looked == MOST_AT_ONCE) {
                decision.change(new DelegationNoted(new SurveyNoted(survey.homeAgent(), last)));
                return;
            }
            looked++;
            last = Optional.of(binding.homeAddress());
            if (homeAgent != null
                    && binding.homeAgent() == survey.homeAgent()
                    && (binding.isDelegated() || binding.doubted)) {
                ask(nowMillis, binding.facts(), homeAgent, decision);
                room--;
            }
        }
        decision.change(new DelegationNoted(new SurveyEnded(survey.homeAgent())));
    }

    void onDeadline(long nowMillis, Decision.Builder decision) {
        if (isSurveying()) {
            survey(nowMillis, decision);
        }
        for (ForwardingErrand errand : tables.delegations.errandsDue(nowMillis, MOST_AT_ONCE)) {
            if (errand.tries() < Migration.TRIES) {
                ForwardingErrand again = errand.again(nowMillis);
                decision.change(note(again));
                send(again, decision);
            } else {
                decision.count(Reason.FORWARDING_ERRAND_UNANSWERED);
                end(errand, decision);
                otherwise(nowMillis, errand, decision);
            }
        }
    }

    /** The home agent that was left does not do it. */
    private void otherwise(long nowMillis, ForwardingErrand errand, Decision.Builder decision) {
        if (errand.kind() == Kind.TAKE_BACK) {
            begin(
                    nowMillis,
                    Kind.STOP,
                    errand.homeAddress(),
                    errand.forwarder(),
                    ownAddress(errand.forwarder()),
                    errand.forwarder(),
                    errand.onBehalfOf(),
                    errand.epoch(),
                    decision);
        }
    }

    private void send(ForwardingErrand errand, Decision.Builder decision) {
        HomeAgent to = tables.homeAgents.at(errand.homeAgent());
        if (to != null) {
            decision.effect(ForwardingMessages.send(tables, to, errand.address(), message(errand)));
        }
    }

    private static ForwardingMessage message(ForwardingErrand errand) {
        return switch (errand.kind()) {
            case QUERY ->
                new DelegationOrder(
                        errand.identifier(), errand.homeAddress(), Ipv6Address.UNSPECIFIED, errand.number());
            case TAKE_BACK ->
                new DelegationOrder(errand.identifier(), errand.homeAddress(), errand.onBehalfOf(), errand.number());
            case STOP ->
                new StopForwarding(
                        errand.identifier(), errand.homeAddress(), errand.epoch(), Optional.of(errand.onBehalfOf()));
        };
    }

    private static DelegationNoted note(ForwardingErrand errand) {
        return new DelegationNoted(new ErrandNoted(errand));
    }

    private static void end(ForwardingErrand errand, Decision.Builder decision) {
        decision.change(new DelegationNoted(new ErrandEnded(errand.identifier())));
    }
}
