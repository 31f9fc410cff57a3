package dev.roost.homeagent.binding;

import static dev.roost.homeagent.binding.HomeLink.CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.HOME_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.OTHER_CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.update;
import static dev.roost.homeagent.binding.TwoHomeAgents.PRIMARY;
import static dev.roost.homeagent.binding.TwoHomeAgents.SECONDARY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.PrimarySettings.Mode;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.NeighborAdvertisement;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who forwards for a mobile node, and what its home agent and the home link are told of it. */
final class DelegationTest {
    private static final Ipv6Address THIRD = Ipv6Address.parse("2001:db8:1::13");
    private static final HomeAgentTunnel OWN = new HomeAgentTunnel(HOME_ADDRESS, CARE_OF_ADDRESS, PRIMARY, false);
    private static final HomeAgentTunnel OUT_ONLY = new HomeAgentTunnel(HOME_ADDRESS, CARE_OF_ADDRESS, PRIMARY, true);

    private final TwoHomeAgents strict = new TwoHomeAgents(Mode.STRICT, List.of(SECONDARY));
    private final TwoHomeAgents late = new TwoHomeAgents(Mode.LATE, List.of());

    @Test
    void acknowledgesInStrictModeWhenTheAddressIsTestedAndTheSecondaryHasAgreed() {
        strict.receive(PRIMARY, update(1, 600), CARE_OF_ADDRESS);
        strict.advance(Duration.ofMillis(999));
        assertThat(strict.messages(StartForwarding.class)).isEmpty();

        strict.silent.add(SECONDARY);
        strict.advance(Duration.ofMillis(1));
        assertThat(strict.messages(StartForwarding.class)).singleElement().satisfies(start -> {
            assertThat(start.careOfAddress()).isEqualTo(CARE_OF_ADDRESS);
            assertThat(start.tunnelSource()).isEqualTo(PRIMARY);
            assertThat(start.durationSeconds()).isEqualTo(600);
        });
        assertThat(strict.acknowledgements()).isEmpty();
        assertThat(strict.agent(PRIMARY).bindingCount()).isZero();

        strict.silent.clear();
        strict.advance(Duration.ofMillis(100));
        assertThat(strict.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(accepted());
        assertThat(strict.agent(PRIMARY).bindingCount()).isEqualTo(1);
        assertThat(strict.whoSpeaks()).containsExactly(SECONDARY);
    }

    @Test
    void takesARepeatedBindingUpdateForTheSameRegistrationAndAnswersTheNewest() {
        waitForSecondary();
        strict.advance(Duration.ofMillis(150));
        strict.receive(PRIMARY, update(2, 600), CARE_OF_ADDRESS);
        strict.receive(PRIMARY, update(2, 600), CARE_OF_ADDRESS);
        strict.silent.clear();
        strict.advance(Duration.ofSeconds(1));

        assertThat(strict.acknowledgements())
                .singleElement()
                .satisfies(acknowledgement ->
                        assertThat(acknowledgement.sequenceNumber().value()).isEqualTo(2));
        assertThat(strict.messages(StartForwarding.class))
                .extracting(StartForwarding::identifier)
                .containsOnly(strict.messages(StartForwarding.class).get(0).identifier());
        assertThat(strict.agent(PRIMARY).binding(HOME_ADDRESS).orElseThrow().sequence())
                .isEqualTo(2);
    }

    @Test
    void forwardsItselfWhenNoSecondaryAnswers() {
        waitForSecondary();
        strict.advance(Duration.ofSeconds(10));

        assertThat(announced(strict)).isTrue();
        assertThat(strict.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(accepted());
        assertThat(strict.tunnel(PRIMARY)).contains(OWN);
        assertThat(strict.whoSpeaks()).containsExactly(PRIMARY);
    }

    @Test
    void asksForTheNewCareOfAddressWhenTheMobileNodeMovesWhileItsRegistrationWaits() {
        waitForSecondary();
        strict.receive(PRIMARY, update(2, 600), OTHER_CARE_OF_ADDRESS);
        strict.silent.clear();
        strict.advance(Duration.ofSeconds(1));

        assertThat(strict.acknowledgements()).hasSize(1);
        assertThat(strict.tunnel(SECONDARY))
                .contains(new HomeAgentTunnel(HOME_ADDRESS, OTHER_CARE_OF_ADDRESS, PRIMARY, false));
        assertThat(strict.agent(PRIMARY).binding(HOME_ADDRESS).orElseThrow().careOfAddress())
                .isEqualTo(OTHER_CARE_OF_ADDRESS);
    }

    @Test
    void forgetsARegistrationThatIsReleasedWhileItWaits() {
        waitForSecondary();
        strict.receive(PRIMARY, update(2, 0), CARE_OF_ADDRESS);

        assertThat(strict.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(accepted());
        strict.silent.clear();
        strict.advance(Duration.ofSeconds(10));
        assertThat(strict.acknowledgements()).isEmpty();
        assertThat(strict.agent(PRIMARY).bindingCount()).isZero();
        assertThat(strict.agent(PRIMARY).admissionsUnderWay()).isZero();
        assertThat(strict.tunnel(SECONDARY)).isEmpty();
        assertThat(strict.messages(StopForwarding.class)).isNotEmpty();
    }

    @Test
    void acknowledgesInLateModeAtOnceAndStopsTunnellingWhenEverybodyKnows() {
        bindLate();
        assertThat(late.tunnel(PRIMARY)).contains(OWN);
        assertThat(late.whoSpeaks()).containsExactly(PRIMARY);

        late.order(HOME_ADDRESS, SECONDARY);

        assertThat(late.messages(ForwarderReport.class))
                .extracting(ForwarderReport::forwarder)
                .contains(SECONDARY);
        assertThat(late.tunnel(SECONDARY)).contains(OWN);
        assertThat(late.tunnel(PRIMARY)).contains(OWN);
        assertThat(late.whoSpeaks()).containsExactly(SECONDARY);
        assertThat(late.whoConfirms()).as("switches may lead to the former one").containsExactly(PRIMARY, SECONDARY);
        late.advance(Duration.ofMillis(2_999));
        assertThat(late.tunnel(PRIMARY)).contains(OWN);
        late.advance(Duration.ofMillis(2));
        assertThat(late.tunnel(PRIMARY)).contains(OUT_ONLY);
        assertThat(late.whoConfirms()).containsExactly(SECONDARY);
        assertThat(late.agent(PRIMARY).delegated()).isEqualTo(1);
        assertThat(late.agent(SECONDARY).forwardingEntries()).isEqualTo(1);
        assertThat(late.agent(SECONDARY).bindingCount()).isZero();
    }

    @Test
    void followsTheMobileNodeAndItsLifetimeToTheSecondary() {
        bindLate();
        late.order(HOME_ADDRESS, SECONDARY);
        late.advance(Duration.ofSeconds(5));

        late.receive(PRIMARY, update(2, 300), OTHER_CARE_OF_ADDRESS);
        assertThat(late.acknowledgements()).hasSize(1);
        assertThat(late.tunnel(SECONDARY))
                .contains(new HomeAgentTunnel(HOME_ADDRESS, OTHER_CARE_OF_ADDRESS, PRIMARY, false));
        assertThat(late.tunnel(PRIMARY))
                .contains(new HomeAgentTunnel(HOME_ADDRESS, OTHER_CARE_OF_ADDRESS, PRIMARY, true));

        late.advance(Duration.ofSeconds(301));
        assertThat(late.tunnel(PRIMARY)).isEmpty();
        assertThat(late.tunnel(SECONDARY)).isEmpty();
        assertThat(late.whoSpeaks()).isEmpty();
    }

    @Test
    void takesBackAndSpeaksForTheMobileNodeAgain() {
        bindLate();
        late.order(HOME_ADDRESS, SECONDARY);
        late.advance(Duration.ofSeconds(5));
        late.sent.clear();

        late.order(HOME_ADDRESS, PRIMARY);

        assertThat(late.tunnel(PRIMARY)).contains(OWN);
        assertThat(announced(late)).isTrue();
        assertThat(late.whoSpeaks()).contains(PRIMARY);
        late.advance(Duration.ofSeconds(5));
        assertThat(late.tunnel(SECONDARY)).isEmpty();
        assertThat(late.whoSpeaks()).containsExactly(PRIMARY);
    }

    @Test
    void aMobileNodeThatRegistersAtTheSecondaryItselfIsItsOwnWithoutAnotherTest() {
        bindLate();
        late.order(HOME_ADDRESS, SECONDARY);
        late.advance(Duration.ofSeconds(5));
        late.acknowledgements();

        late.receive(SECONDARY, update(1, 600), OTHER_CARE_OF_ADDRESS);

        assertThat(late.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(accepted());
        assertThat(late.agent(SECONDARY).forwardingEntries()).isZero();
        assertThat(late.tunnel(SECONDARY))
                .contains(new HomeAgentTunnel(HOME_ADDRESS, OTHER_CARE_OF_ADDRESS, SECONDARY, false));
        late.advance(Duration.ofSeconds(700));
        assertThat(late.tunnel(SECONDARY)).isEmpty();
    }

    @Test
    void aBindingIsOverWhenANewerHomeAgentHasThisOneForward() {
        late.receive(SECONDARY, update(1, 600), CARE_OF_ADDRESS);
        late.advance(Duration.ofSeconds(2));
        long older = late.now.minusSeconds(60).toEpochMilli();
        late.start(THIRD, OTHER_CARE_OF_ADDRESS, older, 600);
        assertThat(late.agent(SECONDARY).bindingCount()).isEqualTo(1);

        late.start(THIRD, OTHER_CARE_OF_ADDRESS, late.now.toEpochMilli(), 60);

        assertThat(late.agent(SECONDARY).bindingCount()).isZero();
        assertThat(late.tunnel(SECONDARY))
                .contains(new HomeAgentTunnel(HOME_ADDRESS, OTHER_CARE_OF_ADDRESS, THIRD, false));
        late.advance(Duration.ofSeconds(61));
        assertThat(late.tunnel(SECONDARY)).isEmpty();
        assertThat(late.whoSpeaks()).isEmpty();
    }

    @Test
    void keepsTheHomeAddressFromThoseWhoTestItUntilItsHomeAgentIsNotHeardAnyMore() {
        late.start(THIRD, CARE_OF_ADDRESS, late.now.toEpochMilli(), 600);
        late.receive(PRIMARY, update(1, 600), OTHER_CARE_OF_ADDRESS);
        late.advance(Duration.ofSeconds(2));
        assertThat(late.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(BindingStatus.DUPLICATE_ADDRESS_DETECTION_FAILED);

        late.advance(Duration.ofSeconds(5));
        late.receive(PRIMARY, update(2, 600), OTHER_CARE_OF_ADDRESS);
        late.advance(Duration.ofSeconds(2));

        assertThat(late.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(accepted());
        assertThat(late.tunnel(SECONDARY)).isPresent();
    }

    @Test
    void refusesACareOfAddressThatItForwardsForItself() {
        late.start(THIRD, CARE_OF_ADDRESS, late.now.toEpochMilli(), 600);
        HomeAgent secondary = late.agent(SECONDARY);
        Ipv6Address other = Ipv6Address.parse("2001:db8:1::101");
        Ipv6Packet packet = Ipv6Packet.of(
                HOME_ADDRESS, SECONDARY, List.of(DestinationOptions.of(new HomeAddressOption(other))), update(1, 600));

        late.take(
                SECONDARY,
                secondary.onBindingUpdate(late.now, BindingRequest.of(HomeLink.ROUTER_MAC, packet, update(1, 600))));

        assertThat(late.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(BindingStatus.INVALID_CARE_OF_ADDRESS);
    }

    @Test
    void knowsWhoForwardsAfterARestart() {
        bindLate();
        late.order(HOME_ADDRESS, SECONDARY);
        late.advance(Duration.ofSeconds(5));

        for (Ipv6Address address : List.of(PRIMARY, SECONDARY)) {
            HomeAgent restarted = late.homeAgent(address);
            reread(late.agent(address).snapshot()).forEach(restarted::apply);
            late.agents.put(address, restarted);
            late.take(address, restarted.onRestart(late.now));
            late.take(address, restarted.onDelegationsRestored(late.now));
        }

        assertThat(late.tunnel(PRIMARY)).contains(OUT_ONLY);
        assertThat(late.agent(SECONDARY).tunnels()).containsExactly(OWN);
        assertThat(late.whoSpeaks()).containsExactly(SECONDARY);
        late.receive(PRIMARY, update(2, 0), CARE_OF_ADDRESS);
        assertThat(late.tunnel(SECONDARY)).isEmpty();
    }

    @Test
    void forwardsForAllItselfOnceItDoesNotDelegateAnyMore() {
        bindLate();
        late.order(HOME_ADDRESS, SECONDARY);
        late.advance(Duration.ofSeconds(5));

        HomeLink without = new HomeLink();
        reread(late.agent(PRIMARY).snapshot()).forEach(without.agent::apply);

        assertThat(without.agent.tunnel(HOME_ADDRESS)).contains(OWN);
        assertThat(without.agent.snapshot()).hasSize(1);
    }

    /** A registration is at the point where the secondary was asked, and its answer is lost. */
    private void waitForSecondary() {
        strict.receive(PRIMARY, update(1, 600), CARE_OF_ADDRESS);
        strict.advance(Duration.ofMillis(900));
        strict.silent.add(SECONDARY);
        strict.advance(Duration.ofMillis(150));
        assertThat(strict.agent(PRIMARY).admissionsUnderWay()).isEqualTo(1);
    }

    private void bindLate() {
        late.receive(PRIMARY, update(1, 600), CARE_OF_ADDRESS);
        late.advance(Duration.ofSeconds(1));
        assertThat(late.acknowledgements())
                .extracting(BindingAcknowledgement::status)
                .containsExactly(accepted());
    }

    private static List<BindingChange> reread(List<BindingChange> changes) {
        ByteBuffer state = ByteBuffer.allocate(
                BindingChangeCodec.BATCH_HEADER_BYTES + changes.size() * BindingChangeCodec.MAX_CHANGE_BYTES);
        BindingChangeCodec.writeHeader(0, 0, state);
        changes.forEach(change -> BindingChangeCodec.write(change, state));
        List<BindingChange> read = new ArrayList<>();
        BindingChangeCodec.readBatch(state.flip(), 0, 0, read::add);
        assertThat(read).hasSameSizeAs(changes);
        return read;
    }

    private static boolean announced(TwoHomeAgents link) {
        return link.sent.stream()
                .anyMatch(packet -> packet.source().equals(PRIMARY)
                        && packet.payload() instanceof NeighborAdvertisement advertisement
                        && advertisement.override());
    }

    private static BindingStatus accepted() {
        return BindingStatus.BINDING_UPDATE_ACCEPTED;
    }
}
