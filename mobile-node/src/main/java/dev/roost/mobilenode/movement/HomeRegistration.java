package dev.roost.mobilenode.movement;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobilenode.movement.RegistrationState.Attempt;
import dev.roost.mobilenode.movement.RegistrationState.Tunnel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Away from home: keeps a binding with one home agent of the list (RFC 6275, 11.7.1 and 11.7.3).
 *
 * <pre>
 *   no attempt, care-of address or link changed, or time to refresh   binding update
 *   acknowledgement, status below 128                                 bound until at most 95 % of the lifetime
 *   acknowledgement 135, asked for or not                             binding update with the sequence number after it
 *   acknowledgement 130, 131, 133                                     next candidate at once
 *   any other refusal                                                 next candidate after a pause
 *   silence after {@link #MAX_SENT} binding updates                   next candidate, or with a configured one: go on
 *   unasked acknowledgement 130 or 133 of the last sequence number    next candidate at once
 *   Binding Error 1 (no binding)                                      register again; 2 (not understood): next candidate
 *   last candidate failed                                             discovery again, after a growing pause
 * </pre>
 */
final class HomeRegistration {
    /** Binding updates to one home agent within a second (RFC 6275, 12). */
    static final int MAX_UPDATE_RATE = 3;
    /** To one home agent before the next is tried: 10.5 s at first; RFC 6275, 11.4.1 wants 1.5 s at least. */
    static final int MAX_SENT = 3;

    static final int MAX_RESYNCHRONISED = 3;

    private final MobileNodeSettings settings;
    private final RandomGenerator random;
    private final BindingUpdateSender sender;
    private final MobilePrefixes prefixes;

    HomeRegistration(
            MobileNodeSettings settings, RandomGenerator random, BindingUpdateSender sender, MobilePrefixes prefixes) {
        this.settings = settings;
        this.random = random;
        this.sender = sender;
        this.prefixes = prefixes;
    }

    /** An acknowledgement from a home agent in the list, meant for us, and authentic. */
    void onBindingAcknowledgement(Step step, BindingUpdateListEntry entry, BindingAcknowledgement acknowledgement) {
        boolean pending = step.state()
                .registration()
                .attempt()
                .filter(attempt -> attempt.homeAgent().equals(entry.homeAgent()))
                .isPresent();
        BindingStatus status = acknowledgement.status();
        if (status.equals(BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW)) {
            resynchronise(step, entry, acknowledgement);
        } else if (!acknowledgement.sequenceNumber().equals(entry.sequence())) {
            step.count("binding-acknowledgement-sequence");
        } else if (pending) {
            tell(step, entry, acknowledgement);
            if (!status.isAccepted()) {
                refuse(step, entry.homeAgent(), status);
            } else if (acknowledgement.lifetime().isZero()) {
                giveUp(step, entry.homeAgent(), "lifetime-zero", true);
            } else {
                accept(step, entry, acknowledgement);
            }
        } else if (isRegisteredWith(step, entry) && isMoveOnStatus(status)) {
            tell(step, entry, acknowledgement);
            refuse(step, entry.homeAgent(), status);
        } else {
            step.count("binding-acknowledgement-unexpected");
        }
    }

    /** @param status 1: no binding for the Home Address option; 2: the message is not understood (RFC 6275, 6.1.9) */
    void onBindingError(Step step, BindingUpdateListEntry entry, int status) {
        RegistrationState state = step.state().registration();
        boolean pending = state.attempt()
                .filter(attempt -> attempt.homeAgent().equals(entry.homeAgent()))
                .isPresent();
        step.event(Effect.Event.of("binding-error-received", "homeAgent", entry.homeAgent(), "status", status));
        if (status == 2 && pending) {
            giveUp(step, entry.homeAgent(), "binding-error-2", false);
        } else if (status == 1 && !pending && isRegisteredWith(step, entry)) {
            change(step, state.withRegisteredWith(Optional.empty()));
        }
    }

    void advance(Step step) {
        dropExpired(step);
        RegistrationState state = step.state().registration();
        LinkState link = step.state().link();
        if (step.state().address().isHome(link)) {
            endAtHome(step);
            return;
        }
        if (state.pausedUntil().filter(step::isDue).isPresent()) {
            change(step, state.withPausedUntil(Optional.empty()));
        }
        takeConfiguredCandidate(step);
        Optional<Ipv6Address> careOfAddress = step.state().address().careOfAddress(link);
        Optional<Ipv6Address> candidate = step.state().registration().candidate();
        boolean canSend = careOfAddress.isPresent() && link.gateway().isPresent() && candidate.isPresent();
        if (canSend && step.state().registration().pausedUntil().isEmpty()) {
            keepRegistered(step, candidate.get(), careOfAddress.get());
        }
    }

    Stream<Instant> deadlines(MobileNodeState state) {
        RegistrationState registration = state.registration();
        Stream<Instant> expiries = registration.entries().values().stream().map(BindingUpdateListEntry::expiresAt);
        boolean canSend = state.address().careOfAddress(state.link()).isPresent()
                && state.link().gateway().isPresent();
        if (!canSend) {
            return expiries;
        }
        if (registration.pausedUntil().isPresent()) {
            return Stream.concat(expiries, registration.pausedUntil().stream());
        }
        Stream<Instant> next = registration.attempt().isPresent()
                ? registration.attempt().map(Attempt::deadline).stream()
                : registration
                        .registeredWith()
                        .map(registration.entries()::get)
                        .map(BindingUpdateListEntry::refreshAt)
                        .stream();
        return Stream.concat(expiries, next);
    }

    private void keepRegistered(Step step, Ipv6Address homeAgent, Ipv6Address careOfAddress) {
        RegistrationState state = step.state().registration();
        boolean sameLink = state.visit() == step.state().link().visit();
        if (state.attempt().isPresent()) {
            Attempt attempt = state.attempt().get();
            boolean same = sameLink
                    && attempt.homeAgent().equals(homeAgent)
                    && attempt.careOfAddress().equals(careOfAddress);
            if (!same) {
                begin(step, homeAgent, careOfAddress);
            } else if (step.isDue(attempt.deadline())) {
                sendAgain(step, attempt);
            }
            return;
        }
        boolean fresh = sameLink
                && state.entry(homeAgent)
                        .filter(entry -> isRegisteredWith(step, entry))
                        .filter(entry -> entry.careOfAddress().equals(careOfAddress))
                        .filter(entry -> !step.isDue(entry.refreshAt()))
                        .isPresent();
        if (!fresh) {
            begin(step, homeAgent, careOfAddress);
        }
    }

    private void begin(Step step, Ipv6Address homeAgent, Ipv6Address careOfAddress) {
        Duration timeout = step.state()
                .registration()
                .entry(homeAgent)
                .map(RegistrationTimers::firstTimeout)
                .orElse(RegistrationTimers.INITIAL_BINDACK_TIMEOUT_FIRSTREG);
        change(step, step.state().registration().withVisit(step.state().link().visit()));
        send(step, new Attempt(homeAgent, careOfAddress, 0, 0, timeout, step.now()));
    }

    private void sendAgain(Step step, Attempt attempt) {
        boolean patient = settings.homeAgent().isPresent();
        if (attempt.sent() >= MAX_SENT && !patient) {
            giveUp(step, attempt.homeAgent(), "no-answer", false);
            return;
        }
        Duration timeout = attempt.sent() == 0 ? attempt.timeout() : RegistrationTimers.nextTimeout(attempt.timeout());
        send(
                step,
                new Attempt(
                        attempt.homeAgent(),
                        attempt.careOfAddress(),
                        attempt.sent(),
                        attempt.resynchronised(),
                        timeout,
                        attempt.deadline()));
    }

    private void send(Step step, Attempt attempt) {
        RegistrationState state = step.state().registration();
        List<Instant> recent = state.recentlySent();
        if (recent.size() >= MAX_UPDATE_RATE) {
            Instant allowedAt = recent.get(recent.size() - MAX_UPDATE_RATE).plusSeconds(1);
            if (step.now().isBefore(allowedAt)) {
                change(step, state.withAttempt(Optional.of(attempt.dueAt(allowedAt))));
                return;
            }
        }
        sender.sendFromAway(step, attempt);
        List<Instant> sent = Stream.concat(recent.stream(), Stream.of(step.now()))
                .skip(Math.max(0, recent.size() + 1 - MAX_UPDATE_RATE))
                .toList();
        change(
                step,
                step.state()
                        .registration()
                        .withRecentlySent(sent)
                        .withAttempt(Optional.of(new Attempt(
                                attempt.homeAgent(),
                                attempt.careOfAddress(),
                                attempt.sent() + 1,
                                attempt.resynchronised(),
                                attempt.timeout(),
                                step.now().plus(attempt.timeout())))));
        Optional<Tunnel> tunnel = step.state().registration().tunnel();
        // The first answer to the home agent's first tunnelled packet must find its way. A tunnel to another home agent
        // stays
        // until this one has accepted.
        if (tunnel.isEmpty() || tunnel.get().homeAgent().equals(attempt.homeAgent())) {
            openTunnel(step, attempt.careOfAddress(), attempt.homeAgent());
        }
    }

    private void accept(Step step, BindingUpdateListEntry entry, BindingAcknowledgement acknowledgement) {
        BindingLifetime granted = acknowledgement.lifetime().compareTo(entry.requested()) <= 0
                ? acknowledgement.lifetime()
                : entry.requested();
        Duration refresh = RegistrationTimers.refreshAfter(granted, acknowledgement, random);
        Instant expiresAt = entry.sentAt().plus(granted.toDuration());
        Instant refreshAt = entry.sentAt().plus(refresh);
        change(
                step,
                step.state()
                        .registration()
                        .with(entry.confirmed(expiresAt, refreshAt.isAfter(step.now()) ? refreshAt : step.now()))
                        .withAttempt(Optional.empty())
                        .withRegisteredWith(Optional.of(entry.homeAgent()))
                        .withPausedUntil(Optional.empty())
                        .withFailures(0));
        openTunnel(step, entry.careOfAddress(), entry.homeAgent());
        step.event(Effect.Event.of(
                "bound",
                "homeAgent",
                entry.homeAgent(),
                "homeAddress",
                settings.homeAddress(),
                "careOfAddress",
                entry.careOfAddress(),
                "lifetime",
                granted.toSeconds(),
                "sequence",
                entry.sequence()));
        if (acknowledgement.status().equals(BindingStatus.ACCEPTED_BUT_PREFIX_DISCOVERY_NECESSARY)) {
            prefixes.begin(step, entry.homeAgent());
        }
    }

    private void resynchronise(Step step, BindingUpdateListEntry entry, BindingAcknowledgement acknowledgement) {
        RegistrationState state = step.state().registration();
        Optional<Attempt> attempt =
                state.attempt().filter(open -> open.homeAgent().equals(entry.homeAgent()));
        if (attempt.isEmpty() && !isRegisteredWith(step, entry)) {
            step.count("binding-acknowledgement-unexpected");
            return;
        }
        tell(step, entry, acknowledgement);
        RegistrationState corrected = state.with(entry.withSequence(acknowledgement.sequenceNumber()));
        int before = attempt.map(Attempt::resynchronised).orElse(0);
        if (before < MAX_RESYNCHRONISED) {
            corrected = corrected.withAttempt(Optional.of(new Attempt(
                    entry.homeAgent(),
                    entry.careOfAddress(),
                    0,
                    before + 1,
                    RegistrationTimers.firstTimeout(entry),
                    step.now())));
        }
        change(step, corrected);
    }

    private void refuse(Step step, Ipv6Address homeAgent, BindingStatus status) {
        boolean atOnce = isMoveOnStatus(status) || status.equals(BindingStatus.HOME_REGISTRATION_NOT_SUPPORTED);
        giveUp(step, homeAgent, "status-" + status.value(), !atOnce);
    }

    private static boolean isMoveOnStatus(BindingStatus status) {
        return status.equals(BindingStatus.INSUFFICIENT_RESOURCES)
                || status.equals(BindingStatus.NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE);
    }

    /** Goes on to the next candidate; after the last one, to discovery. */
    private void giveUp(Step step, Ipv6Address homeAgent, String reason, boolean pause) {
        RegistrationState state = step.state().registration();
        step.event(Effect.Event.of("home-agent-given-up", "homeAgent", homeAgent, "reason", reason));
        boolean refused = !reason.equals("no-answer");
        boolean last = state.index() + 1 >= state.candidates().size();
        int failures = pause || last ? state.failures() + 1 : state.failures();
        RegistrationState next = (refused ? state.without(homeAgent) : state)
                .withAttempt(Optional.empty())
                .withRegisteredWith(Optional.empty());
        next = last ? next.trying(List.of()) : next.withIndex(state.index() + 1);
        Optional<Instant> until = pause || last
                ? Optional.of(step.now().plus(RegistrationTimers.pauseAfter(failures)))
                : Optional.empty();
        change(step, next.withPausedUntil(until).withFailures(failures));
    }

    private void takeConfiguredCandidate(Step step) {
        RegistrationState state = step.state().registration();
        if (state.wantsCandidates() && settings.homeAgent().isPresent()) {
            change(step, state.trying(List.of(settings.homeAgent().get())));
        }
    }

    private static void dropExpired(Step step) {
        RegistrationState state = step.state().registration();
        NavigableMap<Ipv6Address, BindingUpdateListEntry> valid = new TreeMap<>(state.entries());
        for (BindingUpdateListEntry entry : state.entries().values()) {
            if (step.isDue(entry.expiresAt())) {
                valid.remove(entry.homeAgent());
                step.event(Effect.Event.of("binding-expired", "homeAgent", entry.homeAgent()));
            }
        }
        RegistrationState changed = state.withEntries(valid);
        if (state.registeredWith()
                .filter(homeAgent -> !valid.containsKey(homeAgent))
                .isPresent()) {
            changed = changed.withRegisteredWith(Optional.empty());
        }
        change(step, changed);
    }

    private static void endAtHome(Step step) {
        RegistrationState state = step.state().registration();
        if (state.tunnel().isPresent()) {
            step.effect(new Effect.CloseTunnel());
        }
        change(
                step,
                state.withTunnel(Optional.empty())
                        .withAttempt(Optional.empty())
                        .withRegisteredWith(Optional.empty())
                        .withPausedUntil(Optional.empty())
                        .withFailures(0));
    }

    private static void openTunnel(Step step, Ipv6Address careOfAddress, Ipv6Address homeAgent) {
        Tunnel wanted = new Tunnel(careOfAddress, homeAgent, step.state().link().visit());
        RegistrationState state = step.state().registration();
        if (!state.tunnel().equals(Optional.of(wanted))) {
            change(step, state.withTunnel(Optional.of(wanted)));
            step.effect(new Effect.OpenTunnel(careOfAddress, homeAgent));
        }
    }

    private static void tell(Step step, BindingUpdateListEntry entry, BindingAcknowledgement acknowledgement) {
        step.event(Effect.Event.of(
                "binding-acknowledgement-received",
                "homeAgent",
                entry.homeAgent(),
                "status",
                acknowledgement.status().value(),
                "sequence",
                acknowledgement.sequenceNumber(),
                "lifetime",
                acknowledgement.lifetime().toSeconds()));
    }

    private static boolean isRegisteredWith(Step step, BindingUpdateListEntry entry) {
        return step.state().registration().registeredWith().equals(Optional.of(entry.homeAgent()));
    }

    private static void change(Step step, RegistrationState state) {
        step.change(new Change.RegistrationChanged(state));
    }
}
