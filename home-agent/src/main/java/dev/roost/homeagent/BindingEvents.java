package dev.roost.homeagent;

import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRefreshed;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.Counter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells what happened to bindings: a count for each change, and a line in the log, as far as the log takes them. */
final class BindingEvents {
    private final EventLog log;
    private final Map<Counter, Long> counters;

    BindingEvents(EventLog log, Map<Counter, Long> counters) {
        this.log = log;
        this.counters = counters;
    }

    void tell(Instant now, List<BindingChange> changes) {
        for (BindingChange change : changes) {
            if (change instanceof BindingRegistered registered) {
                count(Counter.BINDINGS_REGISTERED);
                line(now, "registered", registered.binding());
            } else if (change instanceof BindingMoved moved) {
                count(Counter.BINDINGS_MOVED);
                line(now, "moved", moved.binding());
            } else if (change instanceof BindingRefreshed) {
                // No line: a refresh changes nothing that a person would look for.
                count(Counter.BINDINGS_REFRESHED);
            } else if (change instanceof BindingReleased released) {
                count(counter(released.cause()));
                String word = released.cause().name().toLowerCase(Locale.ROOT);
                log.event(now, word, "homeAddress", released.homeAddress());
            }
        }
    }

    private static Counter counter(BindingReleased.Cause cause) {
        return switch (cause) {
            case DEREGISTERED -> Counter.BINDINGS_DEREGISTERED;
            case EXPIRED -> Counter.BINDINGS_EXPIRED;
            case SUPERSEDED -> Counter.BINDINGS_SUPERSEDED;
        };
    }

    private void line(Instant now, String kind, Binding binding) {
        log.event(
                now,
                kind,
                "homeAddress",
                binding.homeAddress(),
                "careOfAddress",
                binding.careOfAddress(),
                "lifetime",
                binding.lifetimeSeconds(),
                "sequence",
                binding.sequence());
    }

    private void count(Counter counter) {
        counters.merge(counter, 1L, Long::sum);
    }
}
