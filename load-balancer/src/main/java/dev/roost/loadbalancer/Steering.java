package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The steering plan as it follows from the tables at any time. */
final class Steering implements SteeringPlan {

    /** Home addresses at one care-of address that are looked at; where there are more, their tunnel has no rule of its own. */
    static final int MOST_SHARING = 64;

    private final Tables tables;

    Steering(Tables tables) {
        this.tables = tables;
    }

    @Override
    public List<SteeredHomeAgent> homeAgents() {
        List<SteeredHomeAgent> steered = new ArrayList<>();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.steerable(tables.bindings)) {
                steered.add(homeAgent.steered());
            }
        }
        return List.copyOf(steered);
    }

    @Override
    public Optional<SteeredHomeAgent> homeAgent(int index) {
        return Optional.ofNullable(tables.homeAgents.at(index))
                .filter(homeAgent -> homeAgent.steerable(tables.bindings))
                .map(HomeAgent::steered);
    }

    @Override
    public Collection<Router> routers() {
        return tables.routers.all();
    }

    @Override
    public Optional<SteeredHomeAgent> forwarderOf(Ipv6Address homeAddress) {
        return Optional.ofNullable(tables.bindings.of(homeAddress)).flatMap(this::forwarderOf);
    }

    /** One that is not known any more cannot forward. */
    private Optional<SteeredHomeAgent> forwarderOf(Binding binding) {
        Optional<SteeredHomeAgent> forwarder = homeAgent(binding.forwarder());
        return forwarder.isEmpty() && binding.isDelegated() ? homeAgent(binding.homeAgent()) : forwarder;
    }

    @Override
    public Optional<ReverseTunnel> reverseTunnelOf(Ipv6Address homeAddress) {
        Binding binding = tables.bindings.of(homeAddress);
        if (binding == null) {
            return Optional.empty();
        }
        ReverseTunnel tunnel = tunnelOf(binding);
        int looked = 0;
        for (Binding each = first(tunnel); each != null && looked < MOST_SHARING; each = each.nextAtCareOfAddress) {
            if (each.isDelegated() && tunnelOf(each).equals(tunnel)) {
                return Optional.of(tunnel);
            }
            looked++;
        }
        return binding.isDelegated() || looked == MOST_SHARING ? Optional.of(tunnel) : Optional.empty();
    }

    @Override
    public Optional<SteeredHomeAgent> forwarderOf(ReverseTunnel tunnel) {
        Binding one = null;
        int looked = 0;
        for (Binding each = first(tunnel); each != null; each = each.nextAtCareOfAddress) {
            if (++looked > MOST_SHARING) {
                return Optional.empty();
            }
            if (tunnelOf(each).equals(tunnel)) {
                if (!each.isDelegated() || (one != null && one.forwarder() != each.forwarder())) {
                    return Optional.empty();
                }
                one = each;
            }
        }
        if (one != null) {
            return homeAgent(one.forwarder());
        }
        ForwardingErrand left = tables.delegations.left().get(tunnel);
        return left == null ? Optional.empty() : homeAgent(left.forwarder());
    }

    @Override
    public void forEachReverseTunnel(Consumer<ReverseTunnel> consumer) {
        for (Binding binding : tables.bindings.all()) {
            if (binding.isDelegated()) {
                consumer.accept(tunnelOf(binding));
            }
        }
        tables.delegations.left().keySet().forEach(consumer);
    }

    private @Nullable Binding first(ReverseTunnel tunnel) {
        return tables.bindings.at(tunnel.careOfAddress());
    }

    private static ReverseTunnel tunnelOf(Binding binding) {
        return new ReverseTunnel(
                binding.facts().careOfAddress(), binding.facts().homeAgentAddress());
    }

    @Override
    public void forEachPin(Consumer<Pin> consumer) {
        for (Binding binding : tables.bindings.all()) {
            forwarderOf(binding).ifPresent(forwarder -> consumer.accept(new Pin(binding.homeAddress(), forwarder)));
        }
    }

    @Override
    public List<Pin> pinsAfter(Optional<Ipv6Address> homeAddress, int most) {
        List<Pin> pins = new ArrayList<>();
        Iterator<Binding> rest = tables.bindings.after(homeAddress).iterator();
        while (rest.hasNext() && pins.size() < most) {
            Binding binding = rest.next();
            forwarderOf(binding).ifPresent(forwarder -> pins.add(new Pin(binding.homeAddress(), forwarder)));
        }
        return pins;
    }

    @Override
    public int pinCount() {
        return tables.bindings.size();
    }
}
