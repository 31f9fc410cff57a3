package dev.roost.loadbalancer;

import dev.roost.delegation.Identifiers;
import dev.roost.loadbalancer.DelegationConfig.Mode;
import dev.roost.loadbalancer.Migration.Cause;
import dev.roost.loadbalancer.MigrationAnswer.Verdict;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;

/**
 * All that is about other home agents forwarding than those where mobile nodes are bound; it only routes. Who forwards is a fact
 * beside each {@link Binding}; what is on its way is in {@link DelegationTables}.
 *
 * <p>Work for an event does not depend on the number of mobile nodes: deadlines are ordered, and whom a home agent forwards for is a list
 * of which only the beginning is looked at.
 */
final class Delegations {

    private final Tables tables;
    private final ForwardingPeers peers;
    private final Representative representative;
    private final Migrations migrations;
    private final ForwarderReports reports;
    private final ForwardingErrands errands;
    private final ForwardingMessages messages;
    private final Evacuation evacuation;
    private final Balancing balancing;
    private final BindingRules bindingRules;

    Delegations(Tables tables) {
        Identifiers identifiers = tables.identifiers;
        this.tables = tables;
        peers = new ForwardingPeers(tables, identifiers);
        representative = new Representative(tables, peers);
        migrations = new Migrations(tables, peers, representative, identifiers);
        representative.connect(migrations);
        errands = new ForwardingErrands(tables, peers, representative, identifiers);
        reports = new ForwarderReports(tables, migrations, representative, errands);
        messages = new ForwardingMessages(tables, peers, reports, migrations, errands, representative);
        MoveBudget budget = new MoveBudget(tables);
        evacuation = new Evacuation(tables, migrations, new Reregistration(tables, peers, budget));
        balancing = new Balancing(tables, migrations, peers, budget);
        bindingRules = new BindingRules(tables, migrations, errands);
        errands.connect(bindingRules);
    }

    ForwardingMessages messages() {
        return messages;
    }

    Balancing balancing() {
        return balancing;
    }

    BindingRules bindingRules() {
        return bindingRules;
    }

    /** What a router advertisement came to, and what it means besides. */
    Decision onAdvertised(long nowMillis, Decision decided) {
        return peers.onAdvertised(nowMillis, decided);
    }

    Decision onSteered(long nowMillis, Ipv6Address homeAddress, long epoch) {
        return reports.onSteered(nowMillis, homeAddress, epoch);
    }

    Representative representative() {
        return representative;
    }

    long nextDeadlineMillis() {
        if (errands.isSurveying()) {
            return 0;
        }
        return Math.min(
                Math.min(peers.nextDeadlineMillis(), tables.delegations.nextDueMillis()),
                Math.min(evacuation.nextDeadlineMillis(), representative.nextDeadlineMillis()));
    }

    void onDeadline(long nowMillis, Decision.Builder decision) {
        peers.onDeadline(nowMillis, decision);
        migrations.onDeadline(nowMillis, decision);
        errands.onDeadline(nowMillis, decision);
        representative.onDeadline(nowMillis, decision);
        if (evacuation.nextDeadlineMillis() <= nowMillis) {
            evacuation.onDeadline(nowMillis, decision);
        }
    }

    boolean isOutstanding(long identifier) {
        return tables.delegations.ofIdentifier(identifier) != null
                || tables.delegations.errand(identifier) != null
                || representative.isOutstanding(identifier)
                || (identifier != 0
                        && tables.delegations.peers().stream().anyMatch(peer -> peer.identifier() == identifier));
    }

    MigrationAnswer request(long nowMillis, Ipv6Address homeAddress, Ipv6Address forwarder) {
        Binding binding = tables.bindings.of(homeAddress);
        if (binding == null) {
            return MigrationAnswer.of(Verdict.UNKNOWN_MOBILE_NODE);
        }
        Optional<HomeAgent> target =
                tables.homeAgents.withAddress(forwarder).filter(homeAgent -> homeAgent.steerable(tables.bindings));
        if (target.isEmpty()) {
            return MigrationAnswer.of(Verdict.UNKNOWN_HOME_AGENT);
        }
        if (tables.config.delegation().mode() == Mode.OFF) {
            return MigrationAnswer.refused("delegation-off");
        }
        int index = target.get().index();
        Migration present = tables.delegations.migration(homeAddress);
        if (present == null && binding.forwarder() == index) {
            return MigrationAnswer.of(Verdict.DONE);
        }
        if (present != null && present.to() == index) {
            return MigrationAnswer.of(Verdict.BEGUN);
        }
        Optional<String> obstacle = migrations.obstacle(nowMillis, binding, target.get());
        if (obstacle.isPresent()) {
            return MigrationAnswer.refused(obstacle.get());
        }
        if (tables.delegations.waiting() >= DelegationTables.MOST_WAITING) {
            return MigrationAnswer.refused("too-many-migrations");
        }
        Decision.Builder decision = new Decision.Builder();
        migrations.ask(nowMillis, binding, target.get(), Cause.OPERATOR, migrations.room() > 0, decision);
        return new MigrationAnswer(Verdict.BEGUN, "", decision.build());
    }
}
