package dev.roost.delegation;

import java.nio.ByteBuffer;

/** What {@link MessageProtection} makes of a datagram. */
public sealed interface OpenedMessage {

    /**
     * Genuine and new.
     *
     * @param session the sender's; another one than before says that the sender began anew
     */
    record Accepted(ForwardingMessage message, long session) implements OpenedMessage {}

    /** To be counted, and nothing else. */
    record Ignored(DelegationCounter reason) implements OpenedMessage {}

    /**
     * Genuine, but not for this session of ours: to be counted, and the datagram goes back to the sender, which then knows better.
     *
     * @param answer a whole datagram, from position to limit; to be used before the next call
     */
    record Answered(DelegationCounter reason, ByteBuffer answer) implements OpenedMessage {}
}
