package dev.roost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Both ends of the tunnels on the real kernel, looked at with ping, tshark, ip and tc.
 *
 * <pre>
 *   cn c0 ---- h0 ha h1 ---- r0 r r1 ---- m0 mn
 *   2001:db8:1::/64     2001:db8:9::/64   2001:db8:3::/64
 * </pre>
 */
@NeedsRoot
@Timeout(120)
class TunnelTest {
    private static final String HOME_AGENT = "2001:db8:1::a";
    private static final String CORRESPONDENT = "2001:db8:1::c";
    private static final String HOME_ADDRESS = "2001:db8:1::99";
    private static final String CARE_OF_ADDRESS = "2001:db8:3::5";
    private static final TunnelBinding BINDING = binding(HOME_ADDRESS, CARE_OF_ADDRESS);

    private TestNetwork network;
    private HomeAgentTunnels homeAgent;
    private MobileNodeTunnel mobileNode;

    @BeforeEach
    void layOut() {
        network = new TestNetwork("cn", "ha", "r", "mn");
        network.cable("cn", "c0", "ha", "h0");
        network.cable("ha", "h1", "r", "r0");
        network.cable("r", "r1", "mn", "m0");
        network.address("cn", "c0", CORRESPONDENT + "/64");
        network.address("ha", "h0", HOME_AGENT + "/64");
        network.address("ha", "h1", "2001:db8:9::1/64");
        network.address("r", "r0", "2001:db8:9::2/64");
        network.address("r", "r1", "2001:db8:3::1/64");
        network.address("mn", "m0", CARE_OF_ADDRESS + "/64");
        network.address("mn", "lo", HOME_ADDRESS + "/128");
        network.in("ha", "sysctl -qw net.ipv6.conf.all.forwarding=1");
        network.in("r", "sysctl -qw net.ipv6.conf.all.forwarding=1");
        network.in("cn", "ip route add default via " + HOME_AGENT);
        network.in("ha", "ip route add default via 2001:db8:9::2");
        network.in("r", "ip route add default via 2001:db8:9::1");
        network.in("mn", "ip route add default via 2001:db8:3::1");
        // What the home agent's proxy neighbor discovery brings about.
        network.in("cn", "ip neigh add " + HOME_ADDRESS + " lladdr " + mac("ha", "h0") + " dev c0 nud permanent");
        homeAgent = network.call("ha", () -> HomeAgentTunnels.open(homeAgentOptions(1_000), List.of(BINDING)));
        mobileNode = network.call("mn", () -> MobileNodeTunnel.open(mobileNodeOptions(HOME_ADDRESS + "/128")));
        network.run("mn", () -> mobileNode.setBindings(List.of(BINDING)));
    }

    @AfterEach
    void clear() {
        network.run("ha", homeAgent::close);
        network.run("mn", mobileNode::close);
        network.close();
    }

    @Test
    void carriesPacketsOfEverySizeThatFitsBothWays() {
        for (int size : new int[] {0, 1, 56, 1_412}) {
            assertPing("cn", "-s " + size + " " + HOME_ADDRESS);
            assertPing("mn", "-s " + size + " -I " + HOME_ADDRESS + " " + CORRESPONDENT);
        }
        // Outer, inner and echo header are 88 octets, and each size goes both ways four times.
        long octets = 4 * (4 * 88 + 1 + 56 + 1_412);
        assertThat(network.call("ha", homeAgent::counters))
                .isEqualTo(new TunnelCounters(16, 16, 0, 0, 0, 0, octets, octets));
    }

    @Test
    void isPlainIpv6InIpv6BetweenCareOfAddressAndHomeAgent() {
        CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> network.in(
                "r",
                "timeout 60 tshark -l -i r0 -c 6 -f \"ip6 proto 41\" -T fields -E aggregator=, -e ipv6.src -e ipv6.dst"
                        + " -e ipv6.nxt -e icmpv6.type -e icmpv6.checksum.status 2>/dev/null"));
        // tshark takes its time to start, seconds on a machine that never ran it.
        while (!seen.isDone()) {
            network.tryIn("cn", "ping -c 1 -W 1 " + HOME_ADDRESS);
        }

