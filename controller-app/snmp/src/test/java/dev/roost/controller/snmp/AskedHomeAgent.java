package dev.roost.controller.snmp;

import dev.roost.configuration.SnmpUser;
import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingAuthenticator;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingSnapshot;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.snmp.HomeAgentFacts;
import dev.roost.homeagent.snmp.ManagedHomeAgent;
import dev.roost.homeagent.snmp.SnmpService;
import dev.roost.homeagent.snmp.SnmpSettings;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A home agent's own SNMP service, with the core of a home agent behind it and a clock that stands still. */
final class AskedHomeAgent implements ManagedHomeAgent, AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    static final Ipv6Address ADDRESS = Ipv6Address.parse("2001:db8:1::11");
    static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:11");
    static final Ipv6Address LINK_LOCAL = Ipv6Address.linkLocal(MAC);
    static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::1");

    private final HomeAgent agent = new HomeAgent(
            HomeAgentSettings.of(ADDRESS, Ipv6Prefix.parse("2001:db8:1::/64"), MAC), BindingAuthenticator.none(), 1);
    private final SnmpService service;
    private long packetsOut = 1000;

    AskedHomeAgent(Path state, SnmpUser user, int port, List<InetSocketAddress> managers) throws IOException {
        SnmpSettings settings =
                new SnmpSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), user, managers);
        service = SnmpService.open(settings, state, MAC);
        service.serve(this);
    }

    static Ipv6Address home(int node) {
        return new Ipv6Address(ADDRESS.high(), 0x1_0000 + node);
    }

    PolledHomeAgent polled() {
        return new PolledHomeAgent(
                "home", LINK_LOCAL, new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()));
    }

    /** 100 s ago, for ten minutes. */
    synchronized void bind(int node) {
        apply(new BindingRegistered(new Binding(
                home(node),
                CARE_OF_ADDRESS,
                node & 0xffff,
                600,
                NOW.plusSeconds(500).toEpochMilli(),
                NOW.minusSeconds(100).toEpochMilli(),
                false)));
    }

    synchronized void release(int node, BindingReleased.Cause cause) {
        apply(new BindingReleased(home(node), cause));
    }

    private void apply(BindingChange change) {
        service.notifications().onChange(change, agent::binding);
        agent.apply(change);
        service.notifications().onCommitted();
    }

    synchronized void send(int packets) {
        packetsOut += packets;
    }

    @Override
    public Instant now() {
        return NOW;
    }

    @Override
    public synchronized HomeAgentFacts facts() {
        return new HomeAgentFacts(
                3,
                ADDRESS,
                LINK_LOCAL,
                0,
                1800,
                NOW,
                agent.bindingCount(),
                Map.of(),
                new HomeAgentFacts.Traffic(77, packetsOut, 0, 0, 0, Map.of()));
    }

    @Override
    public synchronized CompletableFuture<BindingSnapshot.Copy> copyBindings() {
        return CompletableFuture.completedFuture(agent.copyBindings());
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
