package dev.roost.controller.snmp;

import dev.roost.controller.HomeAgentReports;
import dev.roost.loadbalancer.LoadSample;
import dev.roost.snmp.MobileIpv6Mib;
import dev.roost.snmp.SnmpEngine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snmp4j.PDU;
import org.snmp4j.UserTarget;
import org.snmp4j.event.ResponseEvent;
import org.snmp4j.event.ResponseListener;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.Counter64;
import org.snmp4j.smi.Gauge32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;

/**
 * Asks home agents for their packet counters and the number of their bindings: one request each, none while the last one is open.
 * Called by the polling thread; answers come on the engine's.
 */
final class CounterReading {
    private static final OID PACKETS_IN = MobileIpv6Mib.scalar(MobileIpv6Mib.MIP6_HC_IN_PKTS);
    private static final OID PACKETS_OUT = MobileIpv6Mib.scalar(MobileIpv6Mib.MIP6_HC_OUT_PKTS);
    private static final OID BINDINGS = MobileIpv6Mib.scalar(MobileIpv6Mib.BINDING_COUNT);
    private static final int COUNTER_BITS = 64;

    private final SnmpEngine engine;
    private final Duration timeout;
    private final HomeAgentReports reports;
    private final Supplier<Instant> clock;
    private final SnmpCounts counts;
    private final Set<PolledHomeAgent> open = ConcurrentHashMap.newKeySet();

    CounterReading(
            SnmpEngine engine, Duration timeout, HomeAgentReports reports, Supplier<Instant> clock, SnmpCounts counts) {
        this.engine = engine;
        this.timeout = timeout;
        this.reports = reports;
        this.clock = clock;
        this.counts = counts;
    }

    void ask(PolledHomeAgent homeAgent) {
        if (!open.add(homeAgent)) {
            counts.overlaps.increment();
            return;
        }
        PDU request = SnmpEngine.pdu(PDU.GET);
        List.of(PACKETS_IN, PACKETS_OUT, BINDINGS).forEach(object -> request.add(new VariableBinding(object)));
        UserTarget<UdpAddress> target = engine.target(homeAgent.address());
        target.setTimeout(timeout.toMillis());
        try {
            engine.session().send(request, target, homeAgent, new ResponseListener() {
                @Override
                public <A extends Address> void onResponse(ResponseEvent<A> event) {
                    // Else a late answer would come here, too.
                    engine.session().cancel(event.getRequest(), this);
                    open.remove(homeAgent);
                    onAnswer(homeAgent, event.getResponse());
                }
            });
        } catch (IOException e) {
            // No route, or a socket that is gone: what a silent home agent is, only sooner.
            open.remove(homeAgent);
            counts.unsent.increment();
        }
    }

    private void onAnswer(PolledHomeAgent homeAgent, @Nullable PDU answer) {
        if (answer == null) {
            counts.timeouts.increment();
            return;
        }
        Optional<LoadSample> sample = sample(homeAgent, answer);
        if (sample.isPresent()) {
            counts.answers.increment();
            reports.onLoadSample(homeAgent.homeNetwork(), sample.get());
        } else {
            counts.refusals.increment();
        }
    }

    private Optional<LoadSample> sample(PolledHomeAgent homeAgent, PDU answer) {
        if (answer.getType() != PDU.RESPONSE || answer.getErrorStatus() != PDU.noError) {
            return Optional.empty();
        }
        if (answer.getVariable(PACKETS_IN) instanceof Counter64 received
                && answer.getVariable(PACKETS_OUT) instanceof Counter64 transmitted) {
            OptionalInt bindings = answer.getVariable(BINDINGS) instanceof Gauge32 count
                    ? OptionalInt.of((int) Math.min(count.getValue(), Integer.MAX_VALUE))
                    : OptionalInt.empty();
            return Optional.of(new LoadSample(
                    homeAgent.homeAgent(),
                    LoadSample.Source.SNMP,
                    clock.get(),
                    transmitted.getValue(),
                    received.getValue(),
                    COUNTER_BITS,
                    bindings));
        }
        return Optional.empty();
    }
}
