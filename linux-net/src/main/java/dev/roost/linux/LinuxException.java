package dev.roost.linux;

/** The kernel refused something: what was asked of it, why in words, and the C library's error number. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errorNumber;

    LinuxException(String what, String why, int errorNumber) {
        super(what + ": " + why);
        this.errorNumber = errorNumber;
    }

    LinuxException(String what, String why, LinuxException cause) {
        super(what + ": " + why, cause);
        this.errorNumber = cause.errorNumber;
    }

    /** The number of {@code errno.h}, or 0 if the kernel gave none. */
    public int errorNumber() {
        return errorNumber;
    }
}
