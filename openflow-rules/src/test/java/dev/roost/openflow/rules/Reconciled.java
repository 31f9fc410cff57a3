package dev.roost.openflow.rules;

import dev.roost.openflow.fake.FakeSwitch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsReply;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFVersion;

/** A switch and what is believed of it, wired together the way the reconciler does it, but at once. */
final class Reconciled {

    static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);

    final FakeSwitch fake;
    final InstalledState state = new InstalledState();

    Reconciled(FakeSwitch fake) {
        this.fake = fake;
    }

    void wantAll(Map<Subject, SubjectRules> wanted) {
        wanted.forEach(state::want);
    }

    /** Sends what has changed; returns what was sent. */
    List<OFMessage> sendDifference() {
        return send(state.difference(FACTORY));
    }

    /** Audits and repairs; returns what was sent for that. */
    List<OFMessage> audit() {
        InstalledState.AuditRequest request = state.startAudit(FACTORY);
        read(request);
        return send(state.finishAudit(request.readBack(), FACTORY));
    }

    void read(InstalledState.AuditRequest request) {
        for (OFMessage reply : fake.handleAll(List.of(request.flows(), request.groups()))) {
            if (reply instanceof OFFlowStatsReply part) {
                request.readBack().add(part);
            } else if (reply instanceof OFGroupDescStatsReply part) {
                request.readBack().add(part);
            } else {
                throw new AssertionError("not a reply to an audit: " + reply);
            }
        }
    }

    List<OFMessage> send(RuleUpdate update) {
        List<OFErrorMsg> errors = new ArrayList<>();
        for (OFMessage answer : fake.handleAll(update.messages())) {
            if (answer instanceof OFErrorMsg error) {
                errors.add(error);
            }
        }
        errors.forEach(error -> state.onRefused(error.getXid(), error.toString()));
        state.onConfirmed(update);
        return update.messages();
    }

    /** Somebody else at work on the switch. */
    void behindOurBack(OFMessage message) {
        List<OFMessage> answers = fake.handle(message);
        if (!answers.isEmpty()) {
            throw new AssertionError("refused: " + answers);
        }
    }
}
