package dev.roost.linux;

/** Attaches eBPF programs at the entry of interfaces: tc's clsact with cls_bpf in direct-action mode, which kernels since 4.5 have. */
final class TrafficClassifier {
    private static final int RTM_NEWQDISC = 36;
    private static final int RTM_NEWTFILTER = 44;
    private static final int RTM_DELTFILTER = 45;
    private static final int CLSACT = 0xfffffff1;
    private static final int CLSACT_HANDLE = 0xffff0000;
    private static final int INGRESS = 0xfffffff2;
    private static final int ETHERTYPE_IPV6_NETWORK_ORDER = 0xdd86;
    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_BPF_FD = 6;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int DIRECT_ACTION = 1;

    private TrafficClassifier() {}

    /** Attaches {@code program} for what comes in by an interface, at once in place of what this priority held before. */
    static void attach(NetlinkSocket netlink, int interfaceIndex, int priority, String name, BpfProgram program) {
        NetlinkMessage clsact = new NetlinkMessage(
                        RTM_NEWQDISC, NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE)
                .put32(0)
                .put32(interfaceIndex)
                .put32(CLSACT_HANDLE)
                .put32(CLSACT)
                .put32(0)
                .attribute(TCA_KIND, "clsact");
        netlink.request(
                "clsact on interface " + interfaceIndex + " (kernel option CONFIG_NET_SCH_INGRESS)",
                clsact,
                LinuxCalls.EEXIST);
        NetlinkMessage filter = filter(RTM_NEWTFILTER, NetlinkMessage.CREATE, interfaceIndex, 1, priority);
        filter.attribute(TCA_KIND, "bpf");
        int options = filter.begin(TCA_OPTIONS);
        filter.attribute(TCA_BPF_FD, program.descriptor())
                .attribute(TCA_BPF_NAME, name)
                .attribute(TCA_BPF_FLAGS, DIRECT_ACTION)
                .end(options);
        netlink.request(
                "eBPF program " + name + " on interface " + interfaceIndex + " (kernel option CONFIG_NET_CLS_BPF)",
                filter);
    }

    /** Removes what a priority holds, if anything. The clsact itself stays: others may use it, and empty it costs nothing. */
    static void detach(NetlinkSocket netlink, int interfaceIndex, int priority) {
        netlink.request(
                "removing an eBPF program",
                filter(RTM_DELTFILTER, 0, interfaceIndex, 0, priority),
                LinuxCalls.ENOENT,
                LinuxCalls.EINVAL,
                LinuxCalls.ENODEV);
    }

    private static NetlinkMessage filter(int type, int flags, int interfaceIndex, int handle, int priority) {
        return new NetlinkMessage(type, NetlinkMessage.ACK | flags)
                .put32(0)
                .put32(interfaceIndex)
                .put32(handle)
                .put32(INGRESS)
                .put32(priority << 16 | ETHERTYPE_IPV6_NETWORK_ORDER);
    }
}
