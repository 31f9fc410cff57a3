package dev.roost.openflow.rules;

import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMeterFeatures;
import org.projectfloodlight.openflow.protocol.OFMeterFeaturesStatsReply;
import org.projectfloodlight.openflow.protocol.OFMeterFeaturesStatsRequest;

/** Numbers of our meters, and whether a switch has what we ask of meters: 0x52 and the index of the network in 8 and 8 bits. */
public final class Meters {

    private static final int APPLICATION = 0x52 << 8;
    /** OFPMBT_DROP and OFPMF_PKTPS (OpenFlow 1.3.5, 7.3.4.4 and 7.3.4.5), and OFPMF_BURST. */
    private static final int DROP_BAND = 1;

    private static final int PACKETS_PER_SECOND = 1 << 1;
    private static final int BURST = 1 << 2;

    private Meters() {}

    static int of(int network) {
        if (network < 0 || network > Cookies.MAX_NETWORK) {
            throw new IllegalArgumentException("no meter for network " + network);
        }
        return APPLICATION | network;
    }

    static boolean isOurs(long meterId) {
        return meterId >>> 8 == 0x52;
    }

    /** What to ask a switch for. */
    public static OFMeterFeaturesStatsRequest featuresRequest(OFFactory factory) {
        return factory.buildMeterFeaturesStatsRequest().build();
    }

    /** Whether a switch can limit packets a second with all of our meters. */
    public static boolean suffice(OFMeterFeaturesStatsReply reply) {
        OFMeterFeatures features = reply.getFeatures();
        long capabilities = features.getCapabilities();
        return Integer.toUnsignedLong((int) features.getMaxMeter()) >= of(Cookies.MAX_NETWORK)
                && (features.getBandTypes() & 1L << DROP_BAND) != 0
                && (capabilities & PACKETS_PER_SECOND) != 0
                && (capabilities & BURST) != 0
                && features.getMaxBands() != 0;
    }
}
