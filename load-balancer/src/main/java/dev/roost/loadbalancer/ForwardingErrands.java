package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwardingAcknowledgement;
import dev.roost.delegation.Identifiers;
import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingDoubted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.DelegationNote.ErrandEnded;
import dev.roost.loadbalancer.DelegationNote.ErrandNoted;
import dev.roost.loadbalancer.DelegationNote.SurveyEnded;
import dev.roost.loadbalancer.DelegationNote.SurveyNoted;
import dev.roost.loadbalancer.Effect.AwaitSteering;
import dev.roost.loadbalancer.ForwardingErrand.Kind;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of home agents when a mobile node registers with another one than before.
 *
 * <pre>
 *   the one that is left had delegated     it is ordered to take back, and then ends all by itself
 *   and does not answer, or refuses        the forwarder is told to stop in its stead, once every switch steers by the new binding
 *                                          and a grace period is over, in which it is sent what the mobile node still tunnels to
 *                                          the one that it left; if it is silent, too, it stops at the end of its duration
 *   the one that is left is the            it forgets the binding then, and has the forwarder stop
 *   representative
 *   the one that is new                    is asked who forwards: it may have had this mobile node before, and have it
 *                                          delegated still; the answer is a report
 * </pre>
 *
 * <p>A home agent that is heard anew is asked about each binding that it is believed to have delegated, since registrations may have
 * ended and begun again that nobody saw here. If it knows of none, and the forwarder does not forward for it either, the binding is over.
 */
final class ForwardingErrands {

    private static final int MOST_AT_ONCE = 1024;
    /** Questions out at a time while one home agent is asked about everything. */
    private static final int MOST_SURVEYED = 256;

    /** Below the milliseconds since 1970, in an epoch. */
    private static final int EPOCH_COUNT_BITS = 16;

    private final Tables tables;
    private final ForwardingPeers peers;
    private final Representative representative;
    private final Identifiers identifiers;
    private @Nullable BindingRules bindingRules;

    ForwardingErrands(Tables tables, ForwardingPeers peers, Representative representative, Identifiers identifiers) {
        this.tables = tables;
        this.peers = peers;
        this.representative = representative;
        this.identifiers = identifiers;
    }

    void connect(BindingRules rules) {
        bindingRules = rules;
    }

