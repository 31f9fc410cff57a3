package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;

/** The addresses on a received packet. */
public record PacketOrigin(MacAddress linkLayerSource, Ipv6Address source, Ipv6Address destination) {}
