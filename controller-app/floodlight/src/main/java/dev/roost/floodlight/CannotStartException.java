package dev.roost.floodlight;

import net.floodlightcontroller.core.module.FloodlightModuleException;

/**
 * Ends Floodlight's start with a message for the operator. Floodlight logs whatever a module throws with its stack, which would say
 * nothing here and bury the message: there is none.
 */
final class CannotStartException extends FloodlightModuleException {

    private static final long serialVersionUID = 1L;

    CannotStartException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
