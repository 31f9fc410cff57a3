package dev.roost.delegation;

import dev.roost.delegation.DelegationEffect.AdmitRegistration;
import dev.roost.delegation.DelegationEffect.Count;
import dev.roost.delegation.DelegationEffect.RefuseRegistration;
import dev.roost.delegation.DelegationEffect.SendMessage;
import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A home agent with both roles, bindings, a disk, and a clock that may differ from others'. */
final class SimulatedHomeAgent implements SimulatedNetwork.Host {

    /** Who hears of bindings: the controller, which reads acknowledgements that pass. */
    interface Bindings {
        void onAccepted(SimulatedHomeAgent primary, Registration registration, long updatedAtMillis);

        void onReleased(SimulatedHomeAgent primary, Ipv6Address homeAddress);
    }

    private final SimulatedNetwork network;
    private final Bindings controller;
    private final SecondarySettings secondarySettings;
    private final long skewMillis;
    private final int mostRequests;
    private final Map<Ipv6Address, Registration> bindings = new HashMap<>();
    private final Map<Ipv6Address, Registration> waiting = new HashMap<>();
    private final List<byte[]> disk = new ArrayList<>();
    final Map<DelegationCounter, Integer> counters = new EnumMap<>(DelegationCounter.class);
    PrimarySettings settings;
    Primary primary;
    Secondary secondary;
    private ForwardingNode node;
    private boolean up = true;
    private int incarnation;
    private long plannedMillis = Long.MAX_VALUE;

    SimulatedHomeAgent(
            SimulatedNetwork network,
            Bindings controller,
            PrimarySettings settings,
            SecondarySettings secondarySettings,
            long skewMillis,
            int mostRequests) {
        this.network = network;
        this.controller = controller;
        this.settings = settings;
        this.secondarySettings = secondarySettings;
        this.skewMillis = skewMillis;
        this.mostRequests = mostRequests;
        boot();
    }

    private void boot() {
        primary = new Primary(settings, new Identifiers(), mostRequests);
        secondary = new Secondary(
                secondarySettings,
                homeAddress -> Optional.ofNullable(bindings.get(homeAddress))
                        .map(binding -> OptionalLong.of(binding.registeredAtMillis()))
                        .orElse(OptionalLong.empty()));
        node = new ForwardingNode(Optional.of(primary), Optional.of(secondary));
        for (byte[] change : disk) {
            ByteBuffer in = ByteBuffer.wrap(change);
            node.apply(DelegationChangeCodec.read(in.get(), in, 0));
        }
        take(primary.onRestart(now(), List.copyOf(bindings.values())));
        take(secondary.onRestart(now()));
    }

    @Override
    public Ipv6Address address() {
        return settings.address();
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public int incarnation() {
        return incarnation;
    }

    @Override
    public boolean isOutstanding(long identifier) {
        return node.isOutstanding(identifier);
    }

    private Instant now() {
        return network.now().plusMillis(skewMillis);
    }

    void crash(boolean losesDisk) {
        up = false;
        incarnation++;
        waiting.clear();
        if (losesDisk) {
            bindings.clear();
            disk.clear();
        }
    }

    void restart() {
        up = true;
        plannedMillis = Long.MAX_VALUE;
        network.beginSession(this);
        boot();
    }

    void reconfigure(PrimarySettings newSettings) {
        settings = newSettings;
        take(primary.reconfigure(now(), newSettings));
    }

    /** A binding update is here; whoever sent it repeats it if nothing comes. */
    void onBindingUpdate(Ipv6Address homeAddress, Ipv6Address careOfAddress, long lifetimeMillis, boolean delegable) {
        var registration = new Registration(
                homeAddress, careOfAddress, now().toEpochMilli() + lifetimeMillis, now().toEpochMilli(), delegable);
        waiting.put(homeAddress, registration);
        take(primary.onRegistration(now(), registration));
    }

    void onDeregistration(Ipv6Address homeAddress) {
        waiting.remove(homeAddress);
        release(homeAddress);
    }

    private void release(Ipv6Address homeAddress) {
        take(primary.onRelease(now(), homeAddress));
        if (bindings.remove(homeAddress) != null) {
            controller.onReleased(this, homeAddress);
        }
    }

    @Override
    public void onMessage(Ipv6Address peer, long session, ForwardingMessage message) {
        take(node.onMessage(now(), peer, session, message));
    }

    private void take(DelegationDecision decision) {
        for (DelegationChange change : decision.changes()) {
            node.apply(change);
            if (change.durable()) {
                ByteBuffer out = ByteBuffer.allocate(DelegationChangeCodec.MAX_CHANGE_BYTES);
                DelegationChangeCodec.write(change, out);
                byte[] octets = new byte[out.position()];
                out.flip().get(octets);
                disk.add(octets);
            }
        }
        for (DelegationEffect effect : decision.effects()) {
            act(effect);
        }
        plan();
    }

    private void act(DelegationEffect effect) {
        if (effect instanceof SendMessage send) {
            network.send(this, send.peer(), send.message());
        } else if (effect instanceof Count count) {
            counters.merge(count.counter(), 1, Integer::sum);
        } else if (effect instanceof AdmitRegistration admit) {
            admit(admit.homeAddress());
        } else if (effect instanceof RefuseRegistration refuse) {
            waiting.remove(refuse.homeAddress());
        }
    }

    private void admit(Ipv6Address homeAddress) {
        Registration registration = waiting.remove(homeAddress);
        if (registration == null) {
            return;
        }
        bindings.put(homeAddress, registration);
        take(secondary.onLocalRegistration(homeAddress, registration.registeredAtMillis()));
        controller.onAccepted(this, registration, registration.registeredAtMillis() - skewMillis);
        int life = incarnation;
        network.after(registration.expiresAtMillis() - now().toEpochMilli(), () -> expire(homeAddress, life));
    }

    private void expire(Ipv6Address homeAddress, int life) {
        Registration bound = bindings.get(homeAddress);
        if (bound != null && bound.expiresAtMillis() <= now().toEpochMilli()) {
            if (up) {
                release(homeAddress);
            } else {
                network.after(1000, () -> expire(homeAddress, life));
            }
        }
    }

    /** Sees to it that deadlines come up in time. */
    private void plan() {
        long next = node.nextDeadline().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
        if (next < plannedMillis) {
            plannedMillis = next;
            int life = incarnation;
            network.at(next - skewMillis, () -> {
                if (up && incarnation == life && plannedMillis == next) {
                    plannedMillis = Long.MAX_VALUE;
                    take(node.onDeadline(now()));
                }
            });
        }
    }

    Optional<Registration> binding(Ipv6Address homeAddress) {
        return Optional.ofNullable(bindings.get(homeAddress));
    }

    /** The care-of address that packets for a mobile node which come here are tunnelled to. */
    Optional<Ipv6Address> tunnel(Ipv6Address homeAddress) {
        Optional<ForwardingEntry> entry = secondary.entry(homeAddress);
        if (entry.isPresent()) {
            return entry.map(ForwardingEntry::careOfAddress);
        }
        return primary.role(homeAddress) == TunnelRole.FULL
                ? binding(homeAddress).map(Registration::careOfAddress)
                : Optional.empty();
    }

    int count(DelegationCounter counter) {
        return counters.getOrDefault(counter, 0);
    }
}
