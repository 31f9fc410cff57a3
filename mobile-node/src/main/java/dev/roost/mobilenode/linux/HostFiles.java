package dev.roost.mobilenode.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Files below /run/roost that belong to one network namespace, of which several may share one /run: their names hold its number.
 */
final class HostFiles {
    private static final Path DIRECTORY = Path.of("/run/roost");

    private HostFiles() {}

    /** The file of this name of the network namespace of the calling thread; its directory exists. */
    static Path ofNamespace(String name) {
        try {
            String namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/net"))
                    .toString()
                    .replaceAll("[^0-9]", "");
            Files.createDirectories(DIRECTORY);
            return DIRECTORY.resolve("mobile-node-" + namespace + "-" + name);
        } catch (IOException e) {
            throw new HostException(DIRECTORY + " cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Runs something as the one mobile node of this network namespace: rules, routes and settings of two would be in each other's way.
     *
     * @throws HostException if there is another one
     */
    static void runAlone(Runnable mobileNode) {
        Path file = ofNamespace("lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (tryLock(channel) == null) {
                throw new HostException("another mobile node runs in this network namespace (" + file + " is locked)");
            }
            mobileNode.run();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new HostException(file + " cannot be locked: " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
