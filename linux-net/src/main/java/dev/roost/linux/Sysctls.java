package dev.roost.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Kernel settings of the network namespace of the calling thread: sets them, and puts back at {@link #close} what was there before.
 *
 * <p>Names are as sysctl(8) has them below {@code net}, with slashes: {@code ipv6/conf/eth0/forwarding}. Used by one thread.
 */
public final class Sysctls implements AutoCloseable {
    private static final Path ROOT = Path.of("/proc/sys/net");

    private final Map<String, String> before = new LinkedHashMap<>();

    /** Sets {@code name} and remembers what it was, if it is not set that way already. */
    public void set(String name, String value) {
        String old = read(name);
        if (!old.equals(value)) {
            write(name, value);
            before.putIfAbsent(name, old);
        }
    }

    public void set(String name, int value) {
        set(name, Integer.toString(value));
    }

    /** Routes IPv6 packets, and takes them for forwarding on this interface. */
    public void enableForwarding(String interfaceName) {
        // "all" also rewrites the setting of each interface, so that one is remembered first.
        String ofInterface = "ipv6/conf/" + interfaceName + "/forwarding";
        before.putIfAbsent(ofInterface, read(ofInterface));
        set("ipv6/conf/all/forwarding", 1);
        set(ofInterface, 1);
    }

    public String read(String name) {
        try {
            return Files.readString(ROOT.resolve(name)).strip();
        } catch (IOException e) {
            throw new LinuxException("kernel setting net/" + name, "cannot be read: " + e, LinuxCalls.ENOENT);
        }
    }

    /** Restores in the reverse order of setting; a setting whose interface is gone is passed over. */
    @Override
    public void close() {
        List<Map.Entry<String, String>> settings = new ArrayList<>(before.entrySet());
        Collections.reverse(settings);
        for (Map.Entry<String, String> setting : settings) {
            if (Files.exists(ROOT.resolve(setting.getKey()))) {
                write(setting.getKey(), setting.getValue());
            }
        }
        before.clear();
    }

    private static void write(String name, String value) {
        try {
            Files.writeString(ROOT.resolve(name), value);
        } catch (IOException e) {
            throw new LinuxException(
                    "kernel setting net/" + name + " = " + value, "cannot be written: " + e, LinuxCalls.EPERM);
        }
    }
}
