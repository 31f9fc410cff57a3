package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;

/**
 * The tunnel that a home agent is to have for a mobile node.
 *
 * @param source outer source address: this home agent's, or that of the primary for which it forwards
 * @param receiveOnly packets are taken out of it, none are put in: another home agent forwards
 */
public record HomeAgentTunnel(
        Ipv6Address homeAddress, Ipv6Address careOfAddress, Ipv6Address source, boolean receiveOnly) {}
