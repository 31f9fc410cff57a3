package dev.roost.controller;

import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadActionErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadInstructionErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadMatchErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFBadRequestErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFFlowModFailedErrorMsg;
import org.projectfloodlight.openflow.protocol.errormsg.OFGroupModFailedErrorMsg;

/** Error messages in the words of the OpenFlow specification, for counters and logs: closed sets both. */
final class OpenFlowErrors {

    private static final int TYPE_OFFSET = 1;

    private OpenFlowErrors() {}

    /** Type and code, as {@code FLOW_MOD_FAILED/TABLE_FULL}; the type alone for types that our messages hardly cause. */
    static String describe(OFErrorMsg error) {
        String type = String.valueOf(error.getErrType());
        if (error instanceof OFFlowModFailedErrorMsg failed) {
            return type + "/" + failed.getCode();
        } else if (error instanceof OFGroupModFailedErrorMsg failed) {
            return type + "/" + failed.getCode();
        } else if (error instanceof OFBadRequestErrorMsg failed) {
            return type + "/" + failed.getCode();
        } else if (error instanceof OFBadActionErrorMsg failed) {
            return type + "/" + failed.getCode();
        } else if (error instanceof OFBadMatchErrorMsg failed) {
            return type + "/" + failed.getCode();
        } else if (error instanceof OFBadInstructionErrorMsg failed) {
            return type + "/" + failed.getCode();
        }
        return type;
    }

    /** The kind of message that was refused, by the first bytes of it that an error carries (OpenFlow 1.3.5, 7.5.4). */
    static String about(OFErrorMsg error) {
        byte[] message = error.getData().getData();
        if (message.length <= TYPE_OFFSET) {
            return "unknown";
        }
        return switch (message[TYPE_OFFSET]) {
            case 13 -> "packet-out";
            case 14 -> "flow-mod";
            case 15 -> "group-mod";
            case 18 -> "multipart-request";
            case 20 -> "barrier-request";
            default -> "other";
        };
    }
}
