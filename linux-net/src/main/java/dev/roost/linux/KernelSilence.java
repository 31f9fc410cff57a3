package dev.roost.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the kernel quiet about Mobile IPv6 packets addressed to this host, which a daemon answers from user space.
 *
 * <p>Without Mobile IPv6 of its own a kernel answers the Mobility Header, the Home Address option and the type 2 routing header with Parameter Problem, and
 * a mobile node takes that for a refusal. One nftables table drops them where they are delivered; packet sockets have seen
 * them by then, and what is only forwarded is not touched. The table goes with {@link #close}; one that a killed process left is
 * replaced.
 */
public final class KernelSilence implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 20;

    private final String table;

    private KernelSilence(String table) {
        this.table = table;
    }

    /**
     * @param name of the daemon, part of the table's name: letters, digits and underscores
     */
    public static KernelSilence open(String name) {
        if (!name.matches("[a-z][a-z0-9_]{0,30}")) {
            throw new IllegalArgumentException("not a name for an nftables table: " + name);
        }
        KernelSilence silence = new KernelSilence("roost_" + name);
        nft(silence.rules());
        return silence;
    }

    @Override
    public void close() {
        nft("table ip6 " + table + "\ndelete table ip6 " + table + "\n");
    }

    private String rules() {
        // Naming the table first makes the deletion work whether or not there is one; all of it is one transaction.
        return """
                table ip6 %1$s
                delete table ip6 %1$s
                table ip6 %1$s {
                    chain input {
                        type filter hook input priority raw
                        policy accept
                        meta l4proto 135 counter drop
                        rt type 2 counter drop
                        meta l4proto ipv6-icmp exthdr dst exists counter drop
                    }
                }
                """.formatted(table);
    }

    private static void nft(String commands) {
        try {
            Process nft = new ProcessBuilder("nft", "-f", "-")
                    .redirectErrorStream(true)
                    .start();
            try (var out = nft.outputWriter(StandardCharsets.UTF_8)) {
                out.write(commands);
            }
            String said;
            try (InputStream in = nft.getInputStream()) {
                said = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
            if (!nft.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                nft.destroyForcibly();
                throw new LinuxException("nft", "no answer within " + TIMEOUT_SECONDS + " s", 0);
            }
            if (nft.exitValue() != 0) {
                throw new LinuxException("nft (kernel option CONFIG_NF_TABLES_IPV6)", said, 0);
            }
        } catch (IOException e) {
            throw new LinuxException("nft", "cannot be run (Debian package nftables): " + e.getMessage(), 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinuxException("nft", "interrupted", 0);
        }
    }
}
