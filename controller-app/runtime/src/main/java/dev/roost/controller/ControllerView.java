package dev.roost.controller;

import dev.roost.openflow.rules.InstalledState;
import dev.roost.openflow.rules.RuleStatus;
import dev.roost.topology.SwitchId;
import dev.roost.topology.Topology;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The live state for a {@link Controller#query}: to be read, on the loop's thread, and not to be kept. What a query takes
 * out it must have copied.
 */
public interface ControllerView {

    /** The instant of the turn under way. */
    Instant now();

    /** In the order of the configuration. */
    List<ServedNetwork> networks();

    Topology topology();

    /** The switches that are connected, by datapath id. */
    List<SwitchView> switches();

    /** Wanted and installed rules by switch; switches that went a short while ago included, with nothing installed. */
    Map<SwitchId, InstalledState> rules();

    /** What a person should know is wrong, in words; empty when all is well. */
    List<String> problems();

    /**
     * A connected switch.
     *
     * @param rulesKnown whether its rules have been read since it connected
     * @param refusal why it refuses what it refused longest ago, if it refuses anything
     * @param problem why they cannot be read, if so
     */
    record SwitchView(
            SwitchId id,
            String description,
            boolean rulesKnown,
            RuleStatus rules,
            Optional<String> refusal,
            Optional<String> problem) {}
}
