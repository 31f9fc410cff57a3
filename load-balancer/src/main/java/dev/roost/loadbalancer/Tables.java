package dev.roost.loadbalancer;

import dev.roost.delegation.Identifiers;
import org.jspecify.annotations.Nullable;

/** All that a home network knows. Read by those who decide; altered by {@link ChangeApplier} alone. */
final class Tables {

    /** The operator's decisions, which may become others; but never its name, prefix, representative and limits. */
    HomeNetworkConfig config;

    final HomeAgentsList homeAgents;
    final LoadTable loads;
    final Assignments assignments;
    final Bindings bindings;
    final PendingUpdates pendingUpdates;
    final RecentReleases recentReleases = new RecentReleases();
    final Offenders offenders = new Offenders();
    final Routers routers = new Routers();
    final SourceLimiter sourceLimiter;
    final DelegationTables delegations;
    Sight sight = Sight.OF_EVERYTHING;

    /** Of requests of the forwarding protocol, whoever asks. */
    final Identifiers identifiers = new Identifiers();

    private dev.roost.homeagent.binding.@Nullable HomeAgent representative;

    Tables(HomeNetworkConfig config, long seed) {
        TableLimits limits = config.limits();
        this.config = config;
        this.homeAgents = new HomeAgentsList(config.prefix(), limits.homeAgents());
        this.loads = new LoadTable(config.balancing());
        this.assignments = new Assignments(limits.answers(), config.stickiness(), config.balancing(), Mixing.mix(seed));
        this.bindings = new Bindings(limits.bindings());
        this.pendingUpdates = new PendingUpdates(limits.pendingBindingUpdates());
        this.sourceLimiter = new SourceLimiter(config.discoveryLimits(), Mixing.mix(seed + 1));
        this.delegations = new DelegationTables(bindings);
    }

    boolean hasRepresentative() {
        return representative != null;
    }

    /** The representative as a home agent, made when it is first needed. */
    dev.roost.homeagent.binding.HomeAgent representative() {
        dev.roost.homeagent.binding.HomeAgent known = representative;
        if (known == null) {
            known = Representative.make(config, identifiers);
            representative = known;
        }
        return known;
    }

    /** Goes on with what is bound there, and other keys. */
    void renewRepresentative() {
        dev.roost.homeagent.binding.HomeAgent before = representative;
        if (before != null) {
            representative = Representative.make(config, identifiers);
            before.snapshot().forEach(representative::apply);
        }
    }
}
