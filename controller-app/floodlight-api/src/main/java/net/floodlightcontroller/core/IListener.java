package net.floodlightcontroller.core;

/** Something that takes its turn in a chain of listeners. */
public interface IListener<T> {

    /** What becomes of the message: to the next listener, or to nobody else. */
    enum Command {
        CONTINUE,
        STOP
    }

    String getName();

    /** Whether the listener of this name has to run before this one. */
    boolean isCallbackOrderingPrereq(T type, String name);

    /** Whether the listener of this name has to run after this one. */
    boolean isCallbackOrderingPostreq(T type, String name);
}
