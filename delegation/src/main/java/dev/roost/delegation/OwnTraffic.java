package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.HashMap;
import java.util.Map;

/** How many packets a second the primary puts into tunnels itself, and what was given away since that was measured. Soft. */
final class OwnTraffic {
    private long packets;
    private long atMillis = Long.MIN_VALUE;
    private double packetsPerSecond;
    private int givenAway;
    /** Shares as they were when packets were counted last. */
    private final Map<Ipv6Address, Integer> sharesThen = new HashMap<>();

    double packetsPerSecond() {
        return packetsPerSecond;
    }

    /** How many mobile nodes were given away since the last measurement. */
    int givenAway() {
        return givenAway;
    }

    void onGivenAway(int mobileNodes) {
        givenAway += mobileNodes;
    }

    /** How many more mobile nodes a home agent has than when packets were counted; fewer are negative. */
    int sharesGivenSince(Ipv6Address homeAgent, int shareNow) {
        return shareNow - sharesThen.getOrDefault(homeAgent, 0);
    }

    void onMeasured(long nowMillis, long packetsNow) {
        if (atMillis != Long.MIN_VALUE && nowMillis > atMillis && packetsNow >= packets) {
            packetsPerSecond = (packetsNow - packets) * 1000.0 / (nowMillis - atMillis);
        } else if (packetsNow < packets) {
            packetsPerSecond = 0;
        }
        packets = packetsNow;
        atMillis = nowMillis;
        givenAway = 0;
    }

    void onShare(Ipv6Address homeAgent, int share) {
        sharesThen.put(homeAgent, share);
    }

    void forgetShares() {
        sharesThen.clear();
    }
}
