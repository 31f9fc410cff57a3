package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the tunnel programs read and count in: bindings, addresses of this end, counters. A binding takes 128 bytes of kernel memory
 * and its share of a hash table, 16 to 32 bytes, which is made for the most bindings there may be.
 */
final class TunnelMaps implements AutoCloseable {
    private static final int MAX_OWN_ADDRESSES = 4_096;
    private static final byte[] PRESENT = {1};

    private final TunnelPrograms.Role role;
    private final int maxBindings;
    private final BpfMap bindings;
    private final BpfMap localEnds;
    private final BpfMap counters;
    private final Set<Ipv6Address> knownLocalEnds = new HashSet<>();
    private final Set<Ipv6Address> ownAddresses = new HashSet<>();

    TunnelMaps(TunnelPrograms.Role role, int maxBindings) {
        this.role = role;
        this.maxBindings = maxBindings;
        this.bindings = BpfMap.hash(
                "roost_bindings",
                TunnelPrograms.KEY_BYTES,
                TunnelPrograms.VALUE_BYTES,
                maxBindings + MAX_OWN_ADDRESSES);
        this.localEnds = BpfMap.hash("roost_ends", TunnelPrograms.KEY_BYTES, 1, MAX_OWN_ADDRESSES);
        this.counters = BpfMap.counters("roost_counters", TunnelPrograms.COUNTERS);
    }

    TunnelPrograms programs(int tunnelMtu, boolean mainTableOnly) {
        return new TunnelPrograms(
                role, bindings.descriptor(), localEnds.descriptor(), counters.descriptor(), tunnelMtu, mainTableOnly);
    }

    /** Has packets for these addresses of the host left to the kernel. */
    void putOwnAddresses(Collection<Ipv6Address> addresses) {
        if (addresses.size() > MAX_OWN_ADDRESSES) {
            throw new LinuxException(
                    "tunnels", "this host has more than " + MAX_OWN_ADDRESSES + " addresses", LinuxCalls.ENOSPC);
        }
        ownAddresses.addAll(addresses);
        ByteBuffer keys = ByteBuffer.allocate(TunnelPrograms.KEY_BYTES * addresses.size());
        addresses.forEach(address -> address.writeTo(keys));
        bindings.putAll(keys.array(), new byte[TunnelPrograms.VALUE_BYTES * addresses.size()]);
    }

    void put(Collection<TunnelBinding> added) {
        ByteBuffer keys = ByteBuffer.allocate(TunnelPrograms.KEY_BYTES * added.size());
        ByteBuffer values = ByteBuffer.allocate(TunnelPrograms.VALUE_BYTES * added.size());
        for (TunnelBinding binding : added) {
            if (ownAddresses.contains(binding.homeAddress())) {
                continue; // whoever could get it a tunnel would have taken this host's address away
            }
            binding.homeAddress().writeTo(keys);
            farEnd(binding).writeTo(values);
            nearEnd(binding).writeTo(values);
            values.putLong(binding.receiveOnly() ? TunnelPrograms.RECEIVE_ONLY : 0);
            if (ownAddresses.contains(nearEnd(binding))) {
                addLocalEnd(nearEnd(binding));
            }
        }
        try {
            bindings.putAll(
                    Arrays.copyOf(keys.array(), keys.position()), Arrays.copyOf(values.array(), values.position()));
        } catch (LinuxException e) {
            if (e.errorNumber() == LinuxCalls.E2BIG) {
                throw new LinuxException(
                        "adding tunnels", "there are " + maxBindings + ", the most that were asked for", e);
            }
            throw e;
        }
    }

    void remove(Collection<Ipv6Address> homeAddresses) {
        List<Ipv6Address> bound = homeAddresses.stream()
                .filter(address -> !ownAddresses.contains(address))
                .toList();
        ByteBuffer keys = ByteBuffer.allocate(TunnelPrograms.KEY_BYTES * bound.size());
        bound.forEach(address -> address.writeTo(keys));
        bindings.removeAll(keys.array());
    }

    Map<Ipv6Address, TunnelBinding> list() {
        Map<Ipv6Address, TunnelBinding> listed = new LinkedHashMap<>();
        bindings.forEach((key, value) -> {
            Ipv6Address homeAddress = Ipv6Address.fromBytes(key);
            if (ownAddresses.contains(homeAddress)) {
                return;
            }
            Ipv6Address far = Ipv6Address.fromBytes(value);
            Ipv6Address near = Ipv6Address.fromBytes(value);
            boolean receiveOnly = value.getLong() != 0;
            listed.put(
                    homeAddress,
                    role == TunnelPrograms.Role.HOME_AGENT
                            ? new TunnelBinding(homeAddress, far, near, receiveOnly)
                            : new TunnelBinding(homeAddress, near, far, receiveOnly));
        });
        return listed;
    }

    boolean isEmpty() {
        return bindings.isEmpty();
    }

    TunnelCounters counters() {
        long[] sums = counters.sums(TunnelPrograms.COUNTERS);
        return new TunnelCounters(
                sums[2 * TunnelPrograms.ENCAPSULATED],
                sums[2 * TunnelPrograms.DECAPSULATED],
                sums[2 * TunnelPrograms.WRONG_SOURCE],
                sums[2 * TunnelPrograms.NO_BINDING],
                sums[2 * TunnelPrograms.TOO_BIG],
                sums[2 * TunnelPrograms.REFUSED],
                sums[2 * TunnelPrograms.ENCAPSULATED + 1],
                sums[2 * TunnelPrograms.DECAPSULATED + 1]);
    }

    @Override
    public void close() {
        List.of(bindings, localEnds, counters).forEach(BpfMap::close);
    }

    private void addLocalEnd(Ipv6Address address) {
        if (knownLocalEnds.add(address)) {
            localEnds.putAll(address.toBytes(), PRESENT);
        }
    }

    private Ipv6Address farEnd(TunnelBinding binding) {
        return role == TunnelPrograms.Role.HOME_AGENT ? binding.careOfAddress() : binding.homeAgentAddress();
    }

    private Ipv6Address nearEnd(TunnelBinding binding) {
        return role == TunnelPrograms.Role.HOME_AGENT ? binding.homeAgentAddress() : binding.careOfAddress();
    }
}
