package dev.roost.snmp;

import org.snmp4j.smi.OID;

/** The objects of MOBILEIPV6-MIB (RFC 4295, 5) that a home agent has, named as there. */
public final class MobileIpv6Mib {
    public static final OID MIP6_MIB = new OID("1.3.6.1.2.1.133");

    // mip6Notifications
    public static final OID MIP6_MN_REGISTERED = below(0, 1);
    public static final OID MIP6_MN_DE_REGISTERED = below(0, 2);
    public static final OID MIP6_MN_COA_CHANGED = below(0, 3);
    public static final OID MIP6_MN_BINDING_EXPIRED_AT_HA = below(0, 4);

    // mip6System
    public static final OID MIP6_CAPABILITIES = below(1, 1, 1, 1);
    public static final OID MIP6_STATUS = below(1, 1, 1, 2);

    public static final OID MIP6_BINDING_CACHE_ENTRY = below(1, 1, 2, 1, 1);
    public static final int MIP6_BINDING_COA_TYPE = 3;
    public static final int MIP6_BINDING_COA = 4;
    public static final int MIP6_BINDING_TIME_REGISTERED = 5;
    public static final int MIP6_BINDING_TIME_GRANTED = 6;
    public static final int MIP6_BINDING_TIME_REMAINING = 7;
    public static final int MIP6_BINDING_HOME_REGN = 8;
    public static final int MIP6_BINDING_MAX_SEQ = 9;
    public static final int MIP6_BINDING_ADMIN_STATUS = 12;

    // mip6TotalTraffic
    public static final OID MIP6_IN_OCTETS = below(1, 1, 3, 1, 1);
    public static final OID MIP6_HC_IN_OCTETS = below(1, 1, 3, 1, 2);
    public static final OID MIP6_IN_PKTS = below(1, 1, 3, 1, 3);
    public static final OID MIP6_HC_IN_PKTS = below(1, 1, 3, 1, 4);
    public static final OID MIP6_OUT_PKTS = below(1, 1, 3, 1, 7);
    public static final OID MIP6_HC_OUT_PKTS = below(1, 1, 3, 1, 8);
    public static final OID MIP6_OUT_OCTETS = below(1, 1, 3, 1, 5);
    public static final OID MIP6_HC_OUT_OCTETS = below(1, 1, 3, 1, 6);
    public static final OID MIP6_COUNTER_DISCONTINUITY_TIME = below(1, 1, 3, 1, 9);

    // mip6HaAdvertisement
    public static final OID MIP6_HA_ADVS_RECD = below(1, 4, 1, 1);
    public static final OID MIP6_HA_ADVS_SENT = below(1, 4, 1, 2);
    public static final OID MIP6_HA_CONF_ENTRY = below(1, 4, 1, 3, 1);
    public static final OID MIP6_HA_LIST_ENTRY = below(1, 4, 1, 4, 1);
    public static final OID MIP6_HA_GL_ADDR_ENTRY = below(1, 4, 1, 5, 1);

    /** mip6HaGlobalStats, whose objects are numbered from here. */
    public static final OID MIP6_HA_GLOBAL_STATS = below(1, 4, 2, 1);

    /** InetAddressType of RFC 4001. */
    public static final int IPV6 = 2;

    /**
     * How many bindings there are. RFC 4295 has no object for it: a manager would have to read the whole binding cache to count it. In
     * the subtree that NET-SNMP-MIB sets aside for experiments, netSnmpPlaypen.
     */
    public static final OID BINDING_COUNT = new OID("1.3.6.1.4.1.8072.9999.9999.4295.1");

    private MobileIpv6Mib() {}

    private static OID below(int... numbers) {
        OID oid = new OID(MIP6_MIB);
        for (int number : numbers) {
            oid.append(number);
        }
        return oid;
    }

    /** The one instance of a scalar object. */
    public static OID scalar(OID object) {
        return new OID(object).append(0);
    }

    /** A column of an entry. */
    public static OID column(OID entry, int column) {
        return new OID(entry).append(column);
    }
}
