package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.List;
import java.util.Optional;

/**
 * What is under way for one mobile node: soft, lost with the process.
 *
 * @param candidate the secondary that was asked to start and has not answered
 */
public record DelegationProgress(Optional<Ipv6Address> candidate, List<Ipv6Address> refused) {
    static final DelegationProgress NONE = new DelegationProgress(Optional.empty(), List.of());
}
