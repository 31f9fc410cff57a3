package dev.roost.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two home agents on one home link, of which {@code f} forwards for the mobile node that is registered at {@code p}; looked at with ping and
 * tshark. Neighbor entries stand in for proxy neighbor discovery and for the switches' rules.
 *
 * <pre>
 *   cn c0 --+
 *   p  h0 --+ link +-- r0 r r1 ---- m0 mn
 *   f  h0 --+
 *       2001:db8:1::/64     2001:db8:3::/64
 * </pre>
 */
@NeedsRoot
@Timeout(120)
class DelegatedTunnelTest {
    private static final String PRIMARY = "2001:db8:1::a";
    private static final String FORWARDER = "2001:db8:1::b";
    private static final String ROUTER = "2001:db8:1::1";
    private static final String CORRESPONDENT = "2001:db8:1::c";
    private static final String HOME_ADDRESS = "2001:db8:1::99";
    private static final String OTHER_HOME_ADDRESS = "2001:db8:1::98";
    private static final String CARE_OF_ADDRESS = "2001:db8:3::5";
    /** At both, since the forwarder puts the primary's address in front. */
    private static final TunnelBinding TUNNEL = binding(HOME_ADDRESS, false);

    private static final TunnelBinding RECEIVE_ONLY = binding(HOME_ADDRESS, true);

    private TestNetwork network;
    private HomeAgentTunnels primary;
    private HomeAgentTunnels forwarder;
    private MobileNodeTunnel mobileNode;

    @BeforeEach
    void layOut() {
        network = new TestNetwork("link", "cn", "p", "f", "r", "mn");
        network.in("link", "ip link add br0 type bridge mcast_snooping 0 && ip link set br0 up");
        attach("cn", "c0", CORRESPONDENT);
        attach("p", "h0", PRIMARY);
        attach("f", "h0", FORWARDER);
        attach("r", "r0", ROUTER);
        network.cable("r", "r1", "mn", "m0");
        network.address("r", "r1", "2001:db8:3::1/64");
        network.address("mn", "m0", CARE_OF_ADDRESS + "/64");
        network.address("mn", "lo", HOME_ADDRESS + "/128");
        network.address("mn", "lo", OTHER_HOME_ADDRESS + "/128");
        for (String forwarding : List.of("p", "f", "r")) {
            network.in(forwarding, "sysctl -qw net.ipv6.conf.all.forwarding=1");
        }
        for (String onLink : List.of("cn", "p", "f")) {
            network.in(onLink, "ip route add default via " + ROUTER);
        }
        network.in("mn", "ip route add default via 2001:db8:3::1");
        primary = network.call("p", () -> HomeAgentTunnels.open(options(), List.of(RECEIVE_ONLY)));
        forwarder = network.call("f", () -> HomeAgentTunnels.open(options(), List.of(TUNNEL)));
        mobileNode = network.call(
                "mn",
                () -> MobileNodeTunnel.open(new MobileNodeTunnel.Options(
                        "m0",
                        List.of(Ipv6Prefix.parse(HOME_ADDRESS + "/128"), Ipv6Prefix.parse(OTHER_HOME_ADDRESS + "/128")),
                        10)));
        network.run("mn", () -> mobileNode.setBindings(List.of(TUNNEL, binding(OTHER_HOME_ADDRESS, false))));
    }

    private void attach(String where, String device, String address) {
        network.cable(where, device, "link", "b-" + where);
        network.in("link", "ip link set b-" + where + " master br0");
        network.address(where, device, address + "/64");
    }

    @AfterEach
    void clear() {
        network.run("p", primary::close);
        network.run("f", forwarder::close);
        network.run("mn", mobileNode::close);
        network.close();
    }

    @Test
    void theForwarderSpeaksAndListensInThePrimarysName() {
        leadTo("f", "cn", HOME_ADDRESS);
        leadTo("f", "r", PRIMARY);
        CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> network.in(
                "mn",
                "timeout 60 tshark -l -i m0 -c 6 -f \"ip6 proto 41\" -T fields -E aggregator=, -e ipv6.src -e ipv6.dst"
                        + " -e icmpv6.type -e icmpv6.checksum.status 2>/dev/null"));
        while (!seen.isDone()) {
            network.tryIn("cn", "ping -c 1 -W 1 " + HOME_ADDRESS);
        }

