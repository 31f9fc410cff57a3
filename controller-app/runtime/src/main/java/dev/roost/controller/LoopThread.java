package dev.roost.controller;

import java.time.Duration;

/**
 * Whose thread takes the turns of the loop: one of its own, or one that a host lends. Whichever it is, it is always the
 * same, and a turn never runs inside another.
 */
public interface LoopThread {

    /** What is to be run, on the loop's thread only. */
    interface Turns {

        /** Takes one turn and says how long the next can wait, in nanoseconds; negative: there will be none. */
        long turn();

        /** Whether something waits that a turn would take. */
        boolean hasWork();
    }

    /** Begins to run turns: once now, then whenever one is due or {@link #wake} was called. */
    void start(Turns turns);

    /** Something waits: a turn shall run soon. Any thread; cheap when the loop is awake anyway. */
    void wake();

    /** Waits until the turn that said that there will be none has ended; at once if called by the loop itself. */
    void awaitEnd(Duration patience);
}
