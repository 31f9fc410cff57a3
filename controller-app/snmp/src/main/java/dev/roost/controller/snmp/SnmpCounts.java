package dev.roost.controller.snmp;

import dev.roost.controller.Counters;
import java.util.concurrent.atomic.LongAdder;

/** What came of asking, and of being told. */
final class SnmpCounts {
    private static final String FAILURES = "roost_snmp_failures_total";
    private static final String DROPPED = "roost_snmp_notifications_dropped_total";

    final LongAdder answers;
    /** No answer in time. */
    final LongAdder timeouts;
    /** An answer that says no: wrong user, wrong key, no such object. */
    final LongAdder refusals;
    /** The request could not be sent. */
    final LongAdder unsent;
    /** Not asked again, because the last answer is still awaited. */
    final LongAdder overlaps;
    /** A table longer than is read. */
    final LongAdder tooLong;
    /** Reports of bindings for which the loop had no room. */
    final LongAdder reportsDropped;

    final LongAdder tables;
    final LongAdder notifications;
    final LongAdder notificationsUnsafe;
    /** Packets from addresses where no listed home agent is. */
    final LongAdder strangers;

    final LongAdder notificationsMalformed;

    SnmpCounts(Counters counters) {
        answers = counters.counter("roost_snmp_answers_total");
        timeouts = counters.counter(FAILURES, "reason", "timeout");
        refusals = counters.counter(FAILURES, "reason", "refused");
        unsent = counters.counter(FAILURES, "reason", "not-sent");
        overlaps = counters.counter(FAILURES, "reason", "still-waiting");
        tooLong = counters.counter(FAILURES, "reason", "table-too-long");
        reportsDropped = counters.counter("roost_snmp_reports_dropped_total");
        tables = counters.counter("roost_snmp_tables_read_total");
        notifications = counters.counter("roost_snmp_notifications_total");
        notificationsUnsafe = counters.counter(DROPPED, "reason", "not-authenticated-and-encrypted");
        strangers = counters.counter("roost_snmp_packets_of_strangers_total");
        notificationsMalformed = counters.counter(DROPPED, "reason", "malformed");
    }
}
