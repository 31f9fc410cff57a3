package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An interface of the network namespace of the thread that asks, as it was then.
 *
 * @param up set up by its administrator
 * @param running up and with a carrier
 * @param ethernet whether frames have Ethernet headers; packet sockets and tunnels need them
 */
public record NetworkLink(
        int index, String name, MacAddress macAddress, int mtu, boolean up, boolean running, boolean ethernet) {
    /** An address of an interface; {@code tentative} while duplicate address detection is under way. */
    public record Address(Ipv6Address address, int prefixLength, boolean tentative, boolean duplicate) {}

    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_GETADDR = 22;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_DADFAILED = 0x08;
    private static final int IFA_F_TENTATIVE = 0x40;
    private static final int ARPHRD_ETHER = 1;
    private static final int IFF_UP = 0x1;
    private static final int IFF_RUNNING = 0x40;

    /** All interfaces. */
    public static List<NetworkLink> all() {
        List<NetworkLink> links = new ArrayList<>();
        try (NetlinkSocket netlink = new NetlinkSocket()) {
            NetlinkMessage request = new NetlinkMessage(RTM_GETLINK, NetlinkMessage.DUMP)
                    .put32(0)
                    .put32(0)
                    .put32(0)
                    .put32(0);
            netlink.dump("listing interfaces", request, entry -> links.add(read(entry.payload())));
        }
        return links;
    }

    /** Throws a {@link LinuxException} that names the interfaces that do exist if there is none of this name. */
    public static NetworkLink named(String name) {
        List<NetworkLink> links = all();
        return find(links, name)
                .orElseThrow(() -> new LinuxException(
                        "interface " + name,
                        "no such interface; there are "
                                + String.join(
                                        ", ",
                                        links.stream().map(NetworkLink::name).toList()),
                        LinuxCalls.ENODEV));
    }

    public static Optional<NetworkLink> find(String name) {
        return find(all(), name);
    }

    /** The IPv6 addresses that this interface has now. */
    public List<Address> addresses() {
        return addresses(index);
    }

    /** The IPv6 addresses that all interfaces have now. */
    static List<Address> allAddresses() {
        return addresses(0);
    }

    /** @param wanted index of the interface, 0 for all */
    private static List<Address> addresses(int wanted) {
        List<Address> addresses = new ArrayList<>();
        try (NetlinkSocket netlink = new NetlinkSocket()) {
            NetlinkMessage request = new NetlinkMessage(RTM_GETADDR, NetlinkMessage.DUMP)
                    .put8(RouteMessages.AF_INET6)
                    .put8(0)
                    .put16(0)
                    .put32(0);
            netlink.dump("listing addresses", request, entry -> {
                if (wanted == 0 || entry.payload().getInt(4) == wanted) {
                    addresses.add(readAddress(entry.payload()));
                }
            });
        }
        return addresses;
    }

    static NetworkLink read(ByteBuffer in) {
        Map<Integer, ByteBuffer> attributes = RouteReader.attributesFrom(in, 16);
        ByteBuffer mac = attributes.get(IFLA_ADDRESS);
        ByteBuffer name = attributes.get(IFLA_IFNAME);
        ByteBuffer mtu = attributes.get(IFLA_MTU);
        int flags = in.getInt(8);
        return new NetworkLink(
                in.getInt(4),
                name == null ? "" : RouteReader.text(name),
                mac == null || mac.limit() != MacAddress.LENGTH
                        ? new MacAddress(0)
                        : MacAddress.fromBytes(mac.duplicate().order(ByteOrder.BIG_ENDIAN)),
                mtu == null ? 0 : mtu.getInt(0),
                (flags & IFF_UP) != 0,
                (flags & IFF_RUNNING) != 0,
                (in.getShort(2) & 0xffff) == ARPHRD_ETHER);
    }

    private static Address readAddress(ByteBuffer in) {
        Map<Integer, ByteBuffer> attributes = RouteReader.attributesFrom(in, 8);
        ByteBuffer address = attributes.get(IFA_ADDRESS);
        ByteBuffer longFlags = attributes.get(IFA_FLAGS);
        int flags = longFlags == null ? in.get(2) & 0xff : longFlags.getInt(0);
        return new Address(
                address == null
                        ? Ipv6Address.UNSPECIFIED
                        : Ipv6Address.fromBytes(address.duplicate().order(ByteOrder.BIG_ENDIAN)),
                in.get(1) & 0xff,
                (flags & IFA_F_TENTATIVE) != 0,
                (flags & IFA_F_DADFAILED) != 0);
    }

    private static Optional<NetworkLink> find(List<NetworkLink> links, String name) {
        return links.stream().filter(link -> link.name.equals(name)).findFirst();
    }

    /** The smallest of some interfaces' MTUs. */
    static OptionalInt smallestMtu(List<NetworkLink> links) {
        return links.stream().mapToInt(NetworkLink::mtu).min();
    }
}
