package dev.roost.mobilenode.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Removes what the kernel configured by itself from router advertisements before it was told not to. */
final class KernelAutoconfiguration {
    private static final long TIMEOUT_SECONDS = 5;

    private KernelAutoconfiguration() {}

    static void flush(String interfaceName) {
        ip(List.of("ip", "-6", "route", "flush", "proto", "ra", "dev", interfaceName));
        ip(List.of("ip", "-6", "address", "flush", "scope", "global", "dynamic", "dev", interfaceName));
        // The routes to advertised prefixes bear the mark of the kernel's own; what tells them apart is that they
        // expire.
        ip(List.of("ip", "-6", "route", "show", "proto", "kernel", "dev", interfaceName))
                .lines()
                .filter(route -> route.contains(" expires "))
                .map(route -> route.substring(0, route.indexOf(' ')))
                .forEach(prefix ->
                        ip(List.of("ip", "-6", "route", "delete", prefix, "proto", "kernel", "dev", interfaceName)));
    }

    private static String ip(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new HostException(String.join(" ", command) + ": no answer");
            }
            if (process.exitValue() != 0) {
                throw new HostException(String.join(" ", command) + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new HostException("ip cannot be run (Debian package iproute2): " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("interrupted while running ip", e);
        }
    }
}
