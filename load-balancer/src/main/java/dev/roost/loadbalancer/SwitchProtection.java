package dev.roost.loadbalancer;

import java.util.OptionalInt;

/**
 * What the switches of a home network do so that others cannot harm it. The core decides nothing by it; the flow rules are made from
 * it.
 *
 * @param advertisementGuard whether router advertisements of whoever is refused as a home agent are kept from other hosts
 * @param discoveryMeter discovery requests a second that each switch lets through to the controller; absent: all
 */
public record SwitchProtection(boolean advertisementGuard, OptionalInt discoveryMeter) {

    public static final SwitchProtection NONE = new SwitchProtection(false, OptionalInt.empty());

    /** The largest rate of a meter. */
    public static final int MOST = 10_000_000;

    public SwitchProtection {
        if (discoveryMeter.isPresent() && (discoveryMeter.getAsInt() < 1 || discoveryMeter.getAsInt() > MOST)) {
            throw new IllegalArgumentException("discovery meter: wanted 1 to " + MOST + " a second");
        }
    }
}
