package dev.roost.openflow.rules;

import java.util.List;

/**
 * A group of type INDIRECT: its one bucket. Equal to what the switch reports back once it is installed. Printed as
 * {@code ovs-ofctl add-groups} reads it.
 */
public record GroupRule(int id, List<RuleAction> actions) {

    public GroupRule {
        actions = List.copyOf(actions);
    }

    @Override
    public String toString() {
        return "group_id=" + Integer.toUnsignedString(id) + ",type=indirect,bucket=actions=" + FlowRule.text(actions);
    }
}
