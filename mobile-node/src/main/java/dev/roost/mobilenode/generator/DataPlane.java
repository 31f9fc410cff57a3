package dev.roost.mobilenode.generator;

import dev.roost.linux.MobileNodeTunnel;
import dev.roost.linux.NetworkLink;
import dev.roost.linux.Route;
import dev.roost.linux.RouteTable;
import dev.roost.linux.TunnelBinding;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobilenode.generator.GatewaySearch.Gateway;
import java.util.ArrayList;
import java.util.List;

/**
 * The nodes' tunnels in the kernel of this network namespace, so that what is sent to a home address is really answered: each home
 * address is an address of this host, and what it sends goes to its home agent in a packet from its care-of address.
 *
 * <p>Care-of addresses are not given to the kernel: {@link AnswerReader} answers for them, and the tunnel takes what comes to them.
 */
final class DataPlane implements AutoCloseable {
    private static final Ipv6Prefix EVERYWHERE = new Ipv6Prefix(Ipv6Address.UNSPECIFIED, 0);
    private static final int HOST = 128;
    /** Behind any default route that the namespace has of its own. */
    private static final int METRIC = 4096;

    private final AddressPlan plan;
    private final RouteTable routes = RouteTable.open(RouteTable.OWNER_MOBILE_NODE);
    private final MobileNodeTunnel tunnels;
    private final List<TunnelBinding> pending = new ArrayList<>();

    private DataPlane(AddressPlan plan, MobileNodeTunnel tunnels) {
        this.plan = plan;
        this.tunnels = tunnels;
    }

    static DataPlane open(AddressPlan plan, NetworkLink link, Gateway gateway) {
        DataPlane plane = new DataPlane(
                plan,
                MobileNodeTunnel.open(
                        new MobileNodeTunnel.Options(link.name(), List.of(plan.homePrefix()), plan.nodes())));
        boolean done = false;
        try {
            plane.prepare(link, gateway);
            done = true;
            return plane;
        } finally {
            if (!done) {
                plane.close();
            }
        }
    }

    private void prepare(NetworkLink link, Gateway gateway) {
        routes.removeAllOwned();
        int loopback = NetworkLink.named("lo").index();
        List<Route> wanted = new ArrayList<>();
        for (int node = 0; node < plan.nodes(); node++) {
            wanted.add(Route.local(Ipv6Prefix.of(plan.homeAddress(node), HOST), loopback));
        }
        gateway.address().ifPresent(address -> {
            if (!address.isLinkLocal()) {
                wanted.add(Route.onLink(Ipv6Prefix.of(address, HOST), link.index()));
            }
            wanted.add(Route.via(EVERYWHERE, link.index(), address).withMetric(METRIC));
        });
        for (RouteTable.Refusal<Route> refusal : routes.add(wanted)) {
            throw refusal.why();
        }
    }

    void onBound(int node, Ipv6Address homeAgent) {
        pending.add(new TunnelBinding(plan.homeAddress(node), plan.careOfAddress(node), homeAgent));
    }

    void onReleased(int node) {
        flush();
        tunnels.remove(List.of(plan.homeAddress(node)));
    }

    /** Gives the kernel what has come up since the last time. */
    void flush() {
        if (!pending.isEmpty()) {
            tunnels.setBindings(pending);
            pending.clear();
        }
    }

    @Override
    public void close() {
        tunnels.close();
        routes.removeAllOwned();
        routes.close();
    }
}
