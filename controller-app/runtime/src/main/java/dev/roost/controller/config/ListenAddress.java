package dev.roost.controller.config;

/**
 * Where a server listens.
 *
 * @param host an address, without brackets
 * @param port 1 to 65535, or 0 for any free one
 */
public record ListenAddress(String host, int port) {
    /** Reads {@code 127.0.0.1:6653} or {@code [::1]:6653}. */
    static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            host = "";
        }
        if (host.isEmpty() || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw wanted();
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port > 65535) {
            throw wanted();
        }
        return new ListenAddress(host, port);
    }

    private static IllegalArgumentException wanted() {
        return new IllegalArgumentException("wanted ADDRESS:PORT, as in 127.0.0.1:6653 or [::1]:6653");
    }

    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
