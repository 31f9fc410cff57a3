package dev.roost.loadbalancer;

/** All that a home network knows. Read by those who decide; altered by {@link ChangeApplier} alone. */
final class Tables {

    final HomeNetworkConfig config;
    final HomeAgentsList homeAgents;
    final LoadTable loads;
    final Assignments assignments;
    final Bindings bindings;
    final PendingUpdates pendingUpdates;

    Tables(HomeNetworkConfig config, long seed) {
        TableLimits limits = config.limits();
        this.config = config;
        this.homeAgents = new HomeAgentsList(config.prefix(), limits.homeAgents());
        this.loads = new LoadTable(config.balancing());
        this.assignments = new Assignments(limits.answers(), config.stickiness(), config.balancing(), Mixing.mix(seed));
        this.bindings = new Bindings(limits.bindings());
        this.pendingUpdates = new PendingUpdates(limits.pendingBindingUpdates());
    }
}
