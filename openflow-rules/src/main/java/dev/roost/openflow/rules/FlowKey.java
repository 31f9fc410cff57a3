package dev.roost.openflow.rules;

/** What a switch tells flow rules apart by; the table is always {@link Pipeline#TABLE}. */
public record FlowKey(int priority, RuleMatch match) {

    @Override
    public String toString() {
        String fields = match.toString();
        return "priority=" + priority + (fields.isEmpty() ? "" : "," + fields);
    }
}
