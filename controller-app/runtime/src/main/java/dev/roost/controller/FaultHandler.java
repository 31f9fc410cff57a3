package dev.roost.controller;

/** What becomes of the process when the loop has stopped because of a bug; called once, on the loop's thread. */
public interface FaultHandler {

    void onFault(Throwable bug);
}
