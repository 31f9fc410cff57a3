package dev.roost.openflow.rules;

import java.util.List;

/** All rules, groups and meters that one subject wants on one switch. Immutable, so switches with the same rules can share it. */
public record SubjectRules(List<FlowRule> flows, List<GroupRule> groups, List<MeterRule> meters) {

    static final SubjectRules NONE = new SubjectRules(List.of(), List.of());

    public SubjectRules {
        flows = List.copyOf(flows);
        groups = List.copyOf(groups);
        meters = List.copyOf(meters);
    }

    /** Without meters. */
    public SubjectRules(List<FlowRule> flows, List<GroupRule> groups) {
        this(flows, groups, List.of());
    }
}