        assertThat(seen.join().lines().distinct())
                .containsExactlyInAnyOrder(
                        "2001:db8:1::a,2001:db8:1::c\t2001:db8:3::5,2001:db8:1::99\t41,58\t128\t1",
                        "2001:db8:3::5,2001:db8:1::99\t2001:db8:1::a,2001:db8:1::c\t41,58\t129\t1");
    }

    @Test
    void carriesWhatTheHomeAgentItselfSendsAndReceives() {
        assertPing("ha", HOME_ADDRESS);
        assertPing("mn", "-I " + HOME_ADDRESS + " " + HOME_AGENT);
        assertPing("ha", CORRESPONDENT);
    }

    @Test
    void answersPacketsTooBigForTheTunnelWithItsMtu() {
        String said = network.tryIn("cn", "ping -c 1 -W 2 -M do -s 1440 " + HOME_ADDRESS);

        assertThat(said).contains("From " + HOME_AGENT).contains("Packet too big: mtu=1460");
        assertThat(network.call("ha", homeAgent::counters).tooBig()).isEqualTo(1);
        // The mobile node's own kernel knows without asking.
        assertThat(network.tryIn("mn", "ping -c 1 -W 2 -M do -s 1440 -I " + HOME_ADDRESS + " " + CORRESPONDENT))
                .contains("mtu: 1460");
        // A packet that just fits.
        assertPing("cn", "-M do -s 1412 " + HOME_ADDRESS);
    }

    @Test
    void dropsTunnelledPacketsFromAnyOtherSource() {
        sendFromRouter(tunnelled("2001:db8:3::66", HOME_AGENT, HOME_ADDRESS));
        sendFromRouter(tunnelled("2001:db8:3::66", HOME_AGENT, "2001:db8:1::77"));
        sendFromRouter(tunnelled(CARE_OF_ADDRESS, "2001:db8:9::1", HOME_ADDRESS));

        assertThat(network.call("ha", homeAgent::counters))
                .usingRecursiveComparison()
                .ignoringFields("octetsEncapsulated", "octetsDecapsulated")
                .isEqualTo(new TunnelCounters(0, 0, 2, 1, 0, 0, 0, 0));

        sendFromRouter(tunnelled(CARE_OF_ADDRESS, HOME_AGENT, HOME_ADDRESS));

        assertThat(network.call("ha", homeAgent::counters).decapsulated()).isEqualTo(1);
    }

    @Test
    void mobileNodeTakesNothingButFromItsHomeAgent() {
        network.run(
                "mn",
                () -> mobileNode.setBindings(List.of(
                        new TunnelBinding(address(HOME_ADDRESS), address(CARE_OF_ADDRESS), address("2001:db8:1::b")))));

        assertThat(network.tryIn("cn", "ping -c 1 -W 1 " + HOME_ADDRESS)).contains("100% packet loss");

        assertThat(network.call("mn", mobileNode::counters).wrongSource()).isEqualTo(1);
    }

    @Test
    void letsNothingOutOfATunnelThatCouldPassForAPacketOfTheLink() {
        String neighborAdvertisement = "88 00 0000 20000000 20010db8000100000000000000000077 0201 020000000001";
        ByteBuffer forged = TestPackets.icmpV6(HOME_ADDRESS, HOME_AGENT, 255, neighborAdvertisement);
        network.in("ha", "ip neigh add 2001:db8:1::77 lladdr 02:00:00:00:00:77 dev h0 nud stale");

        sendFromRouter(TestPackets.ipv6(CARE_OF_ADDRESS, HOME_AGENT, 41, 64, forged));
        for (String inner : new String[] {"ff02::1", "fe80::1"}) {
            ByteBuffer echo = TestPackets.echoRequest(HOME_ADDRESS, inner, 64);
            sendFromRouter(TestPackets.ipv6(CARE_OF_ADDRESS, HOME_AGENT, 41, 64, echo));
        }

        assertThat(network.call("ha", homeAgent::counters))
                .usingRecursiveComparison()
                .ignoringFields("octetsEncapsulated", "octetsDecapsulated")
                .isEqualTo(new TunnelCounters(0, 1, 0, 0, 0, 2, 0, 0));
        assertThat(network.in("ha", "ip neigh show 2001:db8:1::77")).contains("02:00:00:00:00:77");
    }

    @Test
    void leavesNeighborDiscoveryForTheHomeAddressToTheHomeAgent() {
        String solicitation = "87 00 0000 00000000 20010db8000100000000000000000099 0101 020000000001";

        try (PacketSocket daemon = network.call(
                "ha", () -> PacketSocket.open(NetworkLink.named("h0").index(), PacketFilter.icmpV6(135)))) {
            for (String asking : new String[] {CORRESPONDENT, "fe80::7"}) {
                send("cn", "c0", mac("ha", "h0"), TestPackets.icmpV6(asking, HOME_ADDRESS, 255, solicitation));
                assertThat(daemon.receive((from, frame) -> {}, Duration.ofSeconds(10)))
                        .as(asking)
                        .isEqualTo(1);
            }
        }

        assertThat(network.call("ha", homeAgent::counters))
                .usingRecursiveComparison()
                .isEqualTo(new TunnelCounters(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(network.in("ha", "cat /proc/net/snmp6")).containsPattern("Icmp6OutDestUnreachs\\s+0\\s");
    }

    @Test
    void takesPacketsFromOneMobileNodeToAnotherOutOfOneTunnelIntoTheNext() {
        network.run("ha", () -> homeAgent.setBindings(List.of(binding("2001:db8:1::98", "2001:db8:3::7"))));
        ByteBuffer echo = TestPackets.echoRequest(HOME_ADDRESS, "2001:db8:1::98", 64);

        sendFromRouter(TestPackets.ipv6(CARE_OF_ADDRESS, HOME_AGENT, 41, 64, echo));

        assertThat(network.call("ha", homeAgent::counters))
                .usingRecursiveComparison()
                .ignoringFields("octetsEncapsulated", "octetsDecapsulated")
                .isEqualTo(new TunnelCounters(1, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void followsTheMobileNodeToANewCareOfAddress() {
        network.address("mn", "m0", "2001:db8:3::6/64");
        TunnelBinding moved = binding(HOME_ADDRESS, "2001:db8:3::6");

        network.run("mn", () -> mobileNode.setBindings(List.of(moved)));
        network.run("ha", () -> homeAgent.setBindings(List.of(moved)));

        assertPing("cn", HOME_ADDRESS);
        assertThat(network.call("ha", homeAgent::listInstalled))
                .containsExactly(java.util.Map.entry(moved.homeAddress(), moved));
        assertThat(network.call("mn", mobileNode::listInstalled))
                .containsExactly(java.util.Map.entry(moved.homeAddress(), moved));
    }

    @Test
    void routesAsUsualOnceTheMobileNodeIsHome() {
        assertThat(network.in("mn", "ip -6 rule")).contains("from 2001:db8:1::99 lookup 5203");

        network.run("mn", () -> mobileNode.remove(List.of(address(HOME_ADDRESS))));
        network.run("ha", () -> homeAgent.remove(List.of(address(HOME_ADDRESS))));

        assertThat(network.in("mn", "ip -6 rule")).doesNotContain("5203");
        assertThat(network.tryIn("cn", "ping -c 1 -W 1 " + HOME_ADDRESS)).contains("100% packet loss");
        assertThat(network.call("ha", homeAgent::counters).encapsulated()).isZero();
    }

    @Test
    void heedsRoutingRulesOfOthers() {
        network.run("ha", homeAgent::close);
        network.in("ha", "ip -6 rule add pref 100 to 2001:db8:3::/64 lookup 100");
        network.in("ha", "ip -6 route add unreachable default table 100");
        homeAgent = network.call("ha", () -> HomeAgentTunnels.open(homeAgentOptions(1_000), List.of(BINDING)));

        assertThat(network.tryIn("cn", "ping -c 1 -W 1 " + HOME_ADDRESS)).contains("100% packet loss");
        network.in("ha", "ip -6 route replace default via 2001:db8:9::2 table 100");
        assertPing("cn", HOME_ADDRESS);
    }

    @Test
    void carriesStreamsThatInterfacesCutAndPutTogether() throws Exception {
        assertThat(transfer("cn", CORRESPONDENT, "mn", HOME_ADDRESS)).isEqualTo(STREAM_BYTES);
        assertThat(transfer("mn", HOME_ADDRESS, "cn", CORRESPONDENT)).isEqualTo(STREAM_BYTES);
    }

    @Test
    void closingLeavesNothing() {
        String used = stateOf("ha") + stateOf("mn");
        network.run("ha", homeAgent::close);
        network.run("mn", mobileNode::close);
        String closed = stateOf("ha") + stateOf("mn");
        homeAgent = network.call("ha", () -> HomeAgentTunnels.open(homeAgentOptions(1_000), List.of()));
        mobileNode = network.call("mn", () -> MobileNodeTunnel.open(mobileNodeOptions(HOME_ADDRESS + "/128")));

        assertThat(used).contains("roost_ha", "roost_mn", "lookup 5201", "lookup 5202", "lookup 5203");
        assertThat(closed).doesNotContain("roost").doesNotContain("520");
    }

    @Test
    void replacesWhatAKilledPredecessorLeft() {
        // Nobody closes the first one's things in the kernel, as if it had been killed.
        HomeAgentTunnels first = homeAgent;
        homeAgent = network.call(
                "ha",
                () -> HomeAgentTunnels.open(
                        new HomeAgentTunnels.Options("h0", List.of(), List.of("h1"), 10), List.of(BINDING)));

        assertPing("cn", HOME_ADDRESS);
        assertThat(network.call("ha", homeAgent::counters).encapsulated()).isEqualTo(2);
        assertThat(network.call("ha", first::counters).encapsulated()).isZero();
        assertThat(network.in("ha", "ip -6 route show table 5202 || true")).doesNotContain("2001:db8:1::/64");
        network.run("ha", homeAgent::close);
        assertThat(stateOf("ha")).doesNotContain("roost").doesNotContain("520");
        homeAgent = first;
    }

    @Test
    void playsManyMobileNodesInOneNamespace() {
        network.run("mn", mobileNode::close);
        // Every address of these ranges is the mobile nodes' own; the router finds all care-of addresses behind one.
        network.in("mn", "ip route add local 2001:db8:1::1:0/112 dev lo");
        network.in("mn", "ip route add local 2001:db8:3::1:0/112 dev lo");
        network.in("mn", "sysctl -qw net.ipv6.ip_nonlocal_bind=1");
        network.in("r", "ip route add 2001:db8:3::1:0/112 via " + CARE_OF_ADDRESS);
        network.in("cn", "ip route add 2001:db8:1::1:0/112 via " + HOME_AGENT);
        List<TunnelBinding> many = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            many.add(binding("2001:db8:1::1:" + Integer.toHexString(i), "2001:db8:3::1:" + Integer.toHexString(i)));
        }
        mobileNode = network.call("mn", () -> MobileNodeTunnel.open(mobileNodeOptions("2001:db8:1::1:0/112")));
        network.run("mn", () -> mobileNode.setBindings(many));
        network.run("ha", () -> homeAgent.setBindings(many));

        assertPing("cn", "2001:db8:1::1:1");
        assertPing("cn", "2001:db8:1::1:1f4");
        assertPing("mn", "-I 2001:db8:1::1:77 " + CORRESPONDENT);
        assertThat(network.tryIn("mn", "ping -c 1 -W 1 -I 2001:db8:1::1:1f5 " + CORRESPONDENT))
                .contains("100% packet loss");
        assertThat(network.call("mn", mobileNode::counters).noBinding()).isEqualTo(1);
    }

    @Test
    void setsAHundredThousandBindingsInSeconds() {
        List<TunnelBinding> many = BenchFrames.bindings(100_000, new SplittableRandom(7));
        network.run("ha", homeAgent::close);
        homeAgent = network.call("ha", () -> HomeAgentTunnels.open(homeAgentOptions(100_000), List.of()));

        long start = System.nanoTime();
        network.run("ha", () -> homeAgent.setBindings(many));
        long millis = (System.nanoTime() - start) / 1_000_000;

        System.out.println("100000 bindings set in " + millis + " ms");
        assertThat(millis).isLessThan(5_000);
        assertThat(Set.copyOf(network.call("ha", homeAgent::listInstalled).values())
                        .equals(Set.copyOf(many)))
                .isTrue();

        network.run(
                "ha",
                () -> homeAgent.remove(
                        many.stream().map(TunnelBinding::homeAddress).toList()));

        assertThat(network.call("ha", homeAgent::listInstalled)).isEmpty();
    }

    @Test
    void refusesMoreBindingsThanItWasOpenedFor() {
        network.run("mn", () -> mobileNode.remove(List.of(address("2001:db8:1::1234")))); // not there: no matter
        List<TunnelBinding> many = BenchFrames.bindings(20_000, new SplittableRandom(7));

        assertThatThrownBy(() -> network.run("ha", () -> homeAgent.setBindings(many)))
                .isInstanceOf(LinuxException.class)
                .hasMessage("adding tunnels: there are 1000, the most that were asked for");
    }

    @Test
    void givesNoTunnelToAnAddressOfTheHomeAgentItself() {
        network.run("ha", () -> homeAgent.setBindings(List.of(binding("2001:db8:9::1", CARE_OF_ADDRESS), BINDING)));

        assertThat(network.call("ha", homeAgent::listInstalled)).containsOnlyKeys(address(HOME_ADDRESS));
        assertPing("cn", "2001:db8:9::1");
    }

    @Test
    void passesPacketTooBigFromTheWayOnToWhoSentThePacket() {
        network.in("r", "ip route add 2001:db8:3::5/128 dev r1 mtu 1400");
        network.in("r", "ip route add 2001:db8:1::/64 via 2001:db8:9::1 mtu 1390");

        String towards = network.tryIn("cn", "ping -c 1 -W 2 -M do -s 1400 " + HOME_ADDRESS);
        String from = network.tryIn("mn", "ping -c 1 -W 2 -M do -s 1400 -I " + HOME_ADDRESS + " " + CORRESPONDENT);

        assertThat(towards).contains("From " + HOME_AGENT).contains("Packet too big: mtu=1360");
        assertThat(from).contains("From " + CARE_OF_ADDRESS).contains("mtu=1390");
        assertThat(network.tryIn("mn", "ping -c 1 -W 2 -M do -s 1303 -I " + HOME_ADDRESS + " " + CORRESPONDENT))
                .contains("mtu: 1350");
        assertPing("cn", "-M do -s 1312 " + HOME_ADDRESS);
        assertPing("mn", "-M do -s 1302 -I " + HOME_ADDRESS + " " + CORRESPONDENT);
        assertThat(network.call("ha", homeAgent::counters).tooBig()).isEqualTo(1);
    }

    @Test
    void namesTheInterfaceThatIsNotThere() {
        assertThatThrownBy(() -> network.call(
                        "cn",
                        () -> HomeAgentTunnels.open(
                                new HomeAgentTunnels.Options("eth7", List.of(), List.of(), 10), List.of())))
                .hasMessage("interface eth7: no such interface; there are lo, c0");
    }

    private static final long STREAM_BYTES = 20_000_000;

    private long transfer(String from, String fromAddress, String to, String toAddress) throws Exception {
        ServerSocket server = network.call(to, () -> {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getByName(toAddress), 7_777));
            return socket;
        });
        CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> {
            try (Socket socket = server.accept();
                    InputStream in = socket.getInputStream()) {
                return in.transferTo(OutputStream.nullOutputStream());
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        network.call(from, () -> {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(InetAddress.getByName(fromAddress), 0));
                socket.connect(new InetSocketAddress(InetAddress.getByName(toAddress), 7_777), 5_000);
                byte[] block = new byte[1_000_000];
                for (long sent = 0; sent < STREAM_BYTES; sent += block.length) {
                    socket.getOutputStream().write(block);
                }
            }
            return true;
        });
        try (server) {
            return received.get(30, TimeUnit.SECONDS);
        }
    }

    private void assertPing(String from, String arguments) {
        assertThat(network.tryIn(from, "ping -c 2 -i 0.1 -W 2 " + arguments)).contains(" 0% packet loss");
    }

    private ByteBuffer tunnelled(String outerSource, String outerDestination, String innerSource) {
        return TestPackets.ipv6(
                outerSource, outerDestination, 41, 64, TestPackets.echoRequest(innerSource, CORRESPONDENT, 64));
    }

    private void sendFromRouter(ByteBuffer packet) {
        send("r", "r0", mac("ha", "h1"), packet);
    }

    private void send(String from, String device, MacAddress to, ByteBuffer packet) {
        network.run(from, () -> {
            try (PacketSocket socket =
                    PacketSocket.open(NetworkLink.named(device).index(), PacketFilter.icmpV6(1))) {
                socket.send(TestPackets.frame(to, packet));
                assertThat(socket.statistics().sent()).isEqualTo(1);
            }
        });
    }

    private MacAddress mac(String where, String device) {
        return network.call(where, () -> NetworkLink.named(device).macAddress());
    }

    private String stateOf(String where) {
        StringBuilder state = new StringBuilder();
        for (String command : List.of("ip -6 rule", "ip -6 route show table all", "nft list ruleset")) {
            state.append(network.in(where, command));
        }
        for (String device : where.equals("ha") ? List.of("h0", "h1") : List.of("m0")) {
            state.append(network.tryIn(where, "tc filter show dev " + device + " ingress 2>&1"));
        }
        return state.toString();
    }

    private static HomeAgentTunnels.Options homeAgentOptions(int maxBindings) {
        return new HomeAgentTunnels.Options(
                "h0", List.of(Ipv6Prefix.parse("2001:db8:1::/64")), List.of("h1"), maxBindings);
    }

    private static MobileNodeTunnel.Options mobileNodeOptions(String homeAddresses) {
        return new MobileNodeTunnel.Options("m0", List.of(Ipv6Prefix.parse(homeAddresses)), 1_000);
    }

    private static TunnelBinding binding(String homeAddress, String careOfAddress) {
        return new TunnelBinding(address(homeAddress), address(careOfAddress), address(HOME_AGENT));
    }

    private static Ipv6Address address(String text) {
        return Ipv6Address.parse(text);
    }
}
