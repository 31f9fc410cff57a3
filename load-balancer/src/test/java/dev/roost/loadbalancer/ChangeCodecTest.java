package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.mac;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentForgotten;
import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentReaddressed;
import dev.roost.loadbalancer.Change.HomeAgentRecovered;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Change.HomeAgentWeighted;
import dev.roost.loadbalancer.Change.RouterLearned;
import dev.roost.loadbalancer.Change.RouterLost;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ChangeCodecTest {

    private static final long AT = 1_767_225_600_123L;
    private static final SwitchPort PORT = new SwitchPort(new SwitchId(0xfedc_ba98_7654_3210L), 0xffff_fe00);

    static Stream<Change> everyDurableChange() {
        List<Ipv6Address> most = IntStream.range(0, 255).mapToObj(Scene::global).toList();
        List<Change> changes = new ArrayList<>(List.of(
                new HomeAgentLearned(0, linkLocal(1), mac(1), PORT, List.of(), 0, AT, false, AT - 7),
                new HomeAgentLearned(0xffff, linkLocal(1), mac(1), PORT, most, 0xffff, AT, true, AT),
                new HomeAgentLearned(3, linkLocal(1), mac(1), PORT, List.of(global(1), global(2)), 10, AT, true, AT),
                new HomeAgentRefreshed(5, AT),
                new HomeAgentSuspected(5, AT, 1),
                new HomeAgentSuspected(5, AT, 6),
                new HomeAgentRecovered(0xffff),
                new HomeAgentForgotten(0x8000),
                new HomeAgentDrained(1, true),
                new HomeAgentDrained(1, false),
                new HomeAgentWeighted(0xffff, 0),
                new HomeAgentWeighted(1, BalancingConfig.MOST_WEIGHT),
                new HomeAgentReaddressed(3, List.of()),
                new HomeAgentReaddressed(3, most),
                new ForwarderChanged(home(1), 0xffff, -1),
                new ForwarderChanged(home(2), 0, 1),
                new Change.BindingDoubted(home(3)),
                new RouterLearned(new Router(mac(1), PORT)),
                new RouterLost(mac(0xffff)),
                new AnswerSent(careOf(1), HomeAgentOrder.EMPTY, AT, AT),
                new AnswerSent(careOf(1), HomeAgentOrder.of(2, 0, 1), AT, AT - 59_999),
                new AnswerSent(
                        careOf(1),
                        HomeAgentOrder.of(IntStream.range(0xffff - 76, 0x10000).toArray()),
                        AT,
                        AT)));
        for (HomeAgentRemoved.Cause cause : HomeAgentRemoved.Cause.values()) {
            changes.add(new HomeAgentRemoved(4, cause));
        }
        for (BindingReleased.Cause cause : BindingReleased.Cause.values()) {
            changes.add(new BindingReleased(home(1), 4, cause));
        }
        for (Evidence evidence : Evidence.values()) {
            changes.add(new BindingAccepted(home(1), careOf(1), 0xffff, global(1), 0xffff, AT - 9, AT, evidence));
        }
        return changes.stream();
    }

    private static ByteBuffer written(Change change) {
        ByteBuffer out = ByteBuffer.allocate(ChangeCodec.MAX_LENGTH);
        ChangeCodec.write(change, out);
        return out.flip();
    }

    @ParameterizedTest
    @MethodSource("everyDurableChange")
    void everyDurableChangeReadsBackAsItself(Change change) throws Exception {
        ByteBuffer octets = written(change);

        assertThat(change.durable()).isTrue();
        assertThat(ChangeCodec.read(octets)).isEqualTo(change);
        assertThat(octets.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("everyDurableChange")
    void everyTruncationIsRefused(Change change) {
        ByteBuffer octets = written(change);

        for (int length = 0; length < octets.limit(); length++) {
            ByteBuffer truncated = octets.duplicate().limit(length);
            assertThatExceptionOfType(MalformedChangeException.class)
                    .isThrownBy(() -> ChangeCodec.read(truncated))
                    .withMessageStartingWith("change at octet 0: ends early");
        }
    }

    @Test
    void changesFollowEachOtherWithoutFraming() throws Exception {
        List<Change> changes = everyDurableChange().toList();
        ByteBuffer octets = ByteBuffer.allocate(changes.size() * ChangeCodec.MAX_LENGTH);
        changes.forEach(change -> ChangeCodec.write(change, octets));
        octets.flip();

        List<Change> read = new ArrayList<>();
        while (octets.hasRemaining()) {
            read.add(ChangeCodec.read(octets));
        }

        assertThat(read).isEqualTo(changes);
    }

    /** The layout is a promise to journals that are on disks already. */
    @Test
    void theLayoutStays() {
        assertThat(HexFormat.of().formatHex(octets(new RouterLearned(new Router(mac(1), PORT)))))
                .isEqualTo("20" + "020000000001" + "fedcba9876543210" + "fffffe00");
        assertThat(HexFormat.of()
                        .formatHex(octets(new AnswerSent(careOf(1), HomeAgentOrder.of(2, 0, 300), AT, AT - 200))))
                .isEqualTo("18" + "20010db8000300000000000000000001" + "019b76daa87b" + "c801" + "03" + "0200ac02");
        assertThat(HexFormat.of()
                        .formatHex(octets(new BindingAccepted(
                                home(1), careOf(1), 2, global(1), 0x58b8, AT - 1, AT, Evidence.ACKNOWLEDGED))))
                .isEqualTo("1c" + "20010db8000100000000000000000101" + "20010db8000300000000000000000001" + "0002"
                        + "20010db8000100000000000000000011" + "58b8" + "019b76daa87b" + "01" + "019b76daa87a");
        assertThat(HexFormat.of().formatHex(octets(new HomeAgentWeighted(3, 4))))
                .isEqualTo("1b" + "0003" + "0004");
    }

    /** What the first release wrote. */
    @Test
    void aBindingWrittenWithoutItsTimeIsReadAsBeforeAllElse() throws Exception {
        String octets = "19" + "20010db8000100000000000000000101" + "20010db8000300000000000000000001" + "0002"
                + "20010db8000100000000000000000011" + "58b8" + "019b76daa87b" + "01";

        assertThat(ChangeCodec.read(ByteBuffer.wrap(HexFormat.of().parseHex(octets))))
                .isEqualTo(new BindingAccepted(home(1), careOf(1), 2, global(1), 0x58b8, 0, AT, Evidence.ACKNOWLEDGED));
    }

    @Test
    void anAnswerThatNamesThreeHomeAgentsTakesTwentyEightOctets() {
        assertThat(written(new AnswerSent(careOf(1), HomeAgentOrder.of(0, 1, 2), AT, AT))
                        .limit())
                .isEqualTo(28);
    }

    @Test
    void softChangesAreNotWritten() {
        Change soft = new Change.PortReachability(PORT, false);

        assertThatIllegalArgumentException().isThrownBy(() -> written(soft)).withMessageContaining("not durable");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatExceptionOfType(MalformedChangeException.class)
                .isThrownBy(() -> ChangeCodec.read(ByteBuffer.wrap(new byte[] {0x24, 0, 0})))
                .withMessage("change at octet 0: wanted kind 0 to 17, got 20");
        assertThatExceptionOfType(MalformedChangeException.class)
                .isThrownBy(() -> ChangeCodec.read(ByteBuffer.wrap(new byte[] {0x10, 0, 1, 9})))
                .withMessageStartingWith("change before octet 3: wanted one of a home agent, got ");
        assertThatExceptionOfType(MalformedChangeException.class)
                .isThrownBy(() -> ChangeCodec.read(ByteBuffer.wrap(new byte[] {0x15, 0, 0, 9})))
                .withMessage("change before octet 4: wanted a known cause, got 9");
    }

    @Test
    void randomOctetsGiveAChangeOrTheCheckedRefusalAndWhatIsReadCanBeApplied() {
        long seed = 4711;
        Random random = new Random(seed);
        HomeNetwork network = new HomeNetwork(Scene.config(), seed);
        List<Change> seeds = everyDurableChange().toList();
        for (int i = 0; i < 50_000; i++) {
            byte[] octets = octets(seeds.get(random.nextInt(seeds.size())));
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            try {
                Change change = ChangeCodec.read(ByteBuffer.wrap(octets));
                network.apply(change);
                assertThat(ChangeCodec.read(written(change))).isEqualTo(change);
            } catch (MalformedChangeException expected) {
                assertThat(expected).hasMessageStartingWith("change ");
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", octets " + HexFormat.of().formatHex(octets), e);
            }
        }
    }

    private static byte[] octets(Change change) {
        ByteBuffer written = written(change);
        byte[] octets = new byte[written.limit()];
        written.get(octets);
        return octets;
    }
}
