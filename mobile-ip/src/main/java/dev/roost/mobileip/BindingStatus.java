package dev.roost.mobileip;

import java.util.Map;

/**
 * The Status field of a binding acknowledgement (RFC 6275, 6.1.8; RFC 3963, 4.2; RFC 4285, 4.4). Any of 0 to 255 can come from the
 * network, so this is a value with names and not an enum; the names are those of IANA's registry.
 */
public record BindingStatus(int value) {

    public static final BindingStatus BINDING_UPDATE_ACCEPTED = new BindingStatus(0);
    public static final BindingStatus ACCEPTED_BUT_PREFIX_DISCOVERY_NECESSARY = new BindingStatus(1);
    public static final BindingStatus REASON_UNSPECIFIED = new BindingStatus(128);
    public static final BindingStatus ADMINISTRATIVELY_PROHIBITED = new BindingStatus(129);
    public static final BindingStatus INSUFFICIENT_RESOURCES = new BindingStatus(130);
    public static final BindingStatus HOME_REGISTRATION_NOT_SUPPORTED = new BindingStatus(131);
    public static final BindingStatus NOT_HOME_SUBNET = new BindingStatus(132);
    public static final BindingStatus NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE = new BindingStatus(133);
    public static final BindingStatus DUPLICATE_ADDRESS_DETECTION_FAILED = new BindingStatus(134);
    public static final BindingStatus SEQUENCE_NUMBER_OUT_OF_WINDOW = new BindingStatus(135);
    public static final BindingStatus EXPIRED_HOME_NONCE_INDEX = new BindingStatus(136);
    public static final BindingStatus EXPIRED_CARE_OF_NONCE_INDEX = new BindingStatus(137);
    public static final BindingStatus EXPIRED_NONCES = new BindingStatus(138);
    public static final BindingStatus REGISTRATION_TYPE_CHANGE_DISALLOWED = new BindingStatus(139);
    public static final BindingStatus MOBILE_ROUTER_OPERATION_NOT_PERMITTED = new BindingStatus(140);
    public static final BindingStatus INVALID_PREFIX = new BindingStatus(141);
    public static final BindingStatus NOT_AUTHORIZED_FOR_PREFIX = new BindingStatus(142);
    public static final BindingStatus FORWARDING_SETUP_FAILED = new BindingStatus(143);
    public static final BindingStatus MIPV6_ID_MISMATCH = new BindingStatus(144);
    public static final BindingStatus MIPV6_MESG_ID_REQD = new BindingStatus(145);
    public static final BindingStatus MIPV6_AUTH_FAIL = new BindingStatus(146);
    public static final BindingStatus INVALID_CARE_OF_ADDRESS = new BindingStatus(174);

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "Binding Update accepted"),
            Map.entry(1, "Accepted but prefix discovery necessary"),
            Map.entry(128, "Reason unspecified"),
            Map.entry(129, "Administratively prohibited"),
            Map.entry(130, "Insufficient resources"),
            Map.entry(131, "Home registration not supported"),
            Map.entry(132, "Not home subnet"),
            Map.entry(133, "Not home agent for this mobile node"),
            Map.entry(134, "Duplicate Address Detection failed"),
            Map.entry(135, "Sequence number out of window"),
            Map.entry(136, "Expired home nonce index"),
            Map.entry(137, "Expired care-of nonce index"),
            Map.entry(138, "Expired nonces"),
            Map.entry(139, "Registration type change disallowed"),
            Map.entry(140, "Mobile Router Operation not permitted"),
            Map.entry(141, "Invalid Prefix"),
            Map.entry(142, "Not Authorized for Prefix"),
            Map.entry(143, "Forwarding Setup failed"),
            Map.entry(144, "MIPV6-ID-MISMATCH"),
            Map.entry(145, "MIPV6-MESG-ID-REQD"),
            Map.entry(146, "MIPV6-AUTH-FAIL"),
            Map.entry(174, "Invalid Care-of Address"));

    private static final int FIRST_REJECTION = 128;

    public BindingStatus {
        if (value >>> 8 != 0) {
            throw new IllegalArgumentException("status is 0 to 255, not " + value);
        }
    }

    /** Below 128 the binding update was accepted, from there on it was rejected. */
    public boolean isAccepted() {
        return value < FIRST_REJECTION;
    }

    @Override
    public String toString() {
        return value + " " + NAMES.getOrDefault(value, isAccepted() ? "accepted" : "rejected");
    }
}
