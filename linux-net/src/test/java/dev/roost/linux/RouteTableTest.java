package dev.roost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Routes, rules, addresses, neighbors and settings, compared with what ip(8) and sysctl(8) say. */
@NeedsRoot
@Timeout(60)
class RouteTableTest {
    private static final Ipv6Address GATEWAY = Ipv6Address.parse("2001:db8:1::1");

    private TestNetwork network;
    private RouteTable table;
    private int index;
    private int loopback;

    @BeforeEach
    void open() {
        network = new TestNetwork("a", "b");
        network.cable("a", "a0", "b", "b0");
        network.address("a", "a0", "2001:db8:1::2/64");
        table = network.call("a", () -> RouteTable.open(RouteTable.OWNER_HOME_AGENT));
        index = network.call("a", () -> NetworkLink.named("a0").index());
        loopback = network.call("a", () -> NetworkLink.named("lo").index());
    }

    @AfterEach
    void close() {
        table.close();
        network.close();
    }

    @Test
    void installsRoutesThatItFindsAgain() {
        List<Route> routes = List.of(
                Route.onLink(prefix("2001:db8:2::/64"), index).withMetric(7),
                Route.via(prefix("2001:db8:3::1/128"), index, GATEWAY).withMtu(1_400),
                Route.via(prefix("::/0"), index, GATEWAY).withTable(1_000),
                Route.local(prefix("2001:db8:4::/64"), loopback));

        assertThat(table.add(routes)).isEmpty();

        assertThat(network.in("a", "ip -6 route show table all proto 82"))
                .contains("2001:db8:2::/64 dev a0 metric 7")
                .contains("2001:db8:3::1 via 2001:db8:1::1 dev a0 metric 1024 mtu 1400")
                .contains("default via 2001:db8:1::1 dev a0 table 1000")
                .contains("local 2001:db8:4::/64 dev lo table local");
        assertThat(table.installedRoutes()).containsExactlyInAnyOrderElementsOf(routes);
    }

    @Test
    void reconcileTouchesOnlyWhatDiffersAndNothingOfOthers() {
        network.in("a", "ip -6 route add 2001:db8:77::/64 dev a0");
        Route kept = Route.onLink(prefix("2001:db8:2::/64"), index);
        Route surplus = Route.onLink(prefix("2001:db8:3::/64"), index);
        Route missing = Route.onLink(prefix("2001:db8:4::/64"), index);
        table.add(List.of(kept, surplus));

        assertThat(table.reconcile(List.of(kept, missing))).isEmpty();

        assertThat(table.installedRoutes()).containsExactlyInAnyOrder(kept, missing);
        assertThat(network.in("a", "ip -6 route")).contains("2001:db8:77::/64");

        table.removeAllOwned();

        assertThat(table.installedRoutes()).isEmpty();
        assertThat(network.in("a", "ip -6 route")).contains("2001:db8:77::/64");
    }

    @Test
    void oneRefusedRouteHoldsUpNoOther() {
        List<Route> routes = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            routes.add(Route.onLink(RouteTable.host(new Ipv6Address(0x2001_0db8_0002_0000L, i)), index));
        }
        Route bad = Route.onLink(prefix("2001:db8:3::/64"), 4_711);
        routes.add(50, bad);

        List<RouteTable.Refusal<Route>> refused = table.add(routes);

