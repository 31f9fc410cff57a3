package dev.roost.controller.journal;

import dev.roost.controller.Journal;
import dev.roost.loadbalancer.Change;
import dev.roost.loadbalancer.ChangeCodec;
import dev.roost.loadbalancer.MalformedChangeException;
import dev.roost.statelog.StateLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in a directory, on a {@link StateLog}. What a turn committed is one piece there:
 *
 * <pre>
 *   repeated:  length of name (1)  name (UTF-8)  length of changes (4)  changes (ChangeCodec)
 * </pre>
 *
 * <p>The loop calls it, and never waits for the disk: a commit only hands bytes to the kernel, snapshots are written and the log is
 * forced to disk by threads of their own, the latter once a second.
 */
public final class FileJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);

    private static final long SNAPSHOT_THRESHOLD_BYTES = 64 << 20;
    private static final int FIRST_BUFFER_BYTES = 1 << 20;
    private static final int SNAPSHOT_PIECE_BYTES = 1 << 20;
    private static final int SECTION_HEAD_BYTES = 1 + 255 + Integer.BYTES;
    private static final long SYNC_SECONDS = 1;

    private final StateLog log;
    private final ScheduledExecutorService syncer;
    private List<ByteBuffer> kept;
    private ByteBuffer pending = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

    private FileJournal(StateLog log, List<ByteBuffer> kept) {
        this.log = log;
        this.kept = kept;
        this.syncer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "journal-sync");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Opens the journal in {@code directory}, which is made if it is not there.
     *
     * @throws IOException when it can't be used; the message is one line that names it
     */
    public static FileJournal open(Path directory) throws IOException {
        List<ByteBuffer> kept = new ArrayList<>();
        StateLog log = StateLog.open(directory, SNAPSHOT_THRESHOLD_BYTES, kept::add);
        log.damage().forEach(damage -> LOG.warn("event=journal-damaged detail=\"{}\"", damage));
        FileJournal journal = new FileJournal(log, kept);
        var unused = journal.syncer.scheduleWithFixedDelay(journal::sync, SYNC_SECONDS, SYNC_SECONDS, TimeUnit.SECONDS);
        return journal;
    }

    private void sync() {
        try {
            log.sync();
        } catch (IOException e) {
            LOG.warn("event=journal-not-on-disk reason=\"{}\"", e.getMessage());
        }
    }

    @Override
    public void replay(BiConsumer<String, Change> into) throws IOException {
        List<ByteBuffer> pieces = kept;
        kept = List.of();
        for (ByteBuffer piece : pieces) {
            while (piece.hasRemaining()) {
                replaySection(piece, into);
            }
        }
    }

    private static void replaySection(ByteBuffer piece, BiConsumer<String, Change> into) throws IOException {
        byte[] name = new byte[piece.get() & 0xff];
        piece.get(name);
        int end = piece.getInt() + piece.position();
        String homeNetwork = new String(name, StandardCharsets.UTF_8);
        try {
            while (piece.position() < end) {
                into.accept(homeNetwork, ChangeCodec.read(piece));
            }
        } catch (MalformedChangeException e) {
            throw new IOException("the journal holds what this version can't read: " + e.getMessage(), e);
        }
    }

    @Override
    public void append(String homeNetwork, List<Change> changes) {
        pending = ensureRoom(pending, SECTION_HEAD_BYTES);
        int head = pending.position();
        int start = beginSection(pending, homeNetwork);
        for (Change change : changes) {
            if (change.durable()) {
                pending = ensureRoom(pending, ChangeCodec.MAX_LENGTH);
                ChangeCodec.write(change, pending);
            }
        }
        if (pending.position() == start) {
            pending.position(head);
        } else {
            pending.putInt(start - Integer.BYTES, pending.position() - start);
        }
    }

    /** Writes the head of a section whose length is still to be filled in, and returns where its changes begin. */
    private static int beginSection(ByteBuffer out, String homeNetwork) {
        byte[] name = homeNetwork.getBytes(StandardCharsets.UTF_8);
        out.put((byte) name.length).put(name).putInt(0);
        return out.position();
    }

    private static ByteBuffer ensureRoom(ByteBuffer buffer, int bytes) {
        if (buffer.remaining() >= bytes) {
            return buffer;
        }
        ByteBuffer larger = ByteBuffer.allocateDirect(buffer.capacity() * 2);
        return larger.put(buffer.flip());
    }

    @Override
    public void commit() throws IOException {
        if (pending.position() == 0) {
            return;
        }
        try {
            log.append(pending.flip());
        } finally {
            pending.clear();
        }
    }

    @Override
    public boolean snapshotDue() {
        return log.wantsSnapshot();
    }

    @Override
    public void snapshot(Map<String, Iterable<Change>> stateByHomeNetwork) throws IOException {
        List<ByteBuffer> pieces = new ArrayList<>();
        stateByHomeNetwork.forEach((homeNetwork, changes) -> addPieces(pieces, homeNetwork, changes));
        log.snapshot(pieces);
    }

    private static void addPieces(List<ByteBuffer> pieces, String homeNetwork, Iterable<Change> changes) {
        @Nullable ByteBuffer piece = null;
        int start = 0;
        for (Change change : changes) {
            if (piece == null || piece.remaining() < ChangeCodec.MAX_LENGTH) {
                finish(pieces, piece, start);
                piece = ByteBuffer.allocate(SNAPSHOT_PIECE_BYTES);
                start = beginSection(piece, homeNetwork);
            }
            ChangeCodec.write(change, piece);
        }
        finish(pieces, piece, start);
    }

    private static void finish(List<ByteBuffer> pieces, @Nullable ByteBuffer piece, int start) {
        if (piece != null) {
            piece.putInt(start - Integer.BYTES, piece.position() - start);
            pieces.add(piece.flip());
        }
    }

    @Override
    public void close() throws IOException {
        syncer.shutdownNow();
        log.close();
    }
}
