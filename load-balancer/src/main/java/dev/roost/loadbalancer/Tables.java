package dev.roost.loadbalancer;

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
    final SourceLimiter sourceLimiter;

    Tables(HomeNetworkConfig config, long seed) {
        TableLimits limits = config.limits();
        this.config = config;
        this.homeAgents = new HomeAgentsList(config.prefix(), limits.homeAgents());
        this.loads = new LoadTable(config.balancing());
        this.assignments = new Assignments(limits.answers(), config.stickiness(), config.balancing(), Mixing.mix(seed));
        this.bindings = new Bindings(limits.bindings());
        this.pendingUpdates = new PendingUpdates(limits.pendingBindingUpdates());
        this.sourceLimiter = new SourceLimiter(config.discoveryLimits(), Mixing.mix(seed + 1));
    }
}
