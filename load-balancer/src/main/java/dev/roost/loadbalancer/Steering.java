package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The steering plan as it follows from the tables at any time. */
final class Steering implements SteeringPlan {

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
    public Optional<SteeredHomeAgent> forwarderOf(Ipv6Address homeAddress) {
        return Optional.ofNullable(tables.bindings.of(homeAddress)).flatMap(binding -> homeAgent(binding.homeAgent()));
    }

    @Override
    public void forEachPin(Consumer<Pin> consumer) {
        for (Binding binding : tables.bindings.all()) {
            homeAgent(binding.homeAgent())
                    .ifPresent(forwarder -> consumer.accept(new Pin(binding.homeAddress(), forwarder)));
        }
    }

    @Override
    public List<Pin> pinsAfter(Optional<Ipv6Address> homeAddress, int most) {
        List<Pin> pins = new ArrayList<>();
        Iterator<Binding> rest = tables.bindings.after(homeAddress).iterator();
        while (rest.hasNext() && pins.size() < most) {
            Binding binding = rest.next();
            homeAgent(binding.homeAgent()).ifPresent(forwarder -> pins.add(new Pin(binding.homeAddress(), forwarder)));
        }
        return pins;
    }

    @Override
    public int pinCount() {
        return tables.bindings.size();
    }
}
