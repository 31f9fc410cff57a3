package dev.roost.controller;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.topology.SwitchId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One rule or group that is wanted on a switch, for people and for the REST interface.
 *
 * @param group the group's number; empty for a flow rule
 * @param priority 0 for a group
 * @param cookie 0 for a group
 * @param match the fields by their OpenFlow names; empty for a group
 * @param actions as {@code ovs-ofctl} writes them
 * @param packets counted by the switch when it was last read
 * @param bytes counted by the switch when it was last read
 * @param homeAddress the mobile node that it is for
 * @param homeAgent the link-local address of the home agent that it is for
 * @param installed whether the switch has it, as far as we know
 */
public record FlowView(
        SwitchId switchId,
        OptionalInt group,
        int table,
        int priority,
        long cookie,
        String purpose,
        Map<String, String> match,
        List<String> actions,
        long packets,
        long bytes,
        Optional<Ipv6Address> homeAddress,
        Optional<Ipv6Address> homeAgent,
        boolean installed) {}
