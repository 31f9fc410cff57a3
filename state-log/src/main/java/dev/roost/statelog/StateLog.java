package dev.roost.statelog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log with snapshots in a directory of its own.
 *
 * <pre>
 *   DIRECTORY/lock            held while a process uses the directory
 *   DIRECTORY/snapshot-N      the whole state before log-N; absent for N = 1
 *   DIRECTORY/log-N           what happened since, one frame an append
 * </pre>
 *
 * <p>What {@link #append} took has been handed to the kernel when it returns, so it outlives the death of the process (kill -9)
 * but is only on the disk, safe from a power cut, after the next {@link #sync}; callers sync every second or so. The state is the
 * newest snapshot and all logs from its number on, in order.
 *
 * <p>A snapshot is taken while appending goes on: a new log begins at once, the snapshot's bytes are written by a background
 * thread under a temporary name, forced to disk, and renamed; only then are the older files deleted. A crash at any moment in
 * between leaves the older snapshot with two logs, which mean the same.
 *
 * <p>A torn tail (the process died in a write) is cut off silently. Damage anywhere else cuts off what follows it, keeps the
 * damaged file aside as {@code log-N.damaged}, and is told by {@link #damage}.
 *
 * <p>Not thread-safe: one thread, the owner's loop, calls everything, except {@link #sync}, which any thread may call.
 */
public final class StateLog implements Closeable {
    private static final String LOG = "log-";
    private static final String SNAPSHOT = "snapshot-";

    private final Path directory;
    private final long snapshotThresholdBytes;
    private final FileChannel lockChannel;
    private final List<String> damage = new ArrayList<>();
    private final ByteBuffer header = ByteBuffer.allocateDirect(Frames.HEADER_BYTES);
    private final ExecutorService writer;

    private long number;
    private long logBytes;
    private long snapshotBytes;
    private volatile @Nullable FileChannel log;
    private @Nullable Future<?> snapshotting;

    private StateLog(Path directory, long snapshotThresholdBytes, FileChannel lockChannel) {
        this.directory = directory;
        this.snapshotThresholdBytes = snapshotThresholdBytes;
        this.lockChannel = lockChannel;
        this.writer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "state-snapshot");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Opens, or creates, the log in {@code directory}, and hands what it holds to {@code reader}, oldest first, snapshot first.
     *
     * @param snapshotThresholdBytes how much log may gather before {@link #wantsSnapshot} asks for a snapshot
     * @param reader takes each appended piece; it may keep the buffer
     * @throws StateLogException when the directory can't be used, or another process uses it
     */
    public static StateLog open(Path directory, long snapshotThresholdBytes, Consumer<ByteBuffer> reader)
            throws StateLogException {
        FileChannel lock = lock(directory);
        StateLog stateLog = new StateLog(directory, snapshotThresholdBytes, lock);
        try {
            stateLog.recover(reader);
            return stateLog;
        } catch (IOException e) {
            stateLog.writer.shutdownNow();
            try (lock) {
                throw new StateLogException("state directory " + directory + ": " + e.getMessage(), e);
            } catch (StateLogException told) {
                throw told;
            } catch (IOException closing) {
                throw new StateLogException("state directory " + directory + ": " + closing.getMessage(), closing);
            }
        }
    }

    private static FileChannel lock(Path directory) throws StateLogException {
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new StateLogException("state directory " + directory + " is in use by another process");
            }
            return channel;
        } catch (StateLogException e) {
            throw e;
        } catch (IOException e) {
            throw new StateLogException("state directory " + directory + " cannot be used: " + e, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void recover(Consumer<ByteBuffer> reader) throws IOException {
        NavigableSet<Long> logs = new TreeSet<>();
        NavigableSet<Long> snapshots = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                numberOf(name, LOG).ifPresent(logs::add);
                numberOf(name, SNAPSHOT).ifPresent(snapshots::add);
                if (name.endsWith(".tmp")) {
                    Files.delete(file);
                }
            }
        }
        long first = snapshots.isEmpty() ? 1 : snapshots.last();
        if (!snapshots.isEmpty()) {
            snapshotBytes = readAll(directory.resolve(SNAPSHOT + first), reader, false);
        }
        number = first;
        for (long n : logs.tailSet(first, true)) {
            logBytes += readAll(directory.resolve(LOG + n), reader, n == logs.last());
            number = n;
        }
        deleteBefore(first);
        log = openLog(number);
    }

    /** Reads one file, cutting a torn tail off the newest log; returns its good bytes. */
    private long readAll(Path file, Consumer<ByteBuffer> reader, boolean mayBeTorn) throws IOException {
        long good = Frames.read(file, reader);
        long size = Files.size(file);
        if (good < size) {
            if (!mayBeTorn || size - good > Frames.HEADER_BYTES + (long) Frames.MAX_FRAME_BYTES) {
                Path aside = file.resolveSibling(file.getFileName() + ".damaged");
                Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
                damage.add(String.format(
                        Locale.ROOT,
                        "%s is damaged at byte %d of %d; kept as %s",
                        file,
                        good,
                        size,
                        aside.getFileName()));
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(good);
            }
        }
        return good;
    }

    private static OptionalLong numberOf(String name, String prefix) {
        String digits = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return digits.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
    }

    private FileChannel openLog(long n) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve(LOG + n),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        if (channel.size() == 0) {
            writeMagic(channel);
        }
        return channel;
    }

    private static void writeMagic(FileChannel channel) throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(Long.BYTES).putLong(Frames.MAGIC).flip();
        while (magic.hasRemaining()) {
            channel.write(magic);
        }
    }

    /**
     * Appends one piece; when this returns, the death of the process can't lose it.
     *
     * @param data 1 byte to 64 MiB, consumed
     * @throws IOException when the disk is full or failing; the log then ends before this piece
     */
    public void append(ByteBuffer data) throws IOException {
        FileChannel channel = openedLog();
        long before = channel.size();
        try {
            logBytes += Frames.write(channel, header, data);
        } catch (IOException e) {
            channel.truncate(before);
            throw e;
        }
    }

    /** Whether enough has been appended since the last snapshot that a new one is due. */
    public boolean wantsSnapshot() {
        return logBytes > Math.max(snapshotThresholdBytes, 2 * snapshotBytes)
                && (snapshotting == null || snapshotting.isDone());
    }

    /**
     * Takes a snapshot, which replaces all that was appended so far. The pieces are written by a background thread.
     *
     * @param pieces the whole state, as pieces that {@code reader} of {@link #open} understands; not to be changed any more
     */
    public void snapshot(List<ByteBuffer> pieces) throws IOException {
        awaitSnapshot();
        long next = number + 1;
        FileChannel old = openedLog();
        log = openLog(next);
        number = next;
        logBytes = 0;
        snapshotBytes = pieces.stream().mapToLong(ByteBuffer::remaining).sum();
        snapshotting = writer.submit(() -> {
            old.force(false);
            old.close();
            writeSnapshot(next, pieces);
            return null;
        });
    }

    private void writeSnapshot(long n, List<ByteBuffer> pieces) throws IOException {
        Path temporary = directory.resolve(SNAPSHOT + n + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeMagic(channel);
            ByteBuffer frameHeader = ByteBuffer.allocate(Frames.HEADER_BYTES);
            for (ByteBuffer piece : pieces) {
                Frames.write(channel, frameHeader, piece);
            }
            channel.force(true);
        }
        Files.move(temporary, directory.resolve(SNAPSHOT + n), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
            parent.force(true);
        }
        deleteBefore(n);
    }

    private void deleteBefore(long n) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                long found = numberOf(name, LOG).orElse(numberOf(name, SNAPSHOT).orElse(n));
                if (found < n) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Waits for the snapshot under way, if there is one, and tells if it failed. */
    public void awaitSnapshot() throws IOException {
        Future<?> pending = snapshotting;
        snapshotting = null;
        if (pending == null) {
            return;
        }
        try {
            pending.get();
        } catch (ExecutionException e) {
            throw new IOException("the snapshot failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a snapshot was written", e);
        }
    }

    /** Forces what was appended to the disk. May block for as long as the disk takes: never call it on a loop. */
    public void sync() throws IOException {
        FileChannel channel = log;
        if (channel != null && channel.isOpen()) {
            channel.force(false);
        }
    }

    /** What was found damaged when the log was opened, one line each; empty when all was well. */
    public List<String> damage() {
        return List.copyOf(damage);
    }

    @Override
    public void close() throws IOException {
        FileChannel channel = log;
        if (channel == null) {
            return;
        }
        log = null;
        try (lockChannel;
                channel) {
            awaitSnapshot();
            channel.force(false);
        } finally {
            writer.shutdownNow();
        }
    }

    private FileChannel openedLog() throws IOException {
        FileChannel channel = log;
        if (channel == null) {
            throw new IOException("the state log is closed");
        }
        return channel;
    }
}
