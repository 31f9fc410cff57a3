package dev.roost.homeagent.linux;

import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.linux.TunnelBinding;
import dev.roost.linux.TunnelTable;
import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a batch of changes does to the tunnels: the last word on each home address, in two calls of the kernel. */
public final class TunnelChanges {
    private final Ipv6Address homeAgent;
    /** By home address; empty where the tunnel goes. */
    private final Map<Ipv6Address, Optional<TunnelBinding>> pending = new LinkedHashMap<>();

    public TunnelChanges(Ipv6Address homeAgent) {
        this.homeAgent = homeAgent;
    }

    /** Notes a change; a refresh is none for the tunnel. */
    public void add(BindingChange change) {
        if (change instanceof BindingRegistered registered) {
            set(registered.binding());
        } else if (change instanceof BindingMoved moved) {
            set(moved.binding());
        } else if (change instanceof BindingReleased released) {
            pending.put(released.homeAddress(), Optional.empty());
        }
    }

    private void set(Binding binding) {
        pending.put(binding.homeAddress(), Optional.of(tunnel(binding, homeAgent)));
    }

    /** Hands what was noted to the kernel and begins anew. */
    public void applyTo(TunnelTable tunnels) {
        if (pending.isEmpty()) {
            return;
        }
        List<TunnelBinding> set = new ArrayList<>(pending.size());
        List<Ipv6Address> removed = new ArrayList<>();
        pending.forEach((homeAddress, tunnel) -> {
            if (tunnel.isPresent()) {
                set.add(tunnel.orElseThrow());
            } else {
                removed.add(homeAddress);
            }
        });
        if (!removed.isEmpty()) {
            tunnels.remove(removed);
        }
        if (!set.isEmpty()) {
            tunnels.setBindings(set);
        }
        pending.clear();
    }

    /** The tunnel of a binding. */
    public static TunnelBinding tunnel(Binding binding, Ipv6Address homeAgent) {
        return new TunnelBinding(binding.homeAddress(), binding.careOfAddress(), homeAgent);
    }
}
