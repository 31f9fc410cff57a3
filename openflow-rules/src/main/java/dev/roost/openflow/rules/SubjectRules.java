package dev.roost.openflow.rules;

import java.util.List;

/** All rules and groups that one subject wants on one switch. Immutable, so switches with the same rules can share it. */
public record SubjectRules(List<FlowRule> flows, List<GroupRule> groups) {

    static final SubjectRules NONE = new SubjectRules(List.of(), List.of());

    public SubjectRules {
        flows = List.copyOf(flows);
        groups = List.copyOf(groups);
    }
}
