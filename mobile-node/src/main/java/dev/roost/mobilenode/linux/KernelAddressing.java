package dev.roost.mobilenode.linux;

import dev.roost.linux.KernelSilence;
import dev.roost.linux.MobileNodeTunnel;
import dev.roost.linux.NetworkLink;
import dev.roost.linux.Route;
import dev.roost.linux.RouteTable;
import dev.roost.linux.TunnelBinding;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobilenode.movement.Effect;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel has because of this mobile node: the care-of address on the interface, the home address there or on the loopback
 * interface, routes, the tunnel, and its silence about Mobile IPv6. Everything is taken back by {@link #close}, and leftovers of a
 * killed predecessor are removed by {@link #open}: routes are known by their owner number, addresses by what they end in.
 *
 * <p>While it is open the kernel makes no address of its own ({@link OwnAutoconfiguration}).
 */
final class KernelAddressing implements AutoCloseable {
    private static final Ipv6Prefix EVERYWHERE = new Ipv6Prefix(Ipv6Address.UNSPECIFIED, 0);
    private static final int HOST = 128;
    private static final int LINK_LOCAL_PREFIX_LENGTH = 64;

    private final NetworkLink link;
    private final NetworkLink loopback;
    private final Ipv6Address homeAddress;
    private final Ipv6Prefix homePrefix;
    private final RouteTable routes = RouteTable.open(RouteTable.OWNER_MOBILE_NODE);
    private Optional<KernelSilence> silence = Optional.empty();
    private Optional<OwnAutoconfiguration> autoconfiguration = Optional.empty();
    private boolean addedLinkLocalAddress;
    private Optional<Effect.ConfigureCareOfAddress> careOf = Optional.empty();
    private Optional<Ipv6Address> defaultRouter = Optional.empty();
    private Optional<MobileNodeTunnel> tunnel = Optional.empty();
    private boolean tunnelLost;

    private KernelAddressing(NetworkLink link, Ipv6Address homeAddress, Ipv6Prefix homePrefix) {
        this.link = link;
        this.loopback = NetworkLink.named("lo");
        this.homeAddress = homeAddress;
        this.homePrefix = homePrefix;
    }

    static KernelAddressing open(NetworkLink link, Ipv6Address homeAddress, Ipv6Prefix homePrefix) {
        KernelAddressing kernel = new KernelAddressing(link, homeAddress, homePrefix);
        boolean done = false;
        try {
            kernel.prepare();
            done = true;
            return kernel;
        } finally {
            if (!done) {
                kernel.close();
            }
        }
    }

    void configureCareOfAddress(Effect.ConfigureCareOfAddress wanted) {
        Optional<Effect.ConfigureCareOfAddress> before = careOf;
        routes.addAddress(link.index(), wanted.address(), wanted.prefixLength());
        if (wanted.onLink()) {
            addRoute(Route.onLink(Ipv6Prefix.of(wanted.address(), wanted.prefixLength()), link.index()));
        }
        careOf = Optional.of(wanted);
        before.filter(old -> !old.address().equals(wanted.address())).ifPresent(this::remove);
    }

    void removeCareOfAddress() {
        careOf.ifPresent(this::remove);
        careOf = Optional.empty();
    }

    void placeHomeAddressOnLink() {
        routes.addAddress(link.index(), homeAddress, homePrefix.length());
        addRoute(Route.onLink(homePrefix, link.index()));
        routes.removeAddresses(loopback.index(), List.of(homeAddress), HOST);
    }

    /** On the loopback interface it is an address of this host that no interface of a link answers for. */
    void placeHomeAddressOffLink() {
        routes.addAddress(loopback.index(), homeAddress, HOST);
        routes.removeAddresses(link.index(), List.of(homeAddress), homePrefix.length());
        routes.remove(List.of(Route.onLink(homePrefix, link.index())));
    }

    void useDefaultRouter(Optional<Ipv6Address> wanted) {
        defaultRouter.ifPresent(old -> routes.remove(List.of(Route.via(EVERYWHERE, link.index(), old))));
        defaultRouter = wanted;
        // Two links may each have a router of this name.
        wanted.ifPresent(router -> routes.forgetNeighbor(link.index(), router));
        wanted.ifPresent(router -> addRoute(Route.via(EVERYWHERE, link.index(), router)));
    }

    void openTunnel(Ipv6Address careOfAddress, Ipv6Address homeAgent) {
        if (tunnelLost || tunnel.isEmpty()) {
            openTunnels();
        }
        tunnel.orElseThrow().setBindings(List.of(new TunnelBinding(homeAddress, careOfAddress, homeAgent)));
    }

    void closeTunnel() {
        tunnel.ifPresent(open -> open.remove(List.of(homeAddress)));
    }

    /** The interface went down, and with it the kernel dropped its addresses and all routes by it. */
    void interfaceWentDown() {
        tunnelLost = true;
        defaultRouter = Optional.empty();
    }

    @Override
    public void close() {
        closeTunnels();
        removeAddresses();
        routes.removeAllOwned();
        routes.close();
        silence.ifPresent(KernelSilence::close);
        autoconfiguration.ifPresent(OwnAutoconfiguration::close);
    }

    private void prepare() {
        autoconfiguration = Optional.of(OwnAutoconfiguration.disable(link.name()));
        routes.removeAllOwned();
        removeAddresses();
        KernelAutoconfiguration.flush(link.name());
        silence = Optional.of(KernelSilence.open("mobile_node"));
        addedLinkLocalAddress =
                link.addresses().stream().noneMatch(address -> address.address().equals(linkLocalAddress()));
        if (addedLinkLocalAddress) {
            routes.addAddress(link.index(), linkLocalAddress(), LINK_LOCAL_PREFIX_LENGTH);
        }
        if (link.up()) {
            openTunnels();
        }
    }

    private Ipv6Address linkLocalAddress() {
        return Ipv6Address.linkLocal(link.macAddress());
    }

    /** Ours are the home address, the present care-of address and, from a predecessor, what ends in the interface's EUI-64. */
    private void removeAddresses() {
        removeCareOfAddress();
        if (addedLinkLocalAddress) {
            routes.removeAddresses(link.index(), List.of(linkLocalAddress()), LINK_LOCAL_PREFIX_LENGTH);
        }
        routes.removeAddresses(loopback.index(), List.of(homeAddress), HOST);
        long identifier = link.macAddress().interfaceIdentifier();
        for (NetworkLink.Address address : link.addresses()) {
            boolean ours = address.address().equals(homeAddress)
                    || (address.address().isRoutableUnicast()
                            && address.address().low() == identifier);
            if (ours) {
                routes.removeAddresses(link.index(), List.of(address.address()), address.prefixLength());
            }
        }
    }

    private void remove(Effect.ConfigureCareOfAddress old) {
        Ipv6Prefix prefix = Ipv6Prefix.of(old.address(), old.prefixLength());
        boolean shared = careOf.filter(present -> present.onLink() && prefix.contains(present.address()))
                .filter(present -> !present.equals(old))
                .isPresent();
        if (old.onLink() && !shared) {
            routes.remove(List.of(Route.onLink(prefix, link.index())));
        }
        routes.removeAddresses(link.index(), List.of(old.address()), old.prefixLength());
    }

    private void addRoute(Route route) {
        for (RouteTable.Refusal<Route> refusal : routes.add(List.of(route))) {
            throw refusal.why();
        }
    }

    /** In place of what a predecessor left open, or the kernel has forgotten. */
    private void openTunnels() {
        closeTunnels();
        tunnel = Optional.of(MobileNodeTunnel.open(
                new MobileNodeTunnel.Options(link.name(), List.of(Ipv6Prefix.of(homeAddress, HOST)), 1)));
    }

    private void closeTunnels() {
        tunnel.ifPresent(MobileNodeTunnel::close);
        tunnel = Optional.empty();
        tunnelLost = false;
    }
}
