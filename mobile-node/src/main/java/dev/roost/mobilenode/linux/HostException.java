package dev.roost.mobilenode.linux;

/** The host is not as a mobile node needs it: one line tells a person what to do about it, and the process ends with status 1. */
public final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    HostException(String message) {
        super(message);
    }

    HostException(String message, Throwable cause) {
        super(message, cause);
    }
}
