package dev.roost.homeagent.snmp;

import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingSnapshot;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.snmp.InetAddressIndex;
import dev.roost.snmp.MobileIpv6Mib;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.Gauge32;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UnsignedInteger32;
import org.snmp4j.smi.Variable;

/**
 * mip6BindingCacheTable. Of its columns, when and how often an entry was looked up is missing: the tunnels do not keep that for each
 * binding.
 */
final class BindingRows implements Rows {
    static final int[] COLUMNS = {
        MobileIpv6Mib.MIP6_BINDING_COA_TYPE,
        MobileIpv6Mib.MIP6_BINDING_COA,
        MobileIpv6Mib.MIP6_BINDING_TIME_REGISTERED,
        MobileIpv6Mib.MIP6_BINDING_TIME_GRANTED,
        MobileIpv6Mib.MIP6_BINDING_TIME_REMAINING,
        MobileIpv6Mib.MIP6_BINDING_HOME_REGN,
        MobileIpv6Mib.MIP6_BINDING_MAX_SEQ,
        MobileIpv6Mib.MIP6_BINDING_ADMIN_STATUS
    };
    /** TruthValue of RFC 2579. */
    private static final int TRUE = 1;
    /** mip6BindingAdminStatus. */
    private static final int ACTIVE = 1;

    private final BindingSnapshot bindings;
    private final Supplier<Instant> clock;

    BindingRows(BindingSnapshot bindings, Supplier<Instant> clock) {
        this.bindings = bindings;
        this.clock = clock;
    }

    @Override
    public int size() {
        return bindings.size();
    }

    @Override
    public OID index(int place) {
        return InetAddressIndex.of(bindings.get(place).homeAddress());
    }

    @Override
    public int ceiling(OID index) {
        return InetAddressIndex.ceiling(index).map(bindings::ceiling).orElse(bindings.size());
    }

    @Override
    public @Nullable Variable value(int place, int columnNumber) {
        return value(bindings.get(place), columnNumber, clock.get());
    }

    static @Nullable Variable value(Binding binding, int columnNumber, Instant now) {
        return switch (columnNumber) {
            case MobileIpv6Mib.MIP6_BINDING_COA_TYPE -> new Integer32(MobileIpv6Mib.IPV6);
            case MobileIpv6Mib.MIP6_BINDING_COA -> address(binding.careOfAddress());
            case MobileIpv6Mib.MIP6_BINDING_TIME_REGISTERED -> DateAndTime.of(binding.registeredAt());
            case MobileIpv6Mib.MIP6_BINDING_TIME_GRANTED -> new Gauge32(binding.lifetimeSeconds());
            case MobileIpv6Mib.MIP6_BINDING_TIME_REMAINING ->
                new Gauge32(
                        Math.max(0, Duration.between(now, binding.expiresAt()).toSeconds()));
            case MobileIpv6Mib.MIP6_BINDING_HOME_REGN -> new Integer32(TRUE);
            case MobileIpv6Mib.MIP6_BINDING_MAX_SEQ -> new UnsignedInteger32(binding.sequence());
            case MobileIpv6Mib.MIP6_BINDING_ADMIN_STATUS -> new Integer32(ACTIVE);
            default -> null;
        };
    }

    static OctetString address(Ipv6Address address) {
        return new OctetString(address.toBytes());
    }
}
