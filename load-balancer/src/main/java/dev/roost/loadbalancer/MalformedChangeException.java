package dev.roost.loadbalancer;

/** Bytes that are no change of a known format: a damaged journal, or one of a newer version. */
public final class MalformedChangeException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedChangeException(String message) {
        super(message);
    }
}
