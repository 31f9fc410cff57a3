package dev.roost.delegation;

import java.util.Locale;

/** What an acknowledgement says: below 128 yes, from 128 on no. */
public enum DelegationStatus {
    ACCEPTED(0),
    REFUSED(128),
    INSUFFICIENT_RESOURCES(129),
    /** The home address is not one of this home network's mobile nodes. */
    NOT_HOME_PREFIX(130),
    /** Somebody has spoken for this home address with a newer epoch; the acknowledgement has it. */
    STALE_EPOCH(131),
    ZERO_DURATION(132),
    /** An encapsulation other than IPv6 in IPv6. */
    ENCAPSULATION(133),
    /** An address of another family than this home agent's. */
    ADDRESS_FAMILY(134),
    /** The mobile node has no binding at this primary. */
    UNKNOWN_BINDING(135),
    UNKNOWN_FORWARDER(136),
    /** No packet can be tunnelled to this care-of address. */
    CARE_OF_ADDRESS(137),
    /** Only the primary itself can forward for this mobile node. */
    NOT_DELEGABLE(138),
    MISSING_OPTION(139),
    /** A newer order, or a newer report, was there before. */
    SUPERSEDED(140),
    /** The request named another session than the receiver's; the header of the acknowledgement has the right one. */
    SESSION(141);

    private static final int FIRST_REFUSAL = 128;
    private static final DelegationStatus[] BY_CODE = new DelegationStatus[256];

    static {
        for (DelegationStatus status : values()) {
            BY_CODE[status.code] = status;
        }
        for (int code = 0; code < BY_CODE.length; code++) {
            if (BY_CODE[code] == null) {
                BY_CODE[code] = code < FIRST_REFUSAL ? ACCEPTED : REFUSED;
            }
        }
    }

    private final int code;
    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    DelegationStatus(int code) {
        this.code = code;
    }

    /** The octet on the wire. */
    public int code() {
        return code;
    }

    public boolean isAccepted() {
        return code < FIRST_REFUSAL;
    }

    /** The name in lower case with hyphens: the stable word for metrics, logs and answers. */
    public String word() {
        return word;
    }

    /** The status of an octet, 0 to 255; one that is not known means the same as the plain yes or no of its half. */
    static DelegationStatus of(int code) {
        return BY_CODE[code];
    }
}
