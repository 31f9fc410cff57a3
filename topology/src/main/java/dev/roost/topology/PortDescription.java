package dev.roost.topology;

import dev.roost.mobileip.MacAddress;

/**
 * What a switch says of one of its ports.
 *
 * @param number the OpenFlow port number, unsigned
 * @param up neither taken down by configuration nor without carrier
 */
public record PortDescription(int number, String name, MacAddress hardwareAddress, boolean up) {

    /** OFPP_LOCAL: the switch's own network stack. */
    public static final int LOCAL = 0xffff_fffe;

    /** Whether another switch can be behind this port, so that it is worth probing. */
    public boolean canHaveLink() {
        return up && number != LOCAL;
    }
}
