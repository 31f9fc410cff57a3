package dev.roost.mobilenode.movement;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The end of the node: with a deregistration first, if that is wanted, but not for long. */
final class Farewell {
    static final Duration TIMEOUT = Duration.ofSeconds(1);
    static final int MAX_SENT = 3;

    private final BindingUpdateSender sender;

    Farewell(BindingUpdateSender sender) {
        this.sender = sender;
    }

    void begin(Step step, boolean deregister) {
        if (step.state().farewell().ending()) {
            return;
        }
        Optional<Ipv6Address> homeAgent = step.state().registration().registeredWith();
        if (deregister && homeAgent.isPresent()) {
            change(step, new FarewellState(true, homeAgent, 0, Optional.of(step.now())));
        } else {
            finish(step);
        }
    }

    void onBindingAcknowledgement(Step step, Ipv6Address homeAgent, BindingAcknowledgement acknowledgement) {
        BindingUpdateListEntry entry = step.state().registration().entries().get(homeAgent);
        FarewellState state = step.state().farewell();
        Optional<SequenceNumber> awaited = Optional.ofNullable(entry).map(BindingUpdateListEntry::sequence);
        if (state.homeAgent().equals(Optional.of(homeAgent))
                && awaited.equals(Optional.of(acknowledgement.sequenceNumber()))) {
            step.event(Effect.Event.of(
                    "deregistered",
                    "homeAgent",
                    homeAgent,
                    "status",
                    acknowledgement.status().value()));
            finish(step);
        }
    }

    void advance(Step step) {
        FarewellState state = step.state().farewell();
        if (state.deadline().filter(step::isDue).isEmpty()) {
            return;
        }
        Optional<AdvertisedRouter> gateway = step.state().link().gateway();
        BindingUpdateListEntry entry =
                step.state().registration().entries().get(state.homeAgent().orElseThrow());
        if (state.sent() == MAX_SENT || gateway.isEmpty() || entry == null) {
            finish(step);
            return;
        }
        sender.sendFarewell(step, gateway.get().linkLayerAddress(), entry);
        change(
                step,
                new FarewellState(
                        true,
                        state.homeAgent(),
                        state.sent() + 1,
                        Optional.of(step.now().plus(TIMEOUT))));
    }

    Optional<Instant> deadline(MobileNodeState state) {
        return state.farewell().deadline();
    }

    private static void finish(Step step) {
        change(step, FarewellState.DONE);
        step.effect(new Effect.Finished());
    }

    private static void change(Step step, FarewellState state) {
        step.change(new Change.FarewellChanged(state));
    }
}
