package dev.roost.homeagent;

import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChangeCodec;
import dev.roost.statelog.StateLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The bindings on disk. What {@link #append} took outlives the process, so it is called before the acknowledgements leave: a binding
 * that a mobile node was told of is there after kill -9. A power cut may cost the last second, see {@link StateLog#sync}.
 *
 * <p>The loop thread calls everything but {@link #sync}.
 */
final class BindingStore implements AutoCloseable {
    /** A snapshot comes after this much log, or after twice the size of the last snapshot. */
    private static final long SNAPSHOT_THRESHOLD_BYTES = 32 << 20;

    private static final int CHANGES_PER_PIECE = 4096;

    private final StateLog log;
    private final Clock wallClock;
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

    private BindingStore(StateLog log, Clock wallClock) {
        this.log = log;
        this.wallClock = wallClock;
    }

    /**
     * Opens, or creates, the store and hands over what it holds, oldest first. Expiries come in the time of this process.
     *
     * @throws IOException if the directory can't be used, or another process uses it; the message is for an operator
     */
    static BindingStore open(Path directory, Instant now, Clock wallClock, Consumer<BindingChange> reader)
            throws IOException {
        long wallMillis = wallClock.millis();
        StateLog log = StateLog.open(
                directory,
                SNAPSHOT_THRESHOLD_BYTES,
                batch -> BindingChangeCodec.readBatch(batch, now.toEpochMilli(), wallMillis, reader));
        return new BindingStore(log, wallClock);
    }

    /** Writes the durable ones of these changes. */
    void append(Instant now, List<BindingChange> changes) throws IOException {
        ByteBuffer batch = encode(now, changes);
        if (batch.remaining() > BindingChangeCodec.BATCH_HEADER_BYTES) {
            log.append(batch);
        }
    }

    boolean wantsSnapshot() {
        return log.wantsSnapshot();
    }

    /** Replaces all that was written by the state as it is now; the disk is written to in the background. */
    void snapshot(Instant now, List<BindingChange> state) throws IOException {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < state.size(); from += CHANGES_PER_PIECE) {
            ByteBuffer piece = encode(now, state.subList(from, Math.min(state.size(), from + CHANGES_PER_PIECE)));
            pieces.add(ByteBuffer.allocate(piece.remaining()).put(piece).flip());
        }
        log.snapshot(pieces);
    }

    private ByteBuffer encode(Instant now, List<BindingChange> changes) {
        int most = BindingChangeCodec.BATCH_HEADER_BYTES + changes.size() * BindingChangeCodec.MAX_CHANGE_BYTES;
        if (buffer.capacity() < most) {
            buffer = ByteBuffer.allocate(2 * most);
        }
        buffer.clear();
        BindingChangeCodec.writeHeader(now.toEpochMilli(), wallClock.millis(), buffer);
        for (BindingChange change : changes) {
            if (change.durable()) {
                BindingChangeCodec.write(change, buffer);
            }
        }
        return buffer.flip();
    }

    /** What was found damaged at the start, a line each. */
    List<String> damage() {
        return log.damage();
    }

    /** Forces what was appended to the disk; any thread but the loop's, since it takes as long as the disk does. */
    void sync() throws IOException {
        log.sync();
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
