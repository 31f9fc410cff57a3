package dev.roost.linux;

import dev.roost.mobileip.Ipv6Prefix;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A rule that says which routing table is asked: all conditions that are present must hold.
 *
 * @param priority lower is asked first; 0 is the local table's, 32766 the main table's
 * @param arrivingBy name of the interface; {@code lo} stands for packets that this host sends itself
 * @param mark of the packet, as set by nftables or eBPF
 */
public record RoutingRule(
        int priority,
        int table,
        Optional<Ipv6Prefix> source,
        Optional<Ipv6Prefix> destination,
        Optional<String> arrivingBy,
        OptionalInt mark) {

    public static RoutingRule from(int priority, Ipv6Prefix source, int table) {
        return new RoutingRule(
                priority, table, Optional.of(source), Optional.empty(), Optional.empty(), OptionalInt.empty());
    }

    /** For packets that this host sends itself. */
    public static RoutingRule forOwnPackets(int priority, int table) {
        return new RoutingRule(
                priority, table, Optional.empty(), Optional.empty(), Optional.of("lo"), OptionalInt.empty());
    }

    public static RoutingRule forMark(int priority, int mark, int table) {
        return new RoutingRule(
                priority, table, Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.of(mark));
    }
}