        assertThat(seen.join().lines().distinct())
                .containsExactlyInAnyOrder(
                        "2001:db8:1::a,2001:db8:1::c\t2001:db8:3::5,2001:db8:1::99\t128\t1",
                        "2001:db8:3::5,2001:db8:1::99\t2001:db8:1::a,2001:db8:1::c\t129\t1");
        assertPing("cn", "-s 1412 " + HOME_ADDRESS);
        assertHandled("p", primary, 0, 0);
        assertThat(counters("f", forwarder).wrongSource()).isZero();
    }

    @Test
    void thePrimaryTakesOutWhatStillComesAndPutsNothingIn() {
        leadTo("p", "cn", HOME_ADDRESS);
        leadTo("f", "p", HOME_ADDRESS);

        assertPing("cn", "-s 1412 " + HOME_ADDRESS);
        assertHandled("p", primary, 0, 2);
        assertHandled("f", forwarder, 2, 0);
        // What the primary's own host sends goes the same way.
        assertPing("p", HOME_ADDRESS);
        assertPing("mn", "-I " + HOME_ADDRESS + " " + PRIMARY);
        assertThat(counters("p", primary).encapsulated()).isZero();
        assertThat(counters("f", forwarder).encapsulated()).isEqualTo(6);
        assertThat(network.call("p", primary::listInstalled))
                .containsExactly(Map.entry(address(HOME_ADDRESS), RECEIVE_ONLY));
    }

    @Test
    void packetTooBigReachesTheSenderFromTheForwarderAndFromTheWayThroughEitherHomeAgent() {
        leadTo("f", "cn", HOME_ADDRESS);

        assertThat(network.tryIn("cn", "ping -c 1 -W 2 -M do -s 1440 " + HOME_ADDRESS))
                .contains("From " + FORWARDER)
                .contains("Packet too big: mtu=1460");
        network.in("cn", "ip -6 route flush cache");
        network.in("r", "ip route add 2001:db8:3::5/128 dev r1 mtu 1400");
        // A router on the way knows the primary's address only.
        assertThat(network.tryIn("cn", "ping -c 1 -W 2 -M do -s 1400 " + HOME_ADDRESS))
                .contains("From " + PRIMARY)
                .contains("Packet too big: mtu=1360");
        assertThat(counters("p", primary).tooBig()).isEqualTo(1);
        network.in("cn", "ip -6 route flush cache");
        leadTo("f", "r", PRIMARY);
        assertThat(network.tryIn("cn", "ping -c 1 -W 2 -M do -s 1400 " + HOME_ADDRESS))
                .contains("From " + PRIMARY)
                .contains("Packet too big: mtu=1360");
        assertThat(counters("f", forwarder).tooBig()).isEqualTo(2);
        assertPing("cn", "-M do -s 1312 " + HOME_ADDRESS);
    }

    @Test
    void theForwarderPassesOnWhatIsTunnelledToThePrimaryAndNotForIt() {
        network.run("p", () -> primary.setBindings(List.of(binding(OTHER_HOME_ADDRESS, false))));
        leadTo("p", "cn", OTHER_HOME_ADDRESS);
        leadTo("r", "p", ROUTER); // whose own answer would go to the forwarder, too
        leadTo("f", "r", PRIMARY);

        assertPing("cn", OTHER_HOME_ADDRESS);
        // The forwarder heard of another care-of address; who is right, the primary knows.
        network.run(
                "f",
                () -> forwarder.setBindings(List.of(
                        new TunnelBinding(address(OTHER_HOME_ADDRESS), address("2001:db8:3::66"), address(PRIMARY)))));
        assertPing("cn", OTHER_HOME_ADDRESS);

        assertHandled("f", forwarder, 0, 0);
        assertThat(counters("p", primary).decapsulated()).isEqualTo(4);
        assertThat(counters("p", primary).wrongSource()).isZero();
    }

    @Test
    void losesNothingWhenDirectionsChangeUnderTraffic() {
        leadTo("p", "cn", HOME_ADDRESS);
        leadTo("f", "p", HOME_ADDRESS);
        assertPing("cn", HOME_ADDRESS);

        CompletableFuture<String> pings =
                CompletableFuture.supplyAsync(() -> network.in("cn", "ping -q -i 0.001 -c 3000 -W 5 " + HOME_ADDRESS));
        int changes = 0;
        while (!pings.isDone()) {
            TunnelBinding next = changes++ % 2 == 0 ? TUNNEL : RECEIVE_ONLY;
            network.run("p", () -> primary.setBindings(List.of(next)));
        }

        assertThat(pings.join()).contains("3000 received, 0% packet loss").doesNotContain("duplicates");
        assertThat(counters("p", primary).encapsulated()).isPositive();
        assertThat(counters("p", primary).noBinding()).isZero();
    }

    private void leadTo(String to, String from, String address) {
        String mac = network.call(
                to, () -> NetworkLink.named(homeInterface(to)).macAddress().toString());
        network.in(
                from,
                "ip neigh replace " + address + " lladdr " + mac + " dev " + homeInterface(from) + " nud permanent");
    }

    private static String homeInterface(String where) {
        return Map.of("cn", "c0", "r", "r0").getOrDefault(where, "h0");
    }

    private void assertHandled(String where, HomeAgentTunnels tunnels, long putIn, long takenOut) {
        TunnelCounters counters = counters(where, tunnels);
        assertThat(counters.encapsulated()).isEqualTo(putIn);
        assertThat(counters.decapsulated()).isEqualTo(takenOut);
        assertThat(counters.wrongSource() + counters.noBinding() + counters.refused())
                .isZero();
    }

    private TunnelCounters counters(String where, HomeAgentTunnels tunnels) {
        return network.call(where, tunnels::counters);
    }

    private void assertPing(String from, String arguments) {
        assertThat(network.tryIn(from, "ping -c 2 -i 0.1 -W 2 " + arguments)).contains(" 0% packet loss");
    }

    private static HomeAgentTunnels.Options options() {
        return new HomeAgentTunnels.Options("h0", List.of(Ipv6Prefix.parse("2001:db8:1::/64")), List.of(), 1_000);
    }

    private static TunnelBinding binding(String homeAddress, boolean receiveOnly) {
        return new TunnelBinding(address(homeAddress), address(CARE_OF_ADDRESS), address(PRIMARY), receiveOnly);
    }

    private static Ipv6Address address(String text) {
        return Ipv6Address.parse(text);
    }
}
