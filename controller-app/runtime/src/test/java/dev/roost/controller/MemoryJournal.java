package dev.roost.controller;

import dev.roost.loadbalancer.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** A journal in memory, which writes what it is asked for into the test's own list, and fails when told to. */
final class MemoryJournal implements Journal {

    private record Entry(String homeNetwork, Change change) {}

    private final List<Entry> committed = new ArrayList<>();
    private final List<Entry> pending = new ArrayList<>();
    private final List<String> trace;
    boolean full;
    boolean broken;

    MemoryJournal(List<String> trace) {
        this.trace = trace;
    }

    @Override
    public void replay(BiConsumer<String, Change> into) {
        committed.forEach(entry -> into.accept(entry.homeNetwork(), entry.change()));
    }

    @Override
    public void append(String homeNetwork, List<Change> changes) {
        for (Change change : changes) {
            if (change.durable()) {
                pending.add(new Entry(homeNetwork, change));
            }
        }
    }

    @Override
    public void commit() throws IOException {
        if (broken) {
            throw new IllegalStateException("a bug of the journal");
        }
        if (full) {
            pending.clear();
            throw new IOException("no space left");
        }
        trace.add("commit");
        committed.addAll(pending);
        pending.clear();
    }

    @Override
    public boolean snapshotDue() {
        return false;
    }

    @Override
    public void snapshot(Map<String, Iterable<Change>> stateByHomeNetwork) throws IOException {
        if (full) {
            throw new IOException("no space left");
        }
        trace.add("snapshot");
        committed.clear();
        stateByHomeNetwork.forEach(
                (name, changes) -> changes.forEach(change -> committed.add(new Entry(name, change))));
    }

    @Override
    public void close() {}
}
