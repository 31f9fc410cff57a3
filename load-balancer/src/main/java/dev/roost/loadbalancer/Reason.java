package dev.roost.loadbalancer;

import java.util.Locale;

/** Why something was refused, ignored or lost: a closed set, so that a counter per reason has a limit. */
public enum Reason {
    /** Router advertisement: from a switch that is not this home network's. */
    OTHER_SWITCH,
    /** Router advertisement: source is not link-local (RFC 4861, 6.1.2). */
    ADVERTISEMENT_SOURCE_NOT_LINK_LOCAL,
    /** Router advertisement: H bit off, from nobody in the list. */
    ADVERTISEMENT_NOT_OF_HOME_AGENT,
    /** Router advertisement: lifetime 0, from nobody in the list. */
    ADVERTISEMENT_WITHOUT_LIFETIME,
    /** Router advertisement: all its prefixes are other home networks'. */
    ADVERTISEMENT_OF_OTHER_PREFIXES,
    /** Router advertisement: the operator lists home agents, and this is none of them. */
    HOME_AGENT_NOT_ADMITTED,
    /** Router advertisement: claims a home agent that is alive at another port. */
    HOME_AGENT_AT_OTHER_PORT,
    /** Router advertisement: claims the representative's, or another home agent's, link-layer address. */
    LINK_LAYER_ADDRESS_TAKEN,
    /** A global address in a router advertisement that is another home agent's or the representative's. */
    GLOBAL_ADDRESS_TAKEN,
    /** More home agents than the table holds. */
    HOME_AGENTS_FULL,
    /** More routers that registrations come through than are kept. */
    ROUTERS_FULL,
    /** More global addresses of one home agent than are kept. */
    ADDRESSES_FULL,
    /** Router advertisement: its Router Lifetime fell to 0 before it was dropped from the list, and still is 0. */
    HOME_AGENT_STOPPED,
    /** Neighbor solicitation: its source is multicast. */
    SOLICITATION_SOURCE_MULTICAST,
    /** Neighbor solicitation: its target is not answered for. */
    TARGET_NOT_OURS,
    /** Duplicate address detection by a home agent for an address that is bound elsewhere. */
    SWALLOWED_DUPLICATE_ADDRESS_DETECTION,
    /** Neighbor advertisement that answers no probe. */
    ADVERTISEMENT_UNEXPECTED,
    /** Discovery request: not to the anycast address. */
    DISCOVERY_NOT_TO_ANYCAST,
    /** Discovery request: source is multicast, unspecified, loopback or link-local. */
    DISCOVERY_SOURCE_NOT_ROUTABLE,
    /** Discovery request: source is inside the home network. */
    DISCOVERY_SOURCE_IN_HOME_NETWORK,
    /** Discovery request: there is no home agent to name, and the representative is not named either. */
    NO_HOME_AGENT,
    /** Discovery request: its source /64 has had as many answers as it may have. */
    DISCOVERY_SOURCE_LIMIT,
    /** Discovery request: all sources together have had as many answers as they may have. */
    DISCOVERY_LIMIT,
    /** Discovery request: sources not heard before have had as many answers as they may have. */
    DISCOVERY_NEWCOMERS_LIMIT,
    /** A source that asks often was forgotten, since there are too many of them. */
    DISCOVERY_SOURCE_EVICTED,
    /** The oldest remembered answer made room before its time. */
    ANSWER_EVICTED,
    /** Echo request: not to the representative. */
    ECHO_NOT_TO_REPRESENTATIVE,
    /** Echo request: source may not be answered. */
    ECHO_SOURCE_NOT_ROUTABLE,
    /** Binding update: to neither the representative nor a home agent. */
    UPDATE_NOT_TO_HOME_AGENT,
    /** Binding update: not a home registration. */
    UPDATE_NOT_HOME_REGISTRATION,
    /** Binding update: home address outside the home network. */
    UPDATE_HOME_ADDRESS_ELSEWHERE,
    /** Binding update: care-of address is not routable. */
    UPDATE_CARE_OF_ADDRESS_NOT_ROUTABLE,
    /** Binding update to the representative: its source may not be answered. */
    UPDATE_SOURCE_NOT_ROUTABLE,
    /** The oldest pending binding update made room before its time. */
    PENDING_UPDATE_EVICTED,
    /** Binding acknowledgement: source is not a home agent's address. */
    ACKNOWLEDGEMENT_NOT_FROM_HOME_AGENT,
    /** Binding acknowledgement: came in elsewhere than where the home agent it names is attached. */
    ACKNOWLEDGEMENT_AT_OTHER_PORT,
    /** Binding acknowledgement: home address outside the home network. */
    ACKNOWLEDGEMENT_HOME_ADDRESS_ELSEWHERE,
    /** Binding acknowledgement: no pending binding update has its home address, home agent and sequence number. */
    ACKNOWLEDGEMENT_WITHOUT_UPDATE,
    /** Binding acknowledgement: another home agent has accepted a later binding update since. */
    ACKNOWLEDGEMENT_OVERTAKEN,
    /** Binding acknowledgement: the home agent refused. */
    BINDING_REFUSED,
    /** Binding acknowledgement: releases what is not bound. */
    RELEASE_WITHOUT_BINDING,
    /** Encrypted binding update: the operator wants nothing made of them. */
    PROTECTED_UPDATE_IGNORED,
    /** Answer to an encrypted binding update: of a home address whose binding is better known. */
    OBSERVATION_OUTRANKED,
    /** Binding told by a home agent: of nobody in the list. */
    REPORT_OF_UNKNOWN_HOME_AGENT,
    /** Binding told by a home agent: home address outside the home network, or care-of address not routable. */
    REPORT_NOT_OF_HOME_ADDRESS,
    /** Binding told by a home agent: something happened to it since. */
    REPORT_OUT_OF_DATE,
    /** Message of the forwarding protocol: it is not spoken here, or the message is for somebody else. */
    FORWARDING_MESSAGE_NOT_TO_REPRESENTATIVE,
    /** Message of the forwarding protocol: its source is no home agent's address. */
    FORWARDING_MESSAGE_NOT_FROM_HOME_AGENT,
    /** Message of the forwarding protocol: came in elsewhere than where the home agent it is from is attached. */
    FORWARDING_MESSAGE_AT_OTHER_PORT,
    /** Message of the forwarding protocol: a request that is incomplete, or not for the representative to carry out. */
    FORWARDING_MESSAGE_UNUSABLE,
    /** ICMPv6 error to the representative: about nothing that is tunnelled in its name. */
    FORWARDING_ERROR_ABOUT_NO_TUNNEL,
    /** Message of the forwarding protocol: acknowledges nothing that is outstanding. */
    FORWARDING_ACKNOWLEDGEMENT_UNEXPECTED,
    /** Report of a forwarder: the home address is not bound at who reports. */
    FORWARDER_REPORT_WITHOUT_BINDING,
    /** Report of a forwarder: a newer one is known. */
    FORWARDER_REPORT_SUPERSEDED,
    /** Report of a forwarder: too many wait for the switches. */
    FORWARDER_REPORTS_FULL,
    /** Report of a forwarder: no home agent has its address. */
    FORWARDER_UNKNOWN,
    /** A home agent was not asked who forwards, or to end that, since too many are being asked. */
    FORWARDING_ERRANDS_FULL,
    /** A home agent did not answer when it was asked that. */
    FORWARDING_ERRAND_UNANSWERED,
    /** More bindings than the table holds. */
    BINDINGS_FULL,
    /** Load sample: of nobody in the list. */
    LOAD_OF_UNKNOWN_HOME_AGENT,
    /** Load sample: not newer than the last one. */
    LOAD_OUT_OF_ORDER,
    /** Drain, or weight: no such home agent. */
    UNKNOWN_HOME_AGENT;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name in lower case with hyphens: the stable word for metrics, logs and answers. */
    public String word() {
        return word;
    }

    /** The effect that counts it. */
    Effect.Count count() {
        return new Effect.Count(this);
    }

    Decision decision() {
        return Decision.of(count());
    }
}
