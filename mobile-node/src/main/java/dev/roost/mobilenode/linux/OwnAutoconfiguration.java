package dev.roost.mobilenode.linux;

import dev.roost.linux.Sysctls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the kernel from configuring addresses on one interface by itself, and puts back at {@link #close} what was set before: also
 * before a predecessor that was killed, since the old settings lie in a file until they are put back.
 */
final class OwnAutoconfiguration implements AutoCloseable {
    private static final List<String> SETTINGS = List.of("accept_ra", "autoconf");

    private final Sysctls settings = new Sysctls();
    private final Path memory;

    private OwnAutoconfiguration(Path memory) {
        this.memory = memory;
    }

    /** In the network namespace of the calling thread. */
    static OwnAutoconfiguration disable(String interfaceName) {
        OwnAutoconfiguration autoconfiguration = new OwnAutoconfiguration(HostFiles.ofNamespace(interfaceName));
        autoconfiguration.putBackForPredecessor(interfaceName);
        autoconfiguration.remember(interfaceName);
        for (String setting : SETTINGS) {
            autoconfiguration.settings.set(path(interfaceName, setting), 0);
        }
        return autoconfiguration;
    }

    @Override
    public void close() {
        settings.close();
        try {
            Files.deleteIfExists(memory);
        } catch (IOException e) {
            throw new HostException(memory + " cannot be removed", e);
        }
    }

    /** The next set then finds, and will put back, what was there before any of us. */
    private void putBackForPredecessor(String interfaceName) {
        try {
            List<String> values = Files.readAllLines(memory);
            for (int i = 0; i < Math.min(values.size(), SETTINGS.size()); i++) {
                Files.writeString(
                        Path.of("/proc/sys/net").resolve(path(interfaceName, SETTINGS.get(i))), values.get(i));
            }
        } catch (NoSuchFileException e) {
            // There was none, or it ended well.
        } catch (IOException e) {
            throw new HostException("kernel settings in " + memory + " cannot be put back", e);
        }
    }

    private void remember(String interfaceName) {
        List<String> values = new ArrayList<>();
        for (String setting : SETTINGS) {
            values.add(settings.read(path(interfaceName, setting)));
        }
        try {
            Files.write(memory, values);
        } catch (IOException e) {
            throw new HostException(memory + " cannot be written", e);
        }
    }

    private static String path(String interfaceName, String setting) {
        return "ipv6/conf/" + interfaceName + "/" + setting;
    }
}
