package dev.roost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.roost.mobileip.Ipv6Address;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A home agent and two routers on one cable; looked at with ip. */
@NeedsRoot
@Timeout(60)
class NextHopsTest {
    private static final String ROUTER = "2001:db8:1::1";
    private static final String OTHER_ROUTER = "2001:db8:1::2";

    private TestNetwork network;

    @BeforeEach
    void layOut() {
        network = new TestNetwork("ha", "r");
        network.cable("ha", "h0", "r", "r0");
        network.address("ha", "h0", "2001:db8:1::a/64");
        network.address("r", "r0", ROUTER + "/64");
        network.address("r", "r0", OTHER_ROUTER + "/64");
        network.in("ha", "ip route add default via " + ROUTER);
        network.in("ha", "ip route add 2001:db8:4::/64 via " + OTHER_ROUTER);
    }

    @AfterEach
    void clear() {
        network.close();
    }

    @Test
    void keepsRoutersResolvedThatNobodyHasSentAnythingToYet() {
        NextHops nextHops = network.call("ha", NextHops::open);
        await().untilAsserted(
                        () -> assertThat(neighbor(ROUTER)).contains("lladdr").contains("managed"));
        assertThat(neighbor(OTHER_ROUTER)).isEmpty();

        network.run(
                "ha",
                () -> nextHops.resolve(List.of(
                        Ipv6Address.parse("2001:db8:4::5"),
                        Ipv6Address.parse("2001:db8:1::77"),
                        Ipv6Address.parse("2001:db8:3::5"))));
        await().untilAsserted(() ->
                assertThat(neighbor(OTHER_ROUTER)).contains("lladdr").contains("managed"));
        assertThat(neighbor("2001:db8:1::77")).isEmpty();

        network.run("ha", nextHops::close);
        assertThat(neighbor(ROUTER) + neighbor(OTHER_ROUTER)).contains("lladdr").doesNotContain("managed");
    }

    @Test
    void leavesAnEntryAloneThatSomebodyMadePermanent() {
        network.in("ha", "ip neigh add " + ROUTER + " lladdr 02:00:00:00:00:77 dev h0 nud permanent");

        NextHops nextHops = network.call("ha", NextHops::open);
        network.run("ha", nextHops::close);

        assertThat(neighbor(ROUTER)).contains("02:00:00:00:00:77").contains("PERMANENT");
    }

    @Test
    void doesWithoutARoute() {
        network.in("ha", "ip -6 route del default");

        NextHops nextHops = network.call("ha", NextHops::open);
        network.run("ha", nextHops::close);

        assertThat(neighbor(ROUTER)).isEmpty();
    }

    private String neighbor(String address) {
        return network.in("ha", "ip -6 neigh show " + address);
    }
}
