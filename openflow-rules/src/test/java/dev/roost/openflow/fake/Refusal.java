package dev.roost.openflow.fake;

import org.projectfloodlight.openflow.protocol.OFBadActionCode;
import org.projectfloodlight.openflow.protocol.OFBadInstructionCode;
import org.projectfloodlight.openflow.protocol.OFBadMatchCode;
import org.projectfloodlight.openflow.protocol.OFBadRequestCode;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowModFailedCode;
import org.projectfloodlight.openflow.protocol.OFGroupModFailedCode;
import org.projectfloodlight.openflow.protocol.OFMeterModFailedCode;
import org.projectfloodlight.openflow.types.OFErrorCauseData;

/** Why the switch does not do what a message asks, with the error message that says so. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Reply reply;

    private Refusal(Enum<?> code, Reply reply) {
        super(code.name());
        this.reply = reply;
    }

    private interface Reply {
        OFErrorMsg.Builder of(OFFactory factory, OFErrorCauseData cause);
    }

    static Refusal of(OFFlowModFailedCode code) {
        return new Refusal(
                code,
                (factory, cause) -> factory.errorMsgs()
                        .buildFlowModFailedErrorMsg()
                        .setCode(code)
                        .setData(cause));
    }

    static Refusal of(OFGroupModFailedCode code) {
        return new Refusal(
                code,
                (factory, cause) -> factory.errorMsgs()
                        .buildGroupModFailedErrorMsg()
                        .setCode(code)
                        .setData(cause));
    }

    static Refusal of(OFMeterModFailedCode code) {
        return new Refusal(
                code,
                (factory, cause) -> factory.errorMsgs()
                        .buildMeterModFailedErrorMsg()
                        .setCode(code)
                        .setData(cause));
    }

    static Refusal of(OFBadActionCode code) {
        return new Refusal(
                code,
                (factory, cause) -> factory.errorMsgs()
                        .buildBadActionErrorMsg()
                        .setCode(code)
                        .setData(cause));
    }

    static Refusal of(OFBadMatchCode code) {
        return new Refusal(
                code,
                (factory, cause) -> factory.errorMsgs()
                        .buildBadMatchErrorMsg()
                        .setCode(code)
                        .setData(cause));
    }

    static Refusal of(OFBadInstructionCode code) {
        return new Refusal(
                code,
                (factory, cause) -> factory.errorMsgs()
                        .buildBadInstructionErrorMsg()
                        .setCode(code)
                        .setData(cause));
    }

    static Refusal of(OFBadRequestCode code) {
        return new Refusal(
                code,
                (factory, cause) -> factory.errorMsgs()
                        .buildBadRequestErrorMsg()
                        .setCode(code)
                        .setData(cause));
    }

    OFErrorMsg message(OFFactory factory, long xid, byte[] cause) {
        return reply.of(factory, OFErrorCauseData.of(cause, factory.getVersion()))
                .setXid(xid)
                .build();
    }
}
