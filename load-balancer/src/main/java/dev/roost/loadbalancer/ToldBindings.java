package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleaseSeen;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.BindingUpdateSeen;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bindings that are known otherwise than by a binding update and its acknowledgement: the home agent itself tells them, or
 * only the addresses of encrypted ones were seen.
 *
 * <pre>
 *   told by                     evidence       which of two counts
 *   the home agent              agent          at two home agents: what was accepted last
 *   acknowledgement             acknowledged   always: it is happening now
 *   protected update, answer    observed       only where nothing better is known
 * </pre>
 *
 * <p>A table is read while registrations go on, so a row may be older than what is known, or than a release that was seen
 * ({@link RecentReleases}); then it is only counted. Evidence
 * never becomes weaker while home agent and care-of address stay the same.
 *
 * <p>Under ESP the mobility header is hidden, but the Home Address option and the type 2 routing header stand before it
 * (RFC 6275, 11.3.2; RFC 3776, 3.1): an update is a packet from a care-of address to a home agent with the former, its
 * answer one from the home agent's port with the latter. The lifetime is hidden, so the binding lasts as long as something
 * is seen of it, and {@link #OBSERVED_LIFETIME_MILLIS} longer.
 */
final class ToldBindings {

    static final long OBSERVED_LIFETIME_MILLIS = 600_000;

    /** Home agents count time in seconds, and what they say of it is on its way for a while. */
    private static final long TOLERANCE_MILLIS = 2000;

    private final Tables tables;
    private final BindingRules rules;

    ToldBindings(Tables tables, BindingRules rules) {
        this.tables = tables;
        this.rules = rules;
    }

    Decision onReport(long nowMillis, BindingReport report) {
        Optional<HomeAgent> teller = tables.homeAgents.withAddress(report.homeAgent());
        if (teller.isEmpty()) {
            return Reason.REPORT_OF_UNKNOWN_HOME_AGENT.decision();
        }
        HomeAgent homeAgent = teller.get();
        Ipv6Address homeAddress = report.homeAddress();
        if (!rules.mayBeHomeAddress(homeAddress) || !report.careOfAddress().isRoutableUnicast()) {
            return Reason.REPORT_NOT_OF_HOME_ADDRESS.decision();
        }
        Binding known = tables.bindings.of(homeAddress);
        if (report.lifetime().isZero() || report.careOfAddress().equals(homeAddress)) {
            return onReleaseReport(nowMillis, nowMillis - report.age().toMillis(), known, homeAgent);
        }
        BindingAccepted told = new BindingAccepted(
                homeAddress,
                report.careOfAddress(),
                homeAgent.index(),
                addressOf(homeAgent, report.homeAgent(), known),
                report.sequence().orElse(known == null ? 0 : known.facts().sequence()),
                nowMillis - report.age().toMillis(),
                nowMillis + report.lifetime().toMillis(),
                Evidence.AGENT);
        if (known == null) {
            return tables.recentReleases.covers(homeAddress, homeAgent.index(), told.acceptedAtMillis(), nowMillis)
                    ? Reason.REPORT_OUT_OF_DATE.decision()
                    : rules.accept(nowMillis, homeAgent, told);
        }
        if (isOutOfDate(told, known.facts())) {
            return Reason.REPORT_OUT_OF_DATE.decision();
        }
        return saysNothingNew(told, known.facts()) ? Decision.NONE : rules.accept(nowMillis, homeAgent, told);
    }

    private Decision onReleaseReport(
            long nowMillis, long releasedAtMillis, @Nullable Binding known, HomeAgent homeAgent) {
        if (known == null || known.homeAgent() != homeAgent.index()) {
            return Reason.RELEASE_WITHOUT_BINDING.decision();
        }
        if (releasedAtMillis < known.facts().acceptedAtMillis() - TOLERANCE_MILLIS) {
            return Reason.REPORT_OUT_OF_DATE.decision();
        }
        Decision.Builder decision = new Decision.Builder()
                .change(new BindingReleaseSeen(known.homeAddress(), homeAgent.index(), releasedAtMillis));
        rules.release(nowMillis, known, BindingReleased.Cause.DEREGISTERED, decision);
        return decision.build();
    }

    Decision onProtectedUpdate(long nowMillis, PacketOrigin origin, Ipv6Address homeAddress) {
        Optional<HomeAgent> asked = tables.homeAgents.withGlobalAddress(origin.destination());
        if (asked.isEmpty()) {
            return Reason.UPDATE_NOT_TO_HOME_AGENT.decision();
        }
        if (!rules.mayBeHomeAddress(homeAddress)) {
            return Reason.UPDATE_HOME_ADDRESS_ELSEWHERE.decision();
        }
        Ipv6Address careOfAddress = origin.source();
        if (!careOfAddress.isRoutableUnicast() || tables.config.prefix().contains(careOfAddress)) {
            return Reason.UPDATE_CARE_OF_ADDRESS_NOT_ROUTABLE.decision();
        }
        HomeAgent homeAgent = asked.get();
        Binding known = tables.bindings.of(homeAddress);
        boolean isKnown = known != null
                && known.homeAgent() == homeAgent.index()
                && known.facts().careOfAddress().equals(careOfAddress)
                && lasts(
                        known,
                        nowMillis,
                        known.facts().evidence() == Evidence.OBSERVED ? OBSERVED_LIFETIME_MILLIS / 2 : 0);
        ProtectedUpdates mode = tables.config.protectedUpdates();
        if (mode == ProtectedUpdates.IGNORED) {
            return Reason.PROTECTED_UPDATE_IGNORED.decision();
        }
        if (mode == ProtectedUpdates.CLAIMED && known == null) {
            return rules.accept(
                    nowMillis,
                    homeAgent,
                    observed(nowMillis, homeAddress, careOfAddress, homeAgent, origin.destination()));
        }
        if (isKnown) {
            return Decision.NONE;
        }
        Change seen = new BindingUpdateSeen(
                homeAddress,
                careOfAddress,
                origin.destination(),
                BindingUpdateSeen.HIDDEN_SEQUENCE,
                nowMillis,
                Optional.of(new Router(origin.linkLayerSource(), origin.port())));
        return tables.pendingUpdates.wouldEvict(homeAddress, nowMillis)
                ? Decision.of(seen, Reason.PENDING_UPDATE_EVICTED.count())
                : Decision.of(seen);
    }

    Decision onProtectedAcknowledgement(long nowMillis, PacketOrigin origin, Ipv6Address homeAddress) {
        Optional<HomeAgent> named = tables.homeAgents.withGlobalAddress(origin.source());
        if (named.isEmpty()) {
            return Reason.ACKNOWLEDGEMENT_NOT_FROM_HOME_AGENT.decision();
        }
        HomeAgent homeAgent = named.get();
        if (!homeAgent.facts().attachment().equals(origin.port())) {
            return rules.forged(nowMillis, origin, homeAddress);
        }
        Optional<BindingUpdateSeen> pending =
                tables.pendingUpdates.find(homeAddress, origin.source(), BindingUpdateSeen.HIDDEN_SEQUENCE, nowMillis);
        if (pending.isEmpty() || !pending.get().careOfAddress().equals(origin.destination())) {
            return Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE.decision();
        }
        Binding known = tables.bindings.of(homeAddress);
        if (known != null && known.facts().evidence() != Evidence.OBSERVED && lasts(known, nowMillis, 0)) {
            return Reason.OBSERVATION_OUTRANKED.decision();
        }
        Decision accepted = rules.accept(
                nowMillis,
                homeAgent,
                observed(nowMillis, homeAddress, origin.destination(), homeAgent, origin.source()));
        return tables.routers.onRegistered(accepted, pending.get().through());
    }

    private static BindingAccepted observed(
            long nowMillis,
            Ipv6Address homeAddress,
            Ipv6Address careOfAddress,
            HomeAgent homeAgent,
            Ipv6Address homeAgentAddress) {
        return new BindingAccepted(
                homeAddress,
                careOfAddress,
                homeAgent.index(),
                homeAgentAddress,
                0,
                nowMillis,
                nowMillis + OBSERVED_LIFETIME_MILLIS,
                Evidence.OBSERVED);
    }

    /** Whether it lasts so much longer, as it was accepted: what is only prolonged outranks nothing, and wants to be seen. */
    private static boolean lasts(Binding known, long nowMillis, long millis) {
        return known.facts().expiresAtMillis() - nowMillis > millis;
    }

    private static boolean isOutOfDate(BindingAccepted told, BindingAccepted known) {
        boolean same =
                told.homeAgent() == known.homeAgent() && told.careOfAddress().equals(known.careOfAddress());
        return !same
                && known.evidence() != Evidence.OBSERVED
                && told.acceptedAtMillis() < known.acceptedAtMillis() - TOLERANCE_MILLIS;
    }

    private static boolean saysNothingNew(BindingAccepted told, BindingAccepted known) {
        return told.homeAgent() == known.homeAgent()
                && told.careOfAddress().equals(known.careOfAddress())
                && known.evidence() == Evidence.AGENT
                && told.sequence() == known.sequence()
                && Math.abs(told.expiresAtMillis() - known.expiresAtMillis()) <= TOLERANCE_MILLIS;
    }

    /** The address by which it is told; for the link-local one, that which is known, or the first that it is named by. */
    private static Ipv6Address addressOf(HomeAgent homeAgent, Ipv6Address told, @Nullable Binding known) {
        if (!told.isLinkLocal()) {
            return told;
        }
        if (known != null && known.homeAgent() == homeAgent.index()) {
            return known.facts().homeAgentAddress();
        }
        return homeAgent.namedAddresses().isEmpty()
                ? told
                : homeAgent.namedAddresses().get(0);
    }
}
