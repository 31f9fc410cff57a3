package dev.roost.controller;

import java.time.Instant;

/** What a part of the loop's state may ask of the loop. */
interface LoopAccess {

    /** The instant of the turn under way. */
    Instant now();

    /** The same by the monotonic clock. */
    long nowNanos();

    TimerQueue timers();

    /**
     * Brings a task to the loop from any thread. Should there be too many, the connection that the task is about is
     * dropped: what is known of it would be wrong without the task, and is made anew when it comes again.
     */
    void post(OpenFlowSwitch about, Runnable task);
}
