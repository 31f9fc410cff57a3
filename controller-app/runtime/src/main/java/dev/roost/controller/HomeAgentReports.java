package dev.roost.controller;

import dev.roost.loadbalancer.BindingReport;
import dev.roost.loadbalancer.LoadSample;
import java.util.List;

/** What is learnt of home agents otherwise than by their packets; called on any thread, never waits. */
public interface HomeAgentReports {

    void onLoadSample(String homeNetwork, LoadSample sample);

    /**
     * What home agents say of bindings.
     *
     * @param reports a few hundred at most, for they are handled in one piece
     * @return false if too much waits for the loop; nothing is taken then
     */
    boolean onBindingsReported(String homeNetwork, List<BindingReport> reports);
}
