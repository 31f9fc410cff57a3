package dev.roost.controller;

/**
 * Collects the packet-outs of one turn for one switch, so that they leave as one write. Belongs to the loop's thread.
 *
 * <p>A sink is bounded: while a switch reads too slowly, packets are dropped and counted here instead of being kept. A
 * neighbor solicitation or a discovery request that gets no answer is sent again by who asked.
 */
public interface PacketOutSink {

    /** OFPP_CONTROLLER: the ingress port of a packet that the controller made itself (OpenFlow 1.3.5, 7.3.7). */
    int CONTROLLER_PORT = 0xffff_fffd;

    /** OFPP_FLOOD. */
    int FLOOD_PORT = 0xffff_fffb;

    /** OFPP_NORMAL. */
    int NORMAL_PORT = 0xffff_fffa;

    /**
     * Adds one packet; the bytes are copied.
     *
     * @param inPort the port the packet counts as received on; {@link #CONTROLLER_PORT} for our own packets, so that a
     *     switch lets it leave by any port, also by the one that the question came in on
     * @param outPort the port to send it out of
     */
    void add(int inPort, int outPort, byte[] frame, int offset, int length);

    /** Sends what was added since the last flush, as one write. */
    void flush();
}
