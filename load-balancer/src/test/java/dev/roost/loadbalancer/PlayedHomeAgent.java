package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationChange;
import dev.roost.delegation.DelegationDecision;
import dev.roost.delegation.DelegationEffect;
import dev.roost.delegation.ForwardingEntry;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingNode;
import dev.roost.delegation.Identifiers;
import dev.roost.delegation.Primary;
import dev.roost.delegation.PrimarySettings;
import dev.roost.delegation.Registration;
import dev.roost.delegation.Secondary;
import dev.roost.delegation.SecondarySettings;
import dev.roost.delegation.TunnelRole;
import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A home agent of a {@link DelegationHistory}: the real primary and secondary, with a binding cache in few lines. */
final class PlayedHomeAgent {

    /** What it shares the home link with. */
    interface Link {
        Instant now();

        void send(PlayedHomeAgent from, Ipv6Address to, ForwardingMessage message);

        void acknowledged(PlayedHomeAgent by, Registration registration);

        void at(long millis, Runnable action);
    }

    final int number;
    final Ipv6Address address;
    private final Link link;
    final Primary primary;
    final Secondary secondary;
    private final ForwardingNode node;
    private final Map<Ipv6Address, Registration> bindings = new HashMap<>();
    private final Map<Ipv6Address, Registration> waiting = new HashMap<>();
    boolean up = true;
    private long plannedMillis = Long.MAX_VALUE;

    PlayedHomeAgent(int number, boolean strict, long graceMillis, Link link) {
        this.number = number;
        this.address = Scene.global(number);
        this.link = link;
        PrimarySettings defaults = PrimarySettings.of(address, Scene.PREFIX);
        primary = new Primary(
                new PrimarySettings(
                        address,
                        Scene.PREFIX,
                        strict ? PrimarySettings.Mode.STRICT : PrimarySettings.Mode.LATE,
                        strict
                                ? java.util.stream.IntStream.rangeClosed(1, 3)
                                        .filter(n -> n != number)
                                        .mapToObj(Scene::global)
                                        .toList()
                                : defaults.secondaries(),
                        Optional.of(Scene.REPRESENTATIVE),
                        defaults.policy(),
                        defaults.transmitThreshold(),
                        defaults.outerSource(),
                        Duration.ofMillis(graceMillis),
                        true,
                        defaults.maximumMobileNodes()),
                new Identifiers());
        secondary = new Secondary(
                new SecondarySettings(address, Scene.PREFIX, Set.of(address), Optional.of(Scene.REPRESENTATIVE), 1000),
                homeAddress -> Optional.ofNullable(bindings.get(homeAddress))
                        .map(binding -> OptionalLong.of(binding.registeredAtMillis()))
                        .orElse(OptionalLong.empty()));
        node = new ForwardingNode(Optional.of(primary), Optional.of(secondary));
        take(primary.onRestart(link.now(), java.util.List.of()));
    }

    void onBindingUpdate(Ipv6Address homeAddress, Ipv6Address careOfAddress, long lifetimeMillis) {
        long now = link.now().toEpochMilli();
        Registration registration = new Registration(homeAddress, careOfAddress, now + lifetimeMillis, now, true);
        waiting.put(homeAddress, registration);
        take(primary.onRegistration(link.now(), registration));
    }

    void onDeregistration(Ipv6Address homeAddress) {
        waiting.remove(homeAddress);
        bindings.remove(homeAddress);
        take(primary.onRelease(link.now(), homeAddress));
    }

    void onMessage(Ipv6Address from, ForwardingMessage message) {
        if (up) {
            take(node.onMessage(link.now(), from, 1, message));
        }
    }

    private void take(DelegationDecision decision) {
        for (DelegationChange change : decision.changes()) {
            node.apply(change);
        }
        for (DelegationEffect effect : decision.effects()) {
            if (effect instanceof DelegationEffect.SendMessage send) {
                link.send(this, send.peer(), send.message());
            } else if (effect instanceof DelegationEffect.AdmitRegistration admit) {
                admit(admit.homeAddress());
            } else if (effect instanceof DelegationEffect.RefuseRegistration refuse) {
                waiting.remove(refuse.homeAddress());
            }
        }
        plan();
    }

    private void admit(Ipv6Address homeAddress) {
        Registration registration = waiting.remove(homeAddress);
        if (registration == null) {
            return;
        }
        bindings.put(homeAddress, registration);
        take(secondary.onLocalRegistration(homeAddress, registration.registeredAtMillis()));
        link.acknowledged(this, registration);
        link.at(registration.expiresAtMillis(), () -> {
            Registration bound = bindings.get(homeAddress);
            if (bound != null && bound.expiresAtMillis() <= link.now().toEpochMilli()) {
                onDeregistration(homeAddress);
            }
        });
    }

    private void plan() {
        long next = node.nextDeadline().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
        if (next < plannedMillis) {
            plannedMillis = next;
            link.at(next, () -> {
                if (plannedMillis == next) {
                    plannedMillis = Long.MAX_VALUE;
                    take(node.onDeadline(link.now()));
                }
            });
        }
    }

    boolean isBound(Ipv6Address homeAddress) {
        return bindings.containsKey(homeAddress);
    }

    /** Where packets for a home address that come here are tunnelled to. */
    Optional<Ipv6Address> tunnel(Ipv6Address homeAddress) {
        Optional<ForwardingEntry> entry = secondary.entry(homeAddress);
        if (entry.isPresent()) {
            return entry.map(ForwardingEntry::careOfAddress);
        }
        return primary.role(homeAddress) == TunnelRole.FULL
                ? Optional.ofNullable(bindings.get(homeAddress)).map(Registration::careOfAddress)
                : Optional.empty();
    }
}
