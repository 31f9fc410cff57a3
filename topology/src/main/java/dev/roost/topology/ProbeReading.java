package dev.roost.topology;

/** What an LLDP frame turned out to be. */
public sealed interface ProbeReading {

    /** A probe that was made with our key a short while ago. */
    record Genuine(LinkProbe probe) implements ProbeReading {}

    /** LLDP that does not claim to be ours, from an ordinary neighbor. */
    record Foreign() implements ProbeReading {}

    /** A frame that is to be counted and dropped. */
    record Refused(Reason reason) implements ProbeReading {}

    /** Why a frame was refused. */
    enum Reason {
        /** Not a well-formed LLDP frame. */
        MALFORMED("malformed"),
        /** Looks like ours and was not made with our key: an attempt to pretend a link. */
        FORGED("forged"),
        /** Ours once, but too old: recorded and played again, or held up. */
        STALE("stale");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /** The stable word for counters. */
        public String word() {
            return word;
        }
    }
}
