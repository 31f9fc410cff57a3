package dev.roost.controller.snmp;

import dev.roost.controller.HomeAgentReports;
import dev.roost.loadbalancer.BindingReport;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.snmp.InetAddressIndex;
import dev.roost.snmp.MobileIpv6Mib;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.snmp4j.CommandResponder;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.PDU;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.UnsignedInteger32;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;

/**
 * Takes what home agents tell unasked (RFC 4295, mip6Notifications) and passes it on. Whoever is not listed, or does not authenticate
 * and encrypt, is not listened to. Which home agent speaks is told by its address.
 *
 * <p>A new binding without its lifetime, as the RFC's three objects have it, can't be passed on; the next reading of the table brings
 * it. On the engine's thread.
 */
final class NotificationReceiver implements CommandResponder {
    private static final OID CARE_OF_ADDRESS = column(MobileIpv6Mib.MIP6_BINDING_COA);
    private static final OID GRANTED = column(MobileIpv6Mib.MIP6_BINDING_TIME_GRANTED);
    private static final OID SEQUENCE = column(MobileIpv6Mib.MIP6_BINDING_MAX_SEQ);

    private final HomeAgentReports reports;
    private final SnmpCounts counts;
    private volatile Map<InetAddress, PolledHomeAgent> senders = Map.of();

    NotificationReceiver(HomeAgentReports reports, SnmpCounts counts) {
        this.reports = reports;
        this.counts = counts;
    }

    private static OID column(int number) {
        return MobileIpv6Mib.column(MobileIpv6Mib.MIP6_BINDING_CACHE_ENTRY, number);
    }

    /** Who may speak from now on. */
    void listenTo(List<PolledHomeAgent> homeAgents) {
        Map<InetAddress, PolledHomeAgent> byAddress = new HashMap<>();
        homeAgents.forEach(homeAgent -> byAddress.put(homeAgent.address().getAddress(), homeAgent));
        senders = Map.copyOf(byAddress);
    }

    /** Whether packets from here are to be looked at at all. */
    boolean admits(InetAddress peer) {
        boolean listed = senders.containsKey(peer);
        if (!listed) {
            counts.strangers.increment();
        }
        return listed;
    }

    @Override
    public <A extends Address> void processPdu(CommandResponderEvent<A> event) {
        PDU pdu = event.getPDU();
        if (pdu == null || pdu.getType() != PDU.TRAP) {
            return;
        }
        event.setProcessed(true);
        counts.notifications.increment();
        if (event.getSecurityLevel() != SecurityLevel.AUTH_PRIV) {
            counts.notificationsUnsafe.increment();
            return;
        }
        PolledHomeAgent sender =
                event.getPeerAddress() instanceof UdpAddress peer ? senders.get(peer.getInetAddress()) : null;
        if (sender == null) {
            // Listed a moment ago, when its packet was let in.
            counts.strangers.increment();
            return;
        }
        Optional<BindingReport> report = report(sender, pdu);
        if (report.isEmpty()) {
            counts.notificationsMalformed.increment();
        } else if (!reports.onBindingsReported(sender.homeNetwork(), List.of(report.get()))) {
            counts.reportsDropped.increment();
        }
    }

    private static Optional<BindingReport> report(PolledHomeAgent sender, PDU pdu) {
        Map<OID, Variable> objects = new HashMap<>();
        Ipv6Address homeAddress = null;
        OID kind = null;
        for (VariableBinding binding : pdu.getVariableBindings()) {
            OID oid = binding.getOid();
            if (oid.equals(SnmpConstants.snmpTrapOID)) {
                kind = binding.getVariable() instanceof OID named ? named : null;
            }
            for (OID column : List.of(CARE_OF_ADDRESS, GRANTED, SEQUENCE)) {
                if (oid.startsWith(column)) {
                    objects.put(column, binding.getVariable());
                    homeAddress =
                            InetAddressIndex.read(oid.subOID(column.size())).orElse(homeAddress);
                }
            }
        }
        if (kind == null
                || homeAddress == null
                || !(objects.get(CARE_OF_ADDRESS) instanceof OctetString careOfAddress)
                || careOfAddress.length() != Ipv6Address.LENGTH) {
            return Optional.empty();
        }
        Ipv6Address address = homeAddress;
        OptionalInt sequence = sequence(objects.get(SEQUENCE));
        return lifetime(kind, objects.get(GRANTED))
                .map(lifetime -> new BindingReport(
                        sender.homeAgent(),
                        address,
                        Ipv6Address.fromBytes(ByteBuffer.wrap(careOfAddress.getValue())),
                        lifetime,
                        sequence,
                        Duration.ZERO));
    }

    private static Optional<Duration> lifetime(OID kind, @Nullable Variable granted) {
        if (kind.equals(MobileIpv6Mib.MIP6_MN_DE_REGISTERED)
                || kind.equals(MobileIpv6Mib.MIP6_MN_BINDING_EXPIRED_AT_HA)) {
            return Optional.of(Duration.ZERO);
        }
        boolean bound = kind.equals(MobileIpv6Mib.MIP6_MN_REGISTERED) || kind.equals(MobileIpv6Mib.MIP6_MN_COA_CHANGED);
        return bound && granted instanceof UnsignedInteger32 seconds
                ? Optional.of(Duration.ofSeconds(seconds.getValue()))
                : Optional.empty();
    }

    private static OptionalInt sequence(@Nullable Variable told) {
        return told instanceof UnsignedInteger32 number && number.getValue() <= 0xffff
                ? OptionalInt.of((int) number.getValue())
                : OptionalInt.empty();
    }
}
