package dev.roost.homeagent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** What a process costs, as the kernel and its own Java virtual machine tell it. */
final class ProcessCosts {
    private static final String MAP_MEMORY = "memlock:";
    private static final String RESIDENT = "VmRSS:";
    private static final int COLLECTIONS = 4;

    private final long pid;

    ProcessCosts(long pid) {
        this.pid = pid;
    }

    double cpuSeconds() {
        return ProcessHandle.of(pid)
                        .flatMap(handle -> handle.info().totalCpuDuration())
                        .map(Duration::toNanos)
                        .orElseThrow(() -> new IllegalStateException("the home agent is gone"))
                / 1e9;
    }

    long residentKib() throws IOException {
        return value(Path.of("/proc/" + pid + "/status"), RESIDENT);
    }

    /** Of the tables that the process keeps in the kernel: the tunnels. A binding has nothing else there. */
    long kernelBytes() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fdinfo"))) {
            for (Path descriptor : descriptors) {
                bytes += value(descriptor, MAP_MEMORY);
            }
        }
        return bytes;
    }

    /** By all processes of its network namespace. */
    long datagramsSent() throws IOException {
        return value(datagrams(), "Udp6OutDatagrams");
    }

    /** Read by all processes of its network namespace. */
    long datagramsReceived() throws IOException {
        return value(datagrams(), "Udp6InDatagrams");
    }

    private Path datagrams() {
        return Path.of("/proc/" + pid + "/net/snmp6");
    }

    /** After full collections, which this asks for. Every fourth one leaves no gaps, so the least of four counts. */
    long liveHeapBytes() throws IOException, InterruptedException {
        long least = Long.MAX_VALUE;
        for (int collection = 0; collection < COLLECTIONS; collection++) {
            least = Math.min(least, heapBytesAfterCollection());
        }
        return least;
    }

    private long heapBytesAfterCollection() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException("jcmd failed: " + said);
        }
        // The last line: Total, instances, bytes.
        String total = said.lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("jcmd told no total: " + said));
        return Long.parseLong(total.substring(total.lastIndexOf(' ') + 1));
    }

    private static long value(Path file, String name) throws IOException {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(name)) {
                    return Long.parseLong(
                            line.substring(name.length()).replace("kB", "").strip());
                }
            }
        } catch (NoSuchFileException e) {
            // A descriptor that was closed meanwhile.
            return 0;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return 0;
    }
}
