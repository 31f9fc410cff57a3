package dev.roost.openflow.rules;

/**
 * A meter that drops packets beyond a rate, which may be exceeded by what one second brings. Equal to what the switch reports back once
 * it is installed. Printed as {@code ovs-ofctl add-meter} reads it.
 *
 * @param packetsPerSecond at least 1
 */
public record MeterRule(int id, int packetsPerSecond) {

    @Override
    public String toString() {
        return "meter=" + id + ",pktps,burst,band=type=drop,rate=" + packetsPerSecond + ",burst_size="
                + packetsPerSecond;
    }
}