    /** A binding is made at another home agent than the one that had this delegated. */
    void onLeft(long nowMillis, Binding left, Decision.Builder decision) {
        boolean ofRepresentative = left.homeAgent() == Representative.INDEX;
        if (!tables.config.delegation().isSpoken() || !(left.isDelegated() || ofRepresentative)) {
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
                ofRepresentative ? Kind.FORGET : answers ? Kind.TAKE_BACK : Kind.STOP,
                left.homeAddress(),
                answers ? left.homeAgent() : left.forwarder(),
                answers ? address : ownAddress(left.forwarder()),
                left.forwarder(),
                address,
                left.facts().careOfAddress(),
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
                    accepted.careOfAddress(),
                    epochOf(accepted, decision),
                    decision);
        }
    }

    /** What was last reported about a binding, once this decision holds. */
    private long epochOf(BindingAccepted accepted, Decision.Builder decision) {
        Binding known = tables.bindings.of(accepted.homeAddress());
        long epoch = known == null || known.homeAgent() != accepted.homeAgent() ? 0 : known.epoch();
        return decision.reportedEpoch(accepted.homeAddress()).orElse(epoch);
    }

    /** The primary had forgotten what it had delegated, and says now that another one forwards. */
    void onRemembered(long nowMillis, Binding binding, long reportedEpoch, Decision.Builder decision) {
        begin(
                nowMillis,
                Kind.STOP,
                binding.homeAddress(),
                binding.forwarder(),
                ownAddress(binding.forwarder()),
                binding.forwarder(),
                binding.facts().homeAgentAddress(),
                binding.facts().careOfAddress(),
                reportedEpoch - 1,
                decision);
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
            Ipv6Address careOfAddress,
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
                careOfAddress,
                epoch,
                nowMillis,
                kind.waits() ? 0 : 1,
                kind.waits() ? Long.MAX_VALUE : nowMillis + Migration.FIRST_WAIT_MILLIS);
        decision.change(note(errand));
        if (kind.waits()) {
            decision.effect(new AwaitSteering(homeAddress, errand.identifier()));
        } else {
            send(errand, decision);
        }
    }

    /** Every switch steers by what was known of a home address when an errand about it began. */
    Decision onSteered(long nowMillis, long identifier) {
        ForwardingErrand errand = tables.delegations.errand(identifier);
        return errand == null || errand.tries() > 0 ? Decision.NONE : Decision.of(note(errand.settling(nowMillis)));
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
        boolean unknown = acknowledgement.status() == DelegationStatus.UNKNOWN_BINDING;
        if (errand.kind() == Kind.QUERY && unknown) {
            onUnknownBinding(nowMillis, sender, errand, decision);
        } else if (errand.kind() == Kind.PROBE && acknowledgement instanceof StopForwardingAcknowledgement stopped) {
            onProbed(nowMillis, errand, stopped, decision);
        } else if (!acknowledgement.status().isAccepted() && !unknown) {
            otherwise(nowMillis, errand, decision);
        }
        return decision.build();
    }

    /** It ended while nobody saw it, or was lost with the home agent: then the forwarder does better than nobody. */
    private void onUnknownBinding(
            long nowMillis, HomeAgent sender, ForwardingErrand errand, Decision.Builder decision) {
        Binding binding = tables.bindings.of(errand.homeAddress());
        if (binding == null || binding.homeAgent() != sender.index()) {
            return;
        }
        HomeAgent forwarder = tables.homeAgents.at(binding.forwarder());
        if (isNews(binding, errand)) {
            ask(nowMillis, binding.facts(), sender, decision);
        } else if (!binding.isDelegated() || forwarder == null) {
            forget(nowMillis, binding, decision);
        } else {
            decision.change(new BindingDoubted(errand.homeAddress()));
            begin(
                    nowMillis,
                    Kind.PROBE,
                    errand.homeAddress(),
                    forwarder.index(),
                    forwarder.ownAddress(),
                    forwarder.index(),
                    binding.facts().homeAgentAddress(),
                    binding.facts().careOfAddress(),
                    binding.epoch(),
                    decision);
        }
    }

    /** Its epoch is that of what the forwarder holds, and otherwise the one that was sent. */
    private void onProbed(
            long nowMillis, ForwardingErrand errand, StopForwardingAcknowledgement answer, Decision.Builder decision) {
        Binding binding = tables.bindings.of(errand.homeAddress());
        if (answer.status().isAccepted()
                && answer.epoch() == 0
                && binding != null
                && binding.facts().homeAgentAddress().equals(errand.onBehalfOf())
                && binding.forwarder() == errand.forwarder()
                && !isNews(binding, errand)) {
            forget(nowMillis, binding, decision);
        }
    }

    /** Whether it was accepted, or reported about, since the question was asked, so that the answer may be older. */
    private static boolean isNews(Binding binding, ForwardingErrand errand) {
        return binding.epoch() != errand.epoch() || binding.facts().acceptedAtMillis() > errand.begunAtMillis();
    }

    private void forget(long nowMillis, Binding binding, Decision.Builder decision) {
        BindingRules rules = bindingRules;
        if (rules != null) {
            rules.release(nowMillis, binding, BindingReleased.Cause.FORGOTTEN, decision);
        }
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
            if (errand.kind() == Kind.FORGET) {
                end(errand, decision);
                representative.onLeft(nowMillis, errand.homeAddress(), decision);
            } else if (errand.tries() < Migration.TRIES) {
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
                    errand.careOfAddress(),
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
            case PROBE ->
                new StopForwarding(errand.identifier(), errand.homeAddress(), 0, Optional.of(errand.onBehalfOf()));
            case FORGET -> throw new IllegalArgumentException("nobody is told");
        };
    }

    private static DelegationNoted note(ForwardingErrand errand) {
        return new DelegationNoted(new ErrandNoted(errand));
    }

    private static void end(ForwardingErrand errand, Decision.Builder decision) {
        decision.change(new DelegationNoted(new ErrandEnded(errand)));
    }
}
