package dev.roost.topology;

import java.time.Instant;

/**
 * What one of our probes says: out of which port it was sent, and when.
 *
 * @param sentAt by the sender's clock, in whole milliseconds
 */
public record LinkProbe(SwitchPort sender, Instant sentAt) {

    public LinkProbe {
        sentAt = Instant.ofEpochMilli(sentAt.toEpochMilli());
    }
}
