package dev.roost.controller;

import dev.roost.openflow.rules.Meters;
import java.util.function.Consumer;
import org.projectfloodlight.openflow.protocol.OFMeterFeaturesStatsReply;

/** Asks a switch whether it has meters as we need them; one that does not know the question has none. On the host's threads. */
final class MeterReading implements OpenFlowSwitch.StatsReceiver<OFMeterFeaturesStatsReply> {

    private final Consumer<Boolean> whenEnded;
    private boolean suffice;

    private MeterReading(Consumer<Boolean> whenEnded) {
        this.whenEnded = whenEnded;
    }

    /** @param whenEnded called once */
    static void start(OpenFlowSwitch connection, Consumer<Boolean> whenEnded) {
        connection.read(Meters.featuresRequest(connection.factory()), new MeterReading(whenEnded));
    }

    @Override
    public void part(OFMeterFeaturesStatsReply part) {
        suffice = Meters.suffice(part);
    }

    @Override
    public void complete() {
        whenEnded.accept(suffice);
    }

    @Override
    public void failed(String reason) {
        whenEnded.accept(false);
    }
}
