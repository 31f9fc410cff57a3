package dev.roost.openflow.rules;

import dev.roost.mobileip.MacAddress;

/** One thing that a rule or a group does with a packet. Printed as {@code ovs-ofctl} writes it. */
public sealed interface RuleAction {

    /** Drops the packet where it exceeds a meter's rate; stands before all others, and is an instruction to the switch. */
    record ThroughMeter(int meterId) implements RuleAction {
        @Override
        public String toString() {
            return "meter:" + meterId;
        }
    }

    /** Sends the whole packet to the controller. */
    record ToController() implements RuleAction {
        @Override
        public String toString() {
            return "CONTROLLER:65535";
        }
    }

    /** Leaves the packet to the learning switch in the switch. */
    record Normal() implements RuleAction {
        @Override
        public String toString() {
            return "NORMAL";
        }
    }

    /** Sends the packet out of a port, unless it came in there. */
    record Output(int port) implements RuleAction {
        @Override
        public String toString() {
            return "output:" + RuleMatch.portName(port);
        }
    }

    /** Does what a group says. */
    record ToGroup(int groupId) implements RuleAction {
        @Override
        public String toString() {
            return "group:" + Integer.toUnsignedString(groupId);
        }
    }

    /** Rewrites the frame's destination. */
    record SetEthernetDestination(MacAddress address) implements RuleAction {
        @Override
        public String toString() {
            return "set_field:" + address + "->eth_dst";
        }
    }
}
