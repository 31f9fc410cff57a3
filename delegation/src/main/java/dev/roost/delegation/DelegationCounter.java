package dev.roost.delegation;

import java.util.Locale;

/** What the forwarding protocol counts; {@link #word} is the stable name in files and metrics. */
public enum DelegationCounter {
    RETRANSMISSIONS,
    /** Requests given up after their last retransmission. */
    REQUESTS_UNANSWERED,

    /** Not a whole message: truncated, too long, or with lengths that contradict each other. */
    IGNORED_MALFORMED,
    IGNORED_VERSION,
    IGNORED_UNKNOWN_KEY,
    IGNORED_AUTHENTICATION,
    /** Genuine, but seen before, or too old to tell. */
    IGNORED_REPLAY,
    IGNORED_UNKNOWN_TYPE,
    /** Genuine, but for another session than this process's; a request was told the right one. */
    WRONG_SESSION_ANSWERED,
    /** The same, and nothing was said: it was an acknowledgement, or there were too many. */
    IGNORED_SESSION,
    /** The table of peers is full. */
    IGNORED_PEER_TABLE_FULL,
    /** An acknowledgement of nothing that is outstanding. */
    IGNORED_ACKNOWLEDGEMENT,
    /** A request that this node does not take from this sender, or does not take at all. */
    REFUSED_NOT_ADDRESSEE,
    REFUSED_INCOMPLETE,

    REFUSED_RESOURCES,
    REFUSED_NOT_HOME_PREFIX,
    REFUSED_STALE_EPOCH,
    REFUSED_ZERO_DURATION,
    REFUSED_ENCAPSULATION,
    REFUSED_CARE_OF_ADDRESS,
    /** Neither the primary's address nor this secondary's. */
    REFUSED_TUNNEL_SOURCE,
    /** The mobile node registered here itself later. */
    REFUSED_BOUND_HERE,
    FORWARDING_STARTED,
    FORWARDING_UPDATED,
    FORWARDING_STOPPED,
    /** The duration was over before the primary said anything. */
    FORWARDING_EXPIRED,
    /** The mobile node registered here itself, or this node's settings have no place for it any more. */
    FORWARDING_YIELDED,

    DELEGATIONS_STARTED,
    DELEGATIONS_DONE,
    /** A secondary refused, or said nothing. */
    DELEGATIONS_REFUSED,
    DELEGATIONS_UNANSWERED,
    /** The primary forwards again itself. */
    TAKEN_BACK,
    ORDERS_ACCEPTED,
    ORDERS_REFUSED,
    REPORTS_REPEATED,
    /** Mobile nodes beyond the limit of the table: they are forwarded by the primary. */
    NOT_DELEGATED_TABLE_FULL,
    SECONDARIES_SILENT,
    SECONDARIES_RESTARTED;

    private final String word = camelCase(name());

    /** The name as a JSON key. */
    public String word() {
        return word;
    }

    private static String camelCase(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (String part : name.toLowerCase(Locale.ROOT).split("_", -1)) {
            out.append(out.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return out.toString();
    }
}
