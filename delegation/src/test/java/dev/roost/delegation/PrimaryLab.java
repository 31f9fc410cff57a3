package dev.roost.delegation;

import dev.roost.delegation.DelegationEffect.SendMessage;
import dev.roost.delegation.ForwardingMessage.Acknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.ForwardingMessage.Request;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A primary by itself: what it sends lies in {@link #sent}, and Hellos of secondaries that are up are answered. */
final class PrimaryLab {
    static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    static final Ipv6Address SELF = Ipv6Address.parse("2001:db8:1::11");
    static final Ipv6Address F1 = Ipv6Address.parse("2001:db8:1::12");
    static final Ipv6Address F2 = Ipv6Address.parse("2001:db8:1::13");
    static final Ipv6Address CONTROLLER = Ipv6Address.parse("2001:db8:1::fe");
    static final Duration GRACE = Duration.ofSeconds(3);

    final Map<Ipv6Address, Long> sessions = new HashMap<>(Map.of(F1, 1L, F2, 1L));
    final Map<Ipv6Address, Long> packets = new HashMap<>();
    final Map<Ipv6Address, Integer> entries = new HashMap<>();
    final Set<Ipv6Address> up = new HashSet<>(Set.of(F1, F2));
    /** Everything but Hello, in order. */
    final List<SendMessage> sent = new ArrayList<>();

    final List<DelegationEffect> effects = new ArrayList<>();
    final List<DelegationChange> changes = new ArrayList<>();
    final Primary primary;
    Instant now = Instant.ofEpochMilli(1_700_000_000_000L);

    PrimaryLab(PrimarySettings settings) {
        primary = new Primary(settings, new Identifiers());
        take(primary.onRestart(now, List.of()));
        pass(Duration.ZERO);
    }

    static PrimarySettings settings(
            PrimarySettings.Mode mode,
            PrimarySettings.Policy policy,
            boolean withController,
            Ipv6Address... secondaries) {
        return new PrimarySettings(
                SELF,
                PREFIX,
                mode,
                List.of(secondaries),
                withController ? Optional.of(CONTROLLER) : Optional.empty(),
                policy,
                100,
                PrimarySettings.OuterSource.PRIMARY,
                GRACE,
                true,
                1000);
    }

    static Ipv6Address home(int number) {
        return new Ipv6Address(PREFIX.address().high(), 0x100 + number);
    }

    static Ipv6Address careOf(int number) {
        return new Ipv6Address(0x2001_0db8_0003_0000L, number);
    }

    void take(DelegationDecision decision) {
        for (DelegationChange change : decision.changes()) {
            primary.apply((DelegationChange.OfPrimary) change);
            changes.add(change);
        }
        effects.addAll(decision.effects());
        for (DelegationEffect effect : decision.effects()) {
            if (effect instanceof SendMessage send && send.message() instanceof Hello hello) {
                answer(send.peer(), hello);
            } else if (effect instanceof SendMessage send) {
                sent.add(send);
            }
        }
    }

    private void answer(Ipv6Address peer, Hello hello) {
        if (up.contains(peer)) {
            var answer = new HelloAcknowledgement(
                    hello.identifier(),
                    DelegationStatus.ACCEPTED,
                    new Roles(true, true),
                    packets.getOrDefault(peer, 0L),
                    entries.getOrDefault(peer, 0),
                    entries.getOrDefault(peer, 0));
            take(primary.onMessage(now, peer, sessions.getOrDefault(peer, 1L), answer));
        }
    }

    /** Lets time pass, with all deadlines on the way. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        while (primary.nextDeadline().filter(due -> !due.isAfter(end)).isPresent()) {
            Instant due = primary.nextDeadline().orElseThrow();
            now = due.isAfter(now) ? due : now;
            take(primary.onDeadline(now));
        }
        now = end;
    }

    void register(int number, int careOf) {
        take(primary.onRegistration(
                now,
                new Registration(
                        home(number), careOf(careOf), now.toEpochMilli() + 600_000, now.toEpochMilli(), true)));
    }

    /** The last message; it is forgotten. */
    SendMessage next() {
        return sent.remove(0);
    }

    /** Answers the request that was sent first of those that are left. */
    Request answer(DelegationStatus status) {
        SendMessage send = next();
        Request request = (Request) send.message();
        take(primary.onMessage(now, send.peer(), 1, (ForwardingMessage) request.acknowledge(status, request.epoch())));
        return request;
    }

    /** Everybody says yes to everything until nothing is left to be said. */
    void agree() {
        while (!sent.isEmpty()) {
            if (sent.get(0).message() instanceof Acknowledgement) {
                next();
            } else {
                answer(DelegationStatus.ACCEPTED);
            }
        }
    }

    void reportsAgree() {
        while (!sent.isEmpty() && sent.get(0).message() instanceof ForwarderReport) {
            answer(DelegationStatus.ACCEPTED);
        }
    }

    Ipv6Address holder(int number) {
        return primary.delegation(home(number)).orElseThrow().holder();
    }

    Delegation.State state(int number) {
        return primary.delegation(home(number)).orElseThrow().state(SELF);
    }

    boolean admitted(int number) {
        return effects.contains(new DelegationEffect.AdmitRegistration(home(number)));
    }

    int count(DelegationCounter counter) {
        return (int) effects.stream()
                .filter(new DelegationEffect.Count(counter)::equals)
                .count();
    }
}
