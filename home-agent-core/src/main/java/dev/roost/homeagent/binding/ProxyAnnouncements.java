package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * Tells the home link that a mobile node's packets are for this home agent now (RFC 6275, 10.4.1), and repeats it, since multicast
 * may be lost: MAX_NEIGHBOR_ADVERTISEMENT times in all, RetransTimer apart (RFC 4861, 7.2.6).
 *
 * <p>Repeating is a courtesy and must not cost registrations: no more than {@link #LIMIT} addresses wait for it, so there are at
 * most as many repetitions a second, and each is some bytes in a queue. Whoever registers when that is full is announced once, and
 * counted; a host that missed it asks, and is answered. Soft like all timers: after a restart nothing is repeated.
 */
final class ProxyAnnouncements {
    /** RFC 4861, 10. */
    static final int MAX_NEIGHBOR_ADVERTISEMENT = 3;

    static final int LIMIT = 1024;

    private final HomeAgentSettings settings;
    private final BindingCache cache;
    private final Delegations delegations;
    private final OutgoingPackets packets;
    /** All wait equally long, so the order in which they come is the order in which they are due. */
    private final Queue<Repetition> repetitions = new ArrayDeque<>();

    /** @param left how many times it is still to be said */
    private record Repetition(Ipv6Address homeAddress, Instant due, int left) {}

    ProxyAnnouncements(
            HomeAgentSettings settings, BindingCache cache, Delegations delegations, OutgoingPackets packets) {
        this.settings = settings;
        this.cache = cache;
        this.delegations = delegations;
        this.packets = packets;
    }

    /** Of a binding that is new. */
    Decision first(Instant now, Binding binding) {
        Decision.Builder decision = new Decision.Builder();
        announce(decision, binding);
        if (repetitions.size() < LIMIT) {
            repeat(now, binding.homeAddress(), MAX_NEIGHBOR_ADVERTISEMENT - 1);
        } else {
            decision.effect(new Effect.Count(Counter.ANNOUNCEMENTS_NOT_REPEATED));
        }
        return decision.build();
    }

    Optional<Instant> nextDeadline() {
        return Optional.ofNullable(repetitions.peek()).map(Repetition::due);
    }

    /** Says again what is due, of bindings that are still there, and that no other home agent speaks for now. */
    Decision onDeadline(Instant now) {
        Decision.Builder decision = new Decision.Builder();
        while (nextDeadline().filter(due -> !due.isAfter(now)).isPresent()) {
            Repetition due = repetitions.remove();
            Optional<Binding> binding = cache.find(due.homeAddress());
            if (binding.isPresent() && delegations.speaksFor(due.homeAddress())) {
                announce(decision, binding.orElseThrow());
                if (due.left() > 1) {
                    repeat(now, due.homeAddress(), due.left() - 1);
                }
            }
        }
        return decision.build();
    }

    private void announce(Decision.Builder decision, Binding binding) {
        decision.effect(packets.proxyAnnouncement(binding.homeAddress()));
        if (binding.coversLinkLocal()) {
            decision.effect(packets.proxyAnnouncement(settings.linkLocalOf(binding.homeAddress())));
        }
    }

    private void repeat(Instant now, Ipv6Address homeAddress, int left) {
        repetitions.add(new Repetition(homeAddress, now.plus(HomeAgentSettings.RETRANS_TIMER), left));
    }
}
