package dev.roost.openflow.rules;

/**
 * The figures of one switch.
 *
 * @param flowsInstalled believed to be there, wanted or not
 * @param refused rules and groups that the switch does not take
 * @param retried how often something that was refused was sent again, ever
 * @param occupied wanted places that somebody else's rule holds
 * @param unconfirmed messages not yet passed by a barrier
 * @param unattributable messages whose errors could no longer be told apart, ever
 * @param conflicts how often two subjects wanted the same place, ever
 * @param missing rules and groups that an audit found gone, ever; what was lost with a connection does not count
 * @param altered rules and groups that an audit found changed, ever
 * @param unexpected rules and groups of ours that an audit found and we had not put there, ever
 */
public record RuleStatus(
        int flowsWanted,
        int flowsInstalled,
        int groupsWanted,
        int groupsInstalled,
        int refused,
        long retried,
        int occupied,
        int unconfirmed,
        long unattributable,
        long conflicts,
        long missing,
        long altered,
        long unexpected) {}
