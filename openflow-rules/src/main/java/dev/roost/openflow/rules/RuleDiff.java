package dev.roost.openflow.rules;

import java.util.ArrayList;
import java.util.List;
import org.projectfloodlight.openflow.protocol.OFMessage;

/**
 * What has to be done to one switch, in an order in which steering never has a gap:
 *
 * <ol>
 *   <li>groups that are new or different; these are changed in place, so rules that point at them go over in one step,
 *   <li>rules that are new or different; a rule in the same place is replaced in one step,
 *   <li>rules that are no longer wanted: a packet finds the new rule before the old one goes,
 *   <li>groups that are no longer wanted, since a switch takes the rules that point at a group along with it.
 * </ol>
 *
 * with a barrier between, since a switch is free to reorder what is not separated. Only ours are ever deleted.
 */
final class RuleDiff {

    private final List<OFMessage> groups = new ArrayList<>();
    private final List<OFMessage> additions = new ArrayList<>();
    private final List<OFMessage> deletions = new ArrayList<>();
    private final List<OFMessage> groupDeletions = new ArrayList<>();

    void group(OFMessage message) {
        groups.add(message);
    }

    void addition(OFMessage message) {
        additions.add(message);
    }

    void deletion(OFMessage message) {
        deletions.add(message);
    }

    void groupDeletion(OFMessage message) {
        groupDeletions.add(message);
    }

    /** All messages in order, nothing if there is nothing to do; no barrier at either end. */
    List<OFMessage> messages(OpenFlowWriter writer) {
        List<OFMessage> all = new ArrayList<>();
        for (List<OFMessage> stage : List.of(groups, additions, deletions, groupDeletions)) {
            if (!stage.isEmpty() && !all.isEmpty()) {
                all.add(writer.barrier());
            }
            all.addAll(stage);
        }
        return all;
    }
}