        assertThat(refused).singleElement().satisfies(refusal -> {
            assertThat(refusal.what()).isEqualTo(bad);
            assertThat(refusal.why()).hasMessageContaining("no such device");
        });
        assertThat(table.installedRoutes()).hasSize(100);
    }

    @Test
    void installsAndRemovesTensOfThousandsOfRoutes() {
        List<Route> routes = new ArrayList<>();
        for (int i = 1; i <= 20_000; i++) {
            routes.add(Route.via(RouteTable.host(new Ipv6Address(0x2001_0db8_0002_0000L, i)), index, GATEWAY));
        }

        assertThat(table.add(routes)).isEmpty();
        assertThat(table.installedRoutes()).hasSize(20_000);
        assertThat(table.remove(routes)).isEmpty();
        assertThat(table.remove(routes)).as("removing what is not there").isEmpty();

        assertThat(table.installedRoutes()).isEmpty();
    }

    @Test
    void installsRulesThatItFindsAgain() {
        List<RoutingRule> rules = List.of(
                RoutingRule.from(100, prefix("2001:db8:1::99/128"), 1_000),
                RoutingRule.forOwnPackets(101, 1_001),
                RoutingRule.forMark(102, 0x52, 1_002));
        rules.forEach(table::addRule);
        rules.forEach(table::addRule); // there already: no matter

        assertThat(network.in("a", "ip -6 rule"))
                .contains("100:\tfrom 2001:db8:1::99 lookup 1000 proto 82")
                .contains("101:\tfrom all iif lo lookup 1001 proto 82")
                .contains("102:\tfrom all fwmark 0x52 lookup 1002 proto 82");
        assertThat(table.installedRules()).containsExactlyElementsOf(rules);
        assertThat(table.foreignRules()).isEmpty();
        network.in("a", "ip -6 rule add pref 50 from 2001:db8:9::/64 lookup 9");
        assertThat(table.foreignRules()).hasSize(1);

        table.removeAllOwned();

        assertThat(network.in("a", "ip -6 rule"))
                .contains("from 2001:db8:9::/64")
                .doesNotContain("proto 82");
    }

    @Test
    void addsAddressesThatAreUsableAtOnceAndBringNoRoute() {
        List<Ipv6Address> addresses = new ArrayList<>();
        for (int i = 0x100; i < 0x180; i++) {
            addresses.add(new Ipv6Address(0x2001_0db8_0005_0000L, i));
        }
        assertThat(table.addAddresses(index, addresses, 64)).isEmpty();
        table.addAddress(index, addresses.get(0), 64); // there already: no matter

        assertThat(network.in("a", "ip -6 addr show dev a0"))
                .contains("inet6 2001:db8:5::100/64 scope global nodad noprefixroute");
        assertThat(network.in("a", "ip -6 route")).doesNotContain("2001:db8:5::");
        assertThat(network.call("a", () -> NetworkLink.named("a0").addresses()))
                .contains(new NetworkLink.Address(addresses.get(0), 64, false, false))
                .hasSize(addresses.size() + 2); // and those of the link and of the set-up

        assertThat(table.removeAddresses(index, addresses, 64)).isEmpty();
        assertThat(table.removeAddresses(index, addresses, 64)).isEmpty();
        assertThat(network.in("a", "ip -6 addr show dev a0")).doesNotContain("2001:db8:5:");
    }

    @Test
    void setsAndForgetsNeighbors() {
        table.setNeighbor(index, GATEWAY, MacAddress.parse("02:00:00:00:00:42"));
        assertThat(network.in("a", "ip -6 neigh")).contains("2001:db8:1::1 dev a0 lladdr 02:00:00:00:00:42 PERMANENT");

        table.forgetNeighbor(index, GATEWAY);
        table.forgetNeighbor(index, GATEWAY);
        assertThat(network.in("a", "ip -6 neigh")).doesNotContain("2001:db8:1::1 dev a0 lladdr");
    }

    @Test
    void describesInterfaces() {
        network.in("a", "ip link set a0 mtu 1400");
        NetworkLink link = network.call("a", () -> NetworkLink.named("a0"));

        assertThat(network.in("a", "ip -o link show a0")).contains(link.macAddress() + " brd");
        assertThat(link)
                .extracting(NetworkLink::mtu, NetworkLink::up, NetworkLink::running, NetworkLink::ethernet)
                .containsExactly(1_400, true, true, true);
        assertThat(network.call("a", () -> NetworkLink.named("lo").ethernet())).isFalse();
        assertThat(network.call("a", () -> NetworkLink.find("none"))).isEmpty();
        assertThat(NetworkLink.smallestMtu(List.of(link))).isEqualTo(OptionalInt.of(1_400));
    }

    @Test
    void settingsAreRestored() {
        String all = "net.ipv6.conf.all.forwarding net.ipv6.conf.a0.forwarding net.ipv6.conf.a0.accept_ra";
        String before = network.in("a", "sysctl " + all);

        String during = network.call("a", () -> {
            try (Sysctls settings = new Sysctls()) {
                settings.enableForwarding("a0");
                settings.set("ipv6/conf/a0/accept_ra", 0);
                settings.set("ipv6/conf/a0/accept_ra", 2);
                return TestNetwork.sh("sysctl " + all);
            }
        });

        assertThat(during.lines()).allMatch(line -> line.matches(".*forwarding = 1|.*accept_ra = 2"));
        assertThat(network.in("a", "sysctl " + all)).isEqualTo(before);
        assertThatThrownBy(() -> network.run("a", () -> {
                    try (Sysctls settings = new Sysctls()) {
                        settings.set("ipv6/conf/none/forwarding", 1);
                    }
                }))
                .hasMessageContaining("kernel setting net/ipv6/conf/none/forwarding: cannot be read");
    }

    private static Ipv6Prefix prefix(String text) {
        return Ipv6Prefix.parse(text);
    }
}
