package dev.roost.controller;

import dev.roost.loadbalancer.Change;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Where durable changes outlive the process. Only the loop calls it, on its thread, after {@link #replay}, which is
 * called once before the loop starts.
 *
 * <p>A turn appends any number of changes and commits them together; effects leave after the commit.
 */
public interface Journal extends AutoCloseable {

    /**
     * Hands over what is kept, in the order it happened: the name of the home network and the change. Names that are no
     * longer configured come too.
     */
    void replay(BiConsumer<String, Change> into) throws IOException;

    /** Adds the durable ones of these changes to what the next commit writes; does no I/O itself. */
    void append(String homeNetwork, List<Change> changes);

    /**
     * Hands what was appended to the operating system, so that it outlives kill -9.
     *
     * @throws IOException when it could not be written; what was appended since the last commit is then lost from the
     *     journal, and the loop goes on, says so in its health, and asks for a snapshot
     */
    void commit() throws IOException;

    /** Whether the journal has grown so much that a snapshot is worth its time. */
    boolean snapshotDue();

    /** Replaces everything so far by these changes, which reproduce the present state; called between two turns. */
    void snapshot(Map<String, Iterable<Change>> stateByHomeNetwork) throws IOException;

    @Override
    void close() throws IOException;
}
