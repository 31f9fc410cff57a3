package dev.roost.openflow.rules;

/** Group numbers: 0x52, the index of the network and the index of the home agent in 8, 8 and 16 bits. */
public final class GroupIds {

    private static final int APPLICATION = 0x52 << 24;
    private static final int APPLICATION_MASK = 0xff << 24;

    private GroupIds() {}

    /** The number of a home agent's group, the same on every switch. */
    public static int of(int network, int homeAgentIndex) {
        if (network < 0 || network > Cookies.MAX_NETWORK || homeAgentIndex >>> 16 != 0) {
            throw new IllegalArgumentException("no group for home agent " + homeAgentIndex + " of network " + network);
        }
        return APPLICATION | network << 16 | homeAgentIndex;
    }

    /** Whether the number is in our range: groups have no cookie. */
    public static boolean isOurs(int groupId) {
        return (groupId & APPLICATION_MASK) == APPLICATION;
    }

    /** The index of the network in a number of ours. */
    public static int network(int groupId) {
        return groupId >>> 16 & 0xff;
    }

    /** The index of the home agent in a number of ours. */
    public static int homeAgentIndex(int groupId) {
        return groupId & 0xffff;
    }
}
