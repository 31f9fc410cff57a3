package dev.roost.openflow.rules;

import java.util.List;
import org.projectfloodlight.openflow.protocol.OFMessage;

/**
 * Messages to send to one switch, in this order and with nothing of ours between; followed by a barrier of the caller's, upon whose
 * reply it calls {@link InstalledState#onConfirmed}.
 */
public record RuleUpdate(List<OFMessage> messages) {

    static final RuleUpdate NOTHING = new RuleUpdate(List.of());

    public RuleUpdate {
        messages = List.copyOf(messages);
    }

    public boolean isEmpty() {
        return messages.isEmpty();
    }
}
