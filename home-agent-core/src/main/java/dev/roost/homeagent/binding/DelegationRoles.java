package dev.roost.homeagent.binding;

import dev.roost.delegation.PrimarySettings;
import dev.roost.delegation.SecondarySettings;
import java.util.Optional;

/**
 * What a home agent is in delegated forwarding: one that delegates, and, if it has a data plane, one that forwards for others.
 *
 * @param secondary empty for a home agent that forwards for nobody
 */
public record DelegationRoles(PrimarySettings primary, Optional<SecondarySettings> secondary) {}
