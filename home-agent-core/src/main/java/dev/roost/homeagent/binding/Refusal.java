package dev.roost.homeagent.binding;

import dev.roost.mobileip.BindingStatus;

/** Why a binding update is refused: the status of the acknowledgement that says so (RFC 6275, 6.1.8; RFC 4285, 7) and its counter. */
enum Refusal {
    PROHIBITED(BindingStatus.ADMINISTRATIVELY_PROHIBITED, Counter.REFUSED_PROHIBITED),
    NO_RESOURCES(BindingStatus.INSUFFICIENT_RESOURCES, Counter.REFUSED_NO_RESOURCES),
    NOT_HOME_SUBNET(BindingStatus.NOT_HOME_SUBNET, Counter.REFUSED_NOT_HOME_SUBNET),
    NOT_HOME_AGENT(BindingStatus.NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE, Counter.REFUSED_NOT_HOME_AGENT),
    DUPLICATE_ADDRESS(BindingStatus.DUPLICATE_ADDRESS_DETECTION_FAILED, Counter.REFUSED_DUPLICATE_ADDRESS),
    SEQUENCE(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW, Counter.REFUSED_SEQUENCE),
    TYPE_CHANGE(BindingStatus.REGISTRATION_TYPE_CHANGE_DISALLOWED, Counter.REFUSED_TYPE_CHANGE),
    IDENTIFIER(BindingStatus.MIPV6_ID_MISMATCH, Counter.REFUSED_IDENTIFIER),
    NO_IDENTIFIER(BindingStatus.MIPV6_MESG_ID_REQD, Counter.REFUSED_NO_IDENTIFIER),
    AUTHENTICATION(BindingStatus.MIPV6_AUTH_FAIL, Counter.REFUSED_AUTHENTICATION),
    CARE_OF_ADDRESS(BindingStatus.INVALID_CARE_OF_ADDRESS, Counter.REFUSED_CARE_OF_ADDRESS);

    private final int status;
    private final Counter counter;

    Refusal(BindingStatus status, Counter counter) {
        this.status = status.value();
        this.counter = counter;
    }

    BindingStatus status() {
        return new BindingStatus(status);
    }

    Counter counter() {
        return counter;
    }
}
