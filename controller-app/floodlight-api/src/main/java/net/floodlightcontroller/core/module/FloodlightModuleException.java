package net.floodlightcontroller.core.module;

/** A module cannot start, and so Floodlight does not. */
public class FloodlightModuleException extends Exception {

    private static final long serialVersionUID = 1L;

    public FloodlightModuleException(String error) {
        super(error);
    }
}
