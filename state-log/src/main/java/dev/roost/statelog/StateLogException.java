package dev.roost.statelog;

import java.io.IOException;

/** A state directory that can't be used; its message is one line for an operator. */
public final class StateLogException extends IOException {
    private static final long serialVersionUID = 1L;

    StateLogException(String message) {
        super(message);
    }

    StateLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
