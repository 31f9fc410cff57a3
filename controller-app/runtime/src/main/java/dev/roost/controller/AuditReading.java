package dev.roost.controller;

import dev.roost.openflow.rules.InstalledState.AuditRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsReply;
import org.projectfloodlight.openflow.protocol.OFMeterConfigStatsReply;
import org.projectfloodlight.openflow.protocol.OFMeterConfigStatsRequest;

/**
 * Reads back what a switch has: first its groups and meters, then its flows. Started by the loop, then at home on whatever thread
 * the host answers on, one after the other.
 */
final class AuditReading {

    private final AuditRequest request;
    private final Consumer<@Nullable String> whenEnded;

    /** @param whenEnded takes null, or why it failed; once */
    AuditReading(AuditRequest request, Consumer<@Nullable String> whenEnded) {
        this.request = request;
        this.whenEnded = whenEnded;
    }

    void start(OpenFlowSwitch connection) {
        connection.read(request.groups(), new OpenFlowSwitch.StatsReceiver<OFGroupDescStatsReply>() {
            @Override
            public void part(OFGroupDescStatsReply part) {
                request.readBack().add(part);
            }

            @Override
            public void complete() {
                request.meters().ifPresentOrElse(meters -> readMeters(connection, meters), () -> readFlows(connection));
            }

            @Override
            public void failed(String reason) {
                whenEnded.accept("groups: " + reason);
            }
        });
    }

    private void readMeters(OpenFlowSwitch connection, OFMeterConfigStatsRequest meters) {
        connection.read(meters, new OpenFlowSwitch.StatsReceiver<OFMeterConfigStatsReply>() {
            @Override
            public void part(OFMeterConfigStatsReply part) {
                request.readBack().add(part);
            }

            @Override
            public void complete() {
                readFlows(connection);
            }

            @Override
            public void failed(String reason) {
                whenEnded.accept("meters: " + reason);
            }
        });
    }

    private void readFlows(OpenFlowSwitch connection) {
        connection.read(request.flows(), new OpenFlowSwitch.StatsReceiver<OFFlowStatsReply>() {
            @Override
            public void part(OFFlowStatsReply part) {
                request.readBack().add(part);
            }

            @Override
            public void complete() {
                whenEnded.accept(null);
            }

            @Override
            public void failed(String reason) {
                whenEnded.accept("flows: " + reason);
            }
        });
    }
}
