package dev.roost.homeagent.linux;

import dev.roost.delegation.Delegation;
import dev.roost.delegation.DelegationChange;
import dev.roost.delegation.DelegationChange.ForwardersChanged;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.DelegationChanged;
import dev.roost.homeagent.binding.HomeAgentTunnel;
import dev.roost.linux.TunnelBinding;
import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which tunnels a batch of changes may have altered. What each of them is to be is asked of the home agent when all of the batch is
 * applied, so it is the last word on each home address, in two calls of the kernel.
 */
public final class TunnelChanges {
    private final Ipv6Address self;
    private final Set<Ipv6Address> touched = new LinkedHashSet<>();

    /** @param self the home agent's address */
    public TunnelChanges(Ipv6Address self) {
        this.self = self;
    }

    /**
     * Notes a change that is about to be applied. A refresh is none for the tunnel, and few of the steps of a delegation are.
     *
     * @param known the delegation of a mobile node that is bound here, as it is without the change
     */
    public void add(BindingChange change, Function<Ipv6Address, Optional<Delegation>> known) {
        if (change instanceof BindingRegistered
                || change instanceof BindingMoved
                || change instanceof BindingReleased
                || (change instanceof DelegationChanged changed && isTouchedBy(changed.change(), known))) {
            touched.add(change.homeAddress());
        }
    }

    /** Not if this home agent forwards as before, or does not as before. */
    private boolean isTouchedBy(DelegationChange change, Function<Ipv6Address, Optional<Delegation>> known) {
        return !(change instanceof ForwardersChanged changed)
                || known.apply(change.homeAddress())
                        .filter(before ->
                                before.mayForward(self) == changed.delegation().mayForward(self))
                        .isEmpty();
    }

    /**
     * Hands what was noted to the kernel and begins anew.
     *
     * @param wanted the tunnel that a home address is to have; empty where there is to be none
     */
    public void applyTo(KernelState kernel, Function<Ipv6Address, Optional<HomeAgentTunnel>> wanted) {
        if (touched.isEmpty()) {
            return;
        }
        List<TunnelBinding> set = new ArrayList<>(touched.size());
        List<Ipv6Address> removed = new ArrayList<>();
        for (Ipv6Address homeAddress : touched) {
            Optional<HomeAgentTunnel> tunnel = wanted.apply(homeAddress);
            if (tunnel.isPresent()) {
                set.add(binding(tunnel.orElseThrow()));
            } else {
                removed.add(homeAddress);
            }
        }
        if (!removed.isEmpty()) {
            kernel.tunnels().remove(removed);
        }
        if (!set.isEmpty()) {
            kernel.nextHops()
                    .resolve(set.stream().map(TunnelBinding::careOfAddress).toList());
            kernel.tunnels().setBindings(set);
        }
        touched.clear();
    }

    /** A tunnel as the kernel is told of it. */
    public static TunnelBinding binding(HomeAgentTunnel tunnel) {
        return new TunnelBinding(tunnel.homeAddress(), tunnel.careOfAddress(), tunnel.source(), tunnel.receiveOnly());
    }
}
