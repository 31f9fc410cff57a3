package dev.roost.controller.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Change;
import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentRecovered;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileJournalTest {
    @TempDir
    Path directory;

    private List<String> reopened() throws IOException {
        List<String> replayed = new ArrayList<>();
        try (FileJournal journal = FileJournal.open(directory)) {
            journal.replay((homeNetwork, change) -> replayed.add(homeNetwork + " " + change));
        }
        return replayed;
    }

    @Test
    void givesBackWhatWasCommittedOfEachHomeNetworkInOrder() throws IOException {
        Change first = new HomeAgentRefreshed(1, 5000);
        Change second = new HomeAgentRecovered(2);
        try (FileJournal journal = FileJournal.open(directory)) {
            journal.append("a", List.of(first, second));
            journal.append("b", List.of(second));
            journal.commit();
            journal.commit();
            journal.append("a", List.of(second));
        }

        assertThat(reopened()).containsExactly("a " + first, "a " + second, "b " + second);
    }

    @Test
    void aSnapshotStandsForAllBeforeIt() throws IOException {
        Change old = new HomeAgentRecovered(2);
        Change state = new HomeAgentDrained(3, true);
        try (FileJournal journal = FileJournal.open(directory)) {
            journal.append("a", List.of(old));
            journal.commit();
            journal.snapshot(Map.of("a", List.of(state)));
            journal.append("a", List.of(old));
            journal.commit();
        }

        assertThat(reopened()).containsExactly("a " + state, "a " + old);
    }

    @Test
    void takesTurnsAndSnapshotsOfAnySize() throws IOException {
        int many = 300_000;
        List<Change> changes = Collections.nCopies(many, new HomeAgentRefreshed(7, 1));
        try (FileJournal journal = FileJournal.open(directory)) {
            journal.snapshot(Map.of("a", changes));
            journal.append("a", changes);
            journal.commit();
        }

        assertThat(reopened()).hasSize(2 * many).containsOnly("a " + changes.get(0));
    }
}
