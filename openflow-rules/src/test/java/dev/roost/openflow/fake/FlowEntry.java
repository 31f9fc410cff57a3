package dev.roost.openflow.fake;

import java.util.List;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.action.OFAction;
import org.projectfloodlight.openflow.protocol.instruction.OFInstruction;
import org.projectfloodlight.openflow.protocol.instruction.OFInstructionApplyActions;
import org.projectfloodlight.openflow.protocol.instruction.OFInstructionMeter;
import org.projectfloodlight.openflow.protocol.match.Match;

/** One rule in the table, with its counters. */
final class FlowEntry {

    final Match match;
    final int priority;
    final long cookie;
    List<OFInstruction> instructions;
    long packets;
    long bytes;

    FlowEntry(OFFlowMod mod) {
        this.match = mod.getMatch();
        this.priority = mod.getPriority();
        this.cookie = mod.getCookie().getValue();
        this.instructions = mod.getInstructions();
    }

    List<OFAction> actions() {
        return instructions.stream()
                .filter(OFInstructionApplyActions.class::isInstance)
                .map(OFInstructionApplyActions.class::cast)
                .flatMap(apply -> apply.getActions().stream())
                .toList();
    }

    boolean goesThrough(long meter) {
        return instructions.stream()
                .anyMatch(instruction ->
                        instruction instanceof OFInstructionMeter through && through.getMeterId() == meter);
    }

    String key() {
        return key(priority, match);
    }

    static String key(int priority, Match match) {
        return priority + " " + Matching.canonical(match);
    }
}
