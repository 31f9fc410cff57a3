package dev.roost.controller.snmp;

import dev.roost.controller.HomeAgentReports;
import dev.roost.loadbalancer.BindingReport;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.snmp.InetAddressIndex;
import dev.roost.snmp.MobileIpv6Mib;
import dev.roost.snmp.SnmpEngine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.snmp4j.PDU;
import org.snmp4j.UserTarget;
import org.snmp4j.smi.Gauge32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.UnsignedInteger32;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.util.DefaultPDUFactory;
import org.snmp4j.util.TableEvent;
import org.snmp4j.util.TableListener;
import org.snmp4j.util.TableUtils;

/**
 * Reads home agents' binding caches, each when its period is over, few at a time, and tells what stands there; and of what stood there
 * the last time and does no more, that it is gone. A table that is not read to its end says nothing of what is gone.
 *
 * <p>{@link #readIfDue} is called by the polling thread; rows come on the engine's.
 */
final class TableReading {
    private static final int MOST_AT_ONCE = 4;
    /** What one home agent of ours holds by default. */
    private static final int MOST_ROWS = 200_000;

    private static final int REPORTS_AT_ONCE = 200;
    private static final int ROWS_AT_ONCE = 30;
    /** A home agent may answer from a copy of its table; what changed since then it says otherwise. */
    private static final Duration OLDEST_COPY = Duration.ofSeconds(5);

    private static final OID[] COLUMNS = {
        column(MobileIpv6Mib.MIP6_BINDING_COA),
        column(MobileIpv6Mib.MIP6_BINDING_TIME_GRANTED),
        column(MobileIpv6Mib.MIP6_BINDING_TIME_REMAINING),
        column(MobileIpv6Mib.MIP6_BINDING_MAX_SEQ)
    };

    private final SnmpEngine engine;
    private final Duration timeout;
    private final Duration period;
    private final HomeAgentReports reports;
    private final SnmpCounts counts;
    private final TableUtils tables;
    private final Map<PolledHomeAgent, Table> known = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();

    TableReading(SnmpEngine engine, Duration timeout, Duration period, HomeAgentReports reports, SnmpCounts counts) {
        this.engine = engine;
        this.timeout = timeout;
        this.period = period;
        this.reports = reports;
        this.counts = counts;
        tables = new TableUtils(engine.session(), new DefaultPDUFactory(PDU.GETBULK));
        tables.setMaxNumRowsPerPDU(ROWS_AT_ONCE);
        tables.setMaxNumColumnsPerPDU(COLUMNS.length);
    }

    private static OID column(int number) {
        return MobileIpv6Mib.column(MobileIpv6Mib.MIP6_BINDING_CACHE_ENTRY, number);
    }

    /** Of those that are listed now; what is known of others is forgotten. */
    void readIfDue(List<PolledHomeAgent> homeAgents) {
        if (period.isZero()) {
            return;
        }
        known.keySet().retainAll(homeAgents);
        for (PolledHomeAgent homeAgent : homeAgents) {
            Table table = known.computeIfAbsent(homeAgent, unused -> new Table());
            if (underWay.get() < MOST_AT_ONCE && table.begin(System.nanoTime(), period)) {
                underWay.incrementAndGet();
                UserTarget<UdpAddress> target = engine.target(homeAgent.address());
                target.setTimeout(timeout.toMillis());
                target.setRetries(1);
                tables.getTable(target, COLUMNS, new Reader(homeAgent, table), homeAgent, null, null);
            }
        }
    }

    /** What is known of one home agent's table. */
    private static final class Table {
        private long begunAtNanos;
        private boolean everBegun;
        private boolean open;
        /** Care-of addresses by home address, of the last complete reading. */
        private Map<Ipv6Address, Ipv6Address> last = Map.of();

        synchronized boolean begin(long nowNanos, Duration period) {
            if (open || (everBegun && nowNanos - begunAtNanos < period.toNanos())) {
                return false;
            }
            open = true;
            everBegun = true;
            begunAtNanos = nowNanos;
            return true;
        }

        synchronized void end() {
            open = false;
        }

