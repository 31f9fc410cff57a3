package dev.roost.openflow.rules;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A flow rule that is wanted, or was found on a switch; without timeouts and without flags. Equal to what the switch reports back once
 * it is installed. Printed as {@code ovs-ofctl add-flows} reads it.
 *
 * @param actions applied in order; none at all is a drop
 */
public record FlowRule(FlowKey key, long cookie, List<RuleAction> actions) {

    public FlowRule {
        actions = List.copyOf(actions);
    }

    @Override
    public String toString() {
        return String.format("table=%d,cookie=0x%016x,%s actions=%s", Pipeline.TABLE, cookie, key, text(actions));
    }

    static String text(List<RuleAction> actions) {
        return actions.isEmpty()
                ? "drop"
                : actions.stream().map(RuleAction::toString).collect(Collectors.joining(","));
    }
}
