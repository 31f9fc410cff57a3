package dev.roost.homeagent.snmp;

import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.snmp.InetAddressIndex;
import dev.roost.snmp.MobileIpv6Mib;
import dev.roost.snmp.SnmpEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.snmp4j.PDU;
import org.snmp4j.UserTarget;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.TimeTicks;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;

/**
 * Tells managers what happens to bindings (mip6Notifications of RFC 4295): registered for the first time, at another care-of address,
 * deregistered, expired. Refreshes are not told.
 *
 * <p>The loop puts them into a queue and goes on; a thread of its own encrypts and sends. Notifications are lost when the queue is full,
 * and may be lost on the way: they are for who wants to know early, the table is what counts.
 */
public final class BindingNotifications implements AutoCloseable {
    private static final int LIMIT = 8192;
    private static final long NANOS_PER_TICK = 10_000_000;
    /** The three that RFC 4295 wants, and what else a manager must know to do without reading the table (RFC 3416, 4.2.6). */
    private static final int[] OBJECTS = {
        MobileIpv6Mib.MIP6_BINDING_TIME_REGISTERED,
        MobileIpv6Mib.MIP6_BINDING_COA_TYPE,
        MobileIpv6Mib.MIP6_BINDING_COA,
        MobileIpv6Mib.MIP6_BINDING_TIME_GRANTED,
        MobileIpv6Mib.MIP6_BINDING_MAX_SEQ
    };

    private final SnmpEngine engine;
    private final List<UserTarget<UdpAddress>> targets;
    private final BlockingQueue<Notification> queue = new ArrayBlockingQueue<>(LIMIT);
    /** The loop's. */
    private final List<Notification> noted = new ArrayList<>();

    private final LongAdder sent = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final long startNanos = System.nanoTime();
    private final Thread thread = new Thread(this::sendForever, "snmp-notify");

    /** What is told of a binding. */
    record Notification(OID kind, Binding binding) {}

    public BindingNotifications(SnmpEngine engine, List<InetSocketAddress> managers) {
        this.engine = engine;
        this.targets = managers.stream().map(engine::target).toList();
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * What a change is to managers, before it is applied.
     *
     * @param present finds the binding that a release ends
     */
    static Optional<Notification> of(BindingChange change, Function<Ipv6Address, Optional<Binding>> present) {
        if (change instanceof BindingRegistered registered) {
            return Optional.of(new Notification(MobileIpv6Mib.MIP6_MN_REGISTERED, registered.binding()));
        }
        if (change instanceof BindingMoved moved) {
            return Optional.of(new Notification(MobileIpv6Mib.MIP6_MN_COA_CHANGED, moved.binding()));
        }
        if (change instanceof BindingReleased released) {
            OID kind = released.cause() == BindingReleased.Cause.EXPIRED
                    ? MobileIpv6Mib.MIP6_MN_BINDING_EXPIRED_AT_HA
                    : MobileIpv6Mib.MIP6_MN_DE_REGISTERED;
            return present.apply(released.homeAddress()).map(binding -> new Notification(kind, binding));
        }
        return Optional.empty();
    }

    /** Called by the loop for each change, before it is applied. */
    public void onChange(BindingChange change, Function<Ipv6Address, Optional<Binding>> present) {
        of(change, present).ifPresent(noted::add);
    }

    /** Called by the loop when what it noted is written down, so that nobody is told what a crash would undo; never waits. */
    public void onCommitted() {
        for (Notification notification : noted) {
            if (!queue.offer(notification)) {
                dropped.increment();
            }
        }
        noted.clear();
    }

    public long sent() {
        return sent.sum();
    }

    public long dropped() {
        return dropped.sum();
    }

    private void sendForever() {
        try {
            while (true) {
                send(queue.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(Notification notification) {
        for (UserTarget<UdpAddress> target : targets) {
            try {
                engine.session().send(pdu(notification), target);
                sent.increment();
            } catch (IOException e) {
                // A manager that is not there; it will read the table when it is.
                dropped.increment();
            }
        }
    }

    private PDU pdu(Notification notification) {
        PDU pdu = SnmpEngine.pdu(PDU.TRAP);
        long ticks = (System.nanoTime() - startNanos) / NANOS_PER_TICK;
        pdu.add(new VariableBinding(SnmpConstants.sysUpTime, new TimeTicks(ticks & 0xffff_ffffL)));
        pdu.add(new VariableBinding(SnmpConstants.snmpTrapOID, notification.kind()));
        Binding binding = notification.binding();
        OID index = InetAddressIndex.of(binding.homeAddress());
        for (int column : OBJECTS) {
            OID object = MobileIpv6Mib.column(MobileIpv6Mib.MIP6_BINDING_CACHE_ENTRY, column)
                    .append(index);
            pdu.add(new VariableBinding(object, BindingRows.value(binding, column, binding.registeredAt())));
        }
        return pdu;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
