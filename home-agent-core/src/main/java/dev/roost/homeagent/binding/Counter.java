package dev.roost.homeagent.binding;

/** What a home agent counts; {@link #word} is the stable name in the status file. */
public enum Counter {
    BINDINGS_REGISTERED,
    BINDINGS_MOVED,
    BINDINGS_REFRESHED,
    BINDINGS_DEREGISTERED,
    BINDINGS_EXPIRED,
    /** Mobile nodes that registered with another home agent, which has this one forward for them. */
    BINDINGS_SUPERSEDED,
    /** Status 129. */
    REFUSED_PROHIBITED,
    /** Status 130: the limit of the binding cache was hit. */
    REFUSED_NO_RESOURCES,
    /** Status 132. */
    REFUSED_NOT_HOME_SUBNET,
    /** Status 133. */
    REFUSED_NOT_HOME_AGENT,
    /** Status 134. */
    REFUSED_DUPLICATE_ADDRESS,
    /** Status 135. */
    REFUSED_SEQUENCE,
    /** Status 139. */
    REFUSED_TYPE_CHANGE,
    /** Status 144. */
    REFUSED_IDENTIFIER,
    /** Status 145. */
    REFUSED_NO_IDENTIFIER,
    /** Status 146. */
    REFUSED_AUTHENTICATION,
    /** Status 174. */
    REFUSED_CARE_OF_ADDRESS,
    IGNORED_NOT_HOME_REGISTRATION,
    IGNORED_ROUTE_OPTIMIZATION_OPTIONS,
    IGNORED_HOME_ADDRESS,
    IGNORED_SOURCE,
    /** A binding update without authentication, or by an association that is not configured. */
    IGNORED_UNAUTHENTICATED,
    /** More failed authentications a second than are answered. */
    AUTHENTICATION_FAILURES_UNANSWERED,
    IGNORED_REPEATED_UPDATE,
    IGNORED_MOBILITY_MESSAGE,
    IGNORED_PREFIX_SOLICITATION,
    BINDING_ERRORS_SENT,
    BINDING_ERRORS_SUPPRESSED,
    REREGISTRATIONS_ASKED,
    REREGISTRATIONS_SUPPRESSED,
    DETECTIONS_STARTED,
    /** Binding updates repeated by mobile nodes while a home agent was asked to forward for them. */
    ADMISSIONS_REPEATED,
    /** Bindings said on the home link once only, because many others were being repeated. */
    ANNOUNCEMENTS_NOT_REPEATED,
    NEIGHBOR_SOLICITATIONS_ANSWERED,
    DUPLICATE_DETECTIONS_DEFENDED,
    /** Duplicate detections of addresses that are forwarded for a home agent that is not heard any more. */
    DUPLICATE_DETECTIONS_CONCEDED,
    /** Someone on the home link advertises a home address that is bound here. */
    CONFLICTING_ADVERTISEMENTS,
    PREFIX_SOLICITATIONS_ANSWERED,
    ROUTER_SOLICITATIONS,
    ROUTER_ADVERTISEMENTS;

    private final String word = camelCase(name());

    /** The name as a JSON key. */
    public String word() {
        return word;
    }

    private static String camelCase(String name) {
        StringBuilder out = new StringBuilder(name.length());
        boolean upper = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_') {
                upper = true;
            } else {
                out.append(upper ? c : Character.toLowerCase(c));
                upper = false;
            }
        }
        return out.toString();
    }
}
