package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingReleaseSeen;
import dev.roost.mobileip.Ipv6Address;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which home agent released which binding a moment ago. Soft. Home agents answer from copies of their tables, and a walk through
 * one takes its time, so that a binding may still be told after its end was seen:
 *
 * <pre>
 *   home agent   copies its table      releases
 *   controller                                  sees the release      reads the copy
 * </pre>
 *
 * <p>What is told of a time before the release is therefore not believed for {@link #MEMORY_MILLIS}; a binding of after it is,
 * and so is anything later, since whole seconds are told. When too many are remembered, the oldest makes room: a binding may then
 * come back until its home agent's table is read again.
 */
final class RecentReleases {

    static final long MEMORY_MILLIS = 10_000;
    private static final int MOST = 1 << 16;

    /** In the order in which they were seen. */
    private final Map<Ipv6Address, BindingReleaseSeen> byHomeAddress = new LinkedHashMap<>();

    /** Whether a binding that was accepted then is one whose release was seen. */
    boolean covers(Ipv6Address homeAddress, int homeAgent, long acceptedAtMillis, long nowMillis) {
        BindingReleaseSeen seen = byHomeAddress.get(homeAddress);
        return seen != null
                && seen.homeAgent() == homeAgent
                && acceptedAtMillis <= seen.releasedAtMillis()
                && nowMillis - seen.releasedAtMillis() < MEMORY_MILLIS;
    }

    void seen(BindingReleaseSeen release) {
        byHomeAddress.remove(release.homeAddress());
        byHomeAddress.values().stream()
                .findFirst()
                .filter(oldest -> byHomeAddress.size() >= MOST
                        || release.releasedAtMillis() - oldest.releasedAtMillis() >= MEMORY_MILLIS)
                .ifPresent(oldest -> byHomeAddress.remove(oldest.homeAddress()));
        byHomeAddress.put(release.homeAddress(), release);
    }

    long stateHash() {
        return byHomeAddress.hashCode();
    }
}
