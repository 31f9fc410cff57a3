package dev.roost.openflow.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a switch refused, why, and when it is tried again: at the next audit, then after two more, four, and so on up to
 * {@link #LONGEST_WAIT_AUDITS}. A switch whose table is full, or that cannot do what a rule asks, is so not asked the same thing over
 * and over, and one that was short of room for a moment has the rule soon.
 *
 * <p>Something else wanted in the same place is tried at once. No more entries than there are wanted rules and groups. Called by
 * {@link InstalledState} only.
 */
final class Refusals {

    static final int LONGEST_WAIT_AUDITS = 32;

    /** Those first that were refused longest ago. */
    private final Map<SentMessages.Target, Refusal> refusals = new LinkedHashMap<>();

    private long audits;
    private long retried;

    /** What was refused: a {@link FlowRule} or a {@link GroupRule}. */
    private static final class Refusal {

        private final Object what;
        private final String reason;
        private final int waitAudits;
        private long dueAtAudit;
        private boolean trying;

        Refusal(Object what, String reason, int waitAudits, long dueAtAudit) {
            this.what = what;
            this.reason = reason;
            this.waitAudits = waitAudits;
            this.dueAtAudit = dueAtAudit;
        }
    }

    /** The switch refused what was to be in this place. */
    void add(SentMessages.Target place, Object what, String reason) {
        Refusal before = refusals.remove(place);
        int wait =
                before != null && before.what.equals(what) ? Math.min(2 * before.waitAudits, LONGEST_WAIT_AUDITS) : 1;
        refusals.put(place, new Refusal(what, reason, wait, audits + wait));
    }

    /** Whether exactly this is not to be sent yet. */
    boolean mustWait(SentMessages.Target place, Object what) {
        Refusal refusal = refusals.isEmpty() ? null : refusals.get(place);
        return refusal != null && !refusal.trying && audits < refusal.dueAtAudit && refusal.what.equals(what);
    }

    /** It goes out once more; it is forgotten when the switch has taken it. */
    void trying(SentMessages.Target place) {
        Refusal refusal = refusals.isEmpty() ? null : refusals.get(place);
        if (refusal != null) {
            refusal.trying = true;
            retried++;
        }
    }

    /** The switch has passed what was sent for this place and did not object. */
    void taken(SentMessages.Target place) {
        Refusal refusal = refusals.isEmpty() ? null : refusals.get(place);
        if (refusal != null && refusal.trying) {
            refusals.remove(place);
        }
    }

    /** Nothing is wanted there any more. */
    void remove(SentMessages.Target place) {
        if (!refusals.isEmpty()) {
            refusals.remove(place);
        }
    }

    /** A rule left the switch: what was refused longest ago may find room at the next audit. */
    void roomWasMade() {
        for (Refusal refusal : refusals.values()) {
            if (!refusal.trying && refusal.dueAtAudit > audits + 1) {
                refusal.dueAtAudit = audits + 1;
                return;
            }
        }
    }

    /** Another audit: what is due now, {@code most} places at most. */
    List<SentMessages.Target> due(int most) {
        audits++;
        List<SentMessages.Target> due = new ArrayList<>();
        for (Map.Entry<SentMessages.Target, Refusal> entry : refusals.entrySet()) {
            if (due.size() >= most) {
                break;
            }
            if (audits >= entry.getValue().dueAtAudit) {
                due.add(entry.getKey());
            }
        }
        return due;
    }

    /** The switch may be another one when it comes again: everything is tried then. */
    void onDisconnected() {
        for (Refusal refusal : refusals.values()) {
            refusal.trying = false;
            refusal.dueAtAudit = 0;
        }
    }

    int size() {
        return refusals.size();
    }

    /** How often something refused was sent again, ever. */
    long retried() {
        return retried;
    }

    /** Why the one that was refused longest ago was. */
    Optional<String> firstReason() {
        return refusals.values().stream().findFirst().map(refusal -> refusal.reason);
    }
}