        /** Takes the new reading for the last; returns what was in the one before. */
        synchronized Map<Ipv6Address, Ipv6Address> replace(Map<Ipv6Address, Ipv6Address> read) {
            Map<Ipv6Address, Ipv6Address> before = last;
            last = read;
            return before;
        }

        synchronized Duration sinceBegin() {
            return Duration.ofNanos(System.nanoTime() - begunAtNanos);
        }
    }

    /** Takes the rows of one reading; on one thread at a time. */
    private final class Reader implements TableListener {
        private final PolledHomeAgent homeAgent;
        private final Table table;
        private final Map<Ipv6Address, Ipv6Address> read = new HashMap<>();
        private final List<BindingReport> batch = new ArrayList<>();
        private volatile boolean finished;

        Reader(PolledHomeAgent homeAgent, Table table) {
            this.homeAgent = homeAgent;
            this.table = table;
        }

        @Override
        public synchronized boolean next(TableEvent event) {
            if (read.size() >= MOST_ROWS) {
                counts.tooLong.increment();
                end();
                return false;
            }
            take(event);
            return true;
        }

        @Override
        public synchronized void finished(TableEvent event) {
            if (finished) {
                return;
            }
            take(event);
            if (event.getStatus() == TableEvent.STATUS_OK) {
                Map<Ipv6Address, Ipv6Address> gone = new HashMap<>(table.replace(read));
                gone.keySet().removeAll(read.keySet());
                Duration age = table.sinceBegin().plus(OLDEST_COPY);
                gone.forEach((homeAddress, careOfAddress) -> report(new BindingReport(
                        homeAgent.homeAgent(), homeAddress, careOfAddress, Duration.ZERO, OptionalInt.empty(), age)));
                counts.tables.increment();
            } else if (event.getStatus() == TableEvent.STATUS_TIMEOUT) {
                counts.timeouts.increment();
            } else {
                counts.refusals.increment();
            }
            end();
        }

        @Override
        public boolean isFinished() {
            return finished;
        }

        private void take(TableEvent event) {
            VariableBinding[] columns = event.getColumns();
            OID index = event.getIndex();
            if (columns == null || index == null) {
                return;
            }
            Optional<Ipv6Address> homeAddress = InetAddressIndex.read(index);
            Optional<BindingReport> row = homeAddress.flatMap(address -> row(address, columns));
            if (row.isPresent()) {
                read.put(homeAddress.get(), row.get().careOfAddress());
                report(row.get());
            }
        }

        private Optional<BindingReport> row(Ipv6Address homeAddress, @Nullable VariableBinding[] columns) {
            for (VariableBinding column : columns) {
                if (column == null) {
                    // Registered, or gone, while the row was being read.
                    return Optional.empty();
                }
            }
            if (columns[0].getVariable() instanceof OctetString careOfAddress
                    && careOfAddress.length() == Ipv6Address.LENGTH
                    && columns[1].getVariable() instanceof Gauge32 granted
                    && columns[2].getVariable() instanceof Gauge32 remaining
                    && columns[3].getVariable() instanceof UnsignedInteger32 sequence
                    && sequence.getValue() <= 0xffff
                    && remaining.getValue() > 0) {
                return Optional.of(new BindingReport(
                        homeAgent.homeAgent(),
                        homeAddress,
                        Ipv6Address.fromBytes(ByteBuffer.wrap(careOfAddress.getValue())),
                        Duration.ofSeconds(remaining.getValue()),
                        OptionalInt.of((int) sequence.getValue()),
                        Duration.ofSeconds(Math.max(0, granted.getValue() - remaining.getValue()))));
            }
            return Optional.empty();
        }

        private void report(BindingReport report) {
            batch.add(report);
            if (batch.size() == REPORTS_AT_ONCE) {
                flush();
            }
        }

        private void flush() {
            if (!batch.isEmpty() && !reports.onBindingsReported(homeAgent.homeNetwork(), List.copyOf(batch))) {
                counts.reportsDropped.add(batch.size());
            }
            batch.clear();
        }

        private void end() {
            finished = true;
            flush();
            table.end();
            underWay.decrementAndGet();
        }
    }
}
