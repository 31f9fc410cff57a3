package dev.roost.controller.standalone;

import dev.roost.controller.Journal;
import dev.roost.loadbalancer.Change;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Keeps nothing, for a {@link Rehearsal} of which nothing is to be left. */
final class ForgetfulJournal implements Journal {

    @Override
    public void replay(BiConsumer<String, Change> into) {}

    @Override
    public void append(String homeNetwork, List<Change> changes) {}

    @Override
    public void commit() {}

    @Override
    public boolean snapshotDue() {
        return false;
    }

    @Override
    public void snapshot(Map<String, Iterable<Change>> stateByHomeNetwork) {}

    @Override
    public void close() {}
}
