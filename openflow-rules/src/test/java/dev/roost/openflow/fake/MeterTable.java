package dev.roost.openflow.fake;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.projectfloodlight.openflow.protocol.OFMeterFlags;
import org.projectfloodlight.openflow.protocol.OFMeterMod;
import org.projectfloodlight.openflow.protocol.OFMeterModFailedCode;
import org.projectfloodlight.openflow.protocol.meterband.OFMeterBand;

/** The meters and the commands on them (OpenFlow 1.3.5, 6.6); they measure nothing. */
final class MeterTable {

    private final Map<Long, Entry> meters = new TreeMap<>();

    record Entry(long id, Set<OFMeterFlags> flags, List<OFMeterBand> bands) {}

    /** Applies a command; says which meter is gone, whose rules go with it. */
    Optional<Long> apply(OFMeterMod mod) throws Refusal {
        long id = mod.getMeterId();
        switch (mod.getCommand()) {
            case ADD -> {
                if (meters.containsKey(id)) {
                    throw Refusal.of(OFMeterModFailedCode.METER_EXISTS);
                }
                meters.put(id, new Entry(id, mod.getFlags(), mod.getMeters()));
            }
            case MODIFY -> {
                if (!meters.containsKey(id)) {
                    throw Refusal.of(OFMeterModFailedCode.UNKNOWN_METER);
                }
                meters.put(id, new Entry(id, mod.getFlags(), mod.getMeters()));
            }
            case DELETE -> {
                return Optional.ofNullable(meters.remove(id)).map(Entry::id);
            }
        }
        return Optional.empty();
    }

    boolean has(long id) {
        return meters.containsKey(id);
    }

    Collection<Entry> all() {
        return meters.values();
    }
}
