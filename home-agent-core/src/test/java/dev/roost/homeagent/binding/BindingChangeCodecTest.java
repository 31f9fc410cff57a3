package dev.roost.homeagent.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.delegation.DelegationChange.DelegationForgotten;
import dev.roost.delegation.DelegationChange.ForwardingStarted;
import dev.roost.delegation.DelegationChange.ForwardingStopped;
import dev.roost.delegation.ForwardingEntry;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRefreshed;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.DelegationChanged;
import dev.roost.homeagent.binding.BindingChange.DetectionEnded;
import dev.roost.homeagent.binding.BindingChange.SequenceRetained;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BindingChangeCodecTest {
    private static final long LOOP = 1_000_000;
    private static final long WALL = 5_000_000;

    @Test
    void readsWhatItWrote() {
        List<BindingChange> changes = List.of(
                new BindingRegistered(binding(LOOP + 600_000, true)),
                new BindingMoved(binding(LOOP + 1, false)),
                new BindingRefreshed(binding(LOOP, false)),
                new BindingReleased(HomeLink.HOME_ADDRESS, BindingReleased.Cause.EXPIRED),
                new BindingReleased(HomeLink.HOME_ADDRESS, BindingReleased.Cause.SUPERSEDED),
                new DelegationChanged(new ForwardingStopped(HomeLink.HOME_ADDRESS, ForwardingStopped.Cause.TOLD)),
                new DelegationChanged(new DelegationForgotten(HomeLink.HOME_ADDRESS, true)),
                new SequenceRetained(HomeLink.HOME_ADDRESS, 65_535));

        assertThat(roundTrip(changes, LOOP, WALL)).isEqualTo(changes);
    }

    @Test
    void countsTheTimeBetweenTwoProcessesAgainstTheDurationOfForwarding() {
        ForwardingEntry entry = new ForwardingEntry(
                HomeLink.HOME_ADDRESS,
                HomeLink.HOME_AGENT,
                7,
                HomeLink.CARE_OF_ADDRESS,
                HomeLink.HOME_AGENT,
                41,
                LOOP + 600_000);

        DelegationChanged read = (DelegationChanged)
                roundTrip(List.of(new DelegationChanged(new ForwardingStarted(entry))), 77, WALL + 100_000)
                        .get(0);

        assertThat(((ForwardingStarted) read.change()).entry().untilMillis()).isEqualTo(77 + 500_000);
    }

    @Test
    void countsTheTimeBetweenTwoProcessesAgainstTheLifetime() {
        List<BindingChange> written = List.of(new BindingRegistered(binding(LOOP + 600_000, false)));

        BindingRegistered read =
                (BindingRegistered) roundTrip(written, 77, WALL + 100_000).get(0);

        assertThat(read.binding().expiresAtMillis()).isEqualTo(77 + 500_000);
    }

    @Test
    void givesNoBindingMoreTimeWhenTheWallClockWasSetBack() {
        List<BindingChange> written = List.of(new BindingRegistered(binding(LOOP + 600_000, false)));

        BindingRegistered read =
                (BindingRegistered) roundTrip(written, 77, WALL - 100_000).get(0);

        assertThat(read.binding().expiresAtMillis()).isEqualTo(77 + 600_000);
    }

    @Test
    void takesTheLastRefreshForTheTimeOfRegistrationInStateThatHasNone() {
        ByteBuffer old = ByteBuffer.allocate(100);
        old.put((byte) 1).putLong(LOOP).putLong(WALL);
        old.put((byte) 1);
        HomeLink.HOME_ADDRESS.writeTo(old);
        HomeLink.CARE_OF_ADDRESS.writeTo(old);
        old.putShort((short) 7).putInt(600).putLong(LOOP + 100_000).put((byte) 1);
        List<BindingChange> read = new ArrayList<>();

        BindingChangeCodec.readBatch(old.flip(), LOOP, WALL, read::add);

        assertThat(read)
                .containsExactly(new BindingRegistered(new Binding(
                        HomeLink.HOME_ADDRESS,
                        HomeLink.CARE_OF_ADDRESS,
                        7,
                        600,
                        LOOP + 100_000,
                        LOOP - 500_000,
                        true)));
    }

    @Test
    void writesNothingThatIsNotDurable() {
        ByteBuffer out = ByteBuffer.allocate(BindingChangeCodec.MAX_CHANGE_BYTES);

        assertThatThrownBy(() -> BindingChangeCodec.write(new DetectionEnded(HomeLink.HOME_ADDRESS), out))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<BindingChange> roundTrip(List<BindingChange> changes, long loopMillis, long wallMillis) {
        ByteBuffer bytes = ByteBuffer.allocate(
                BindingChangeCodec.BATCH_HEADER_BYTES + changes.size() * BindingChangeCodec.MAX_CHANGE_BYTES);
        BindingChangeCodec.writeHeader(LOOP, WALL, bytes);
        changes.forEach(change -> BindingChangeCodec.write(change, bytes));
        bytes.flip();
        List<BindingChange> read = new ArrayList<>();
        BindingChangeCodec.readBatch(bytes, loopMillis, wallMillis, read::add);
        return read;
    }

    private static Binding binding(long expiresAtMillis, boolean coversLinkLocal) {
        return new Binding(
                HomeLink.HOME_ADDRESS,
                HomeLink.CARE_OF_ADDRESS,
                40_000,
                262_140,
                expiresAtMillis,
                expiresAtMillis - 500_000,
                coversLinkLocal);
    }
}
