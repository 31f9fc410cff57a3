package dev.roost.openflow.fake;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.projectfloodlight.openflow.protocol.OFBucket;
import org.projectfloodlight.openflow.protocol.OFGroupAdd;
import org.projectfloodlight.openflow.protocol.OFGroupDelete;
import org.projectfloodlight.openflow.protocol.OFGroupMod;
import org.projectfloodlight.openflow.protocol.OFGroupModFailedCode;
import org.projectfloodlight.openflow.protocol.OFGroupModify;
import org.projectfloodlight.openflow.protocol.OFGroupType;
import org.projectfloodlight.openflow.protocol.action.OFActionGroup;
import org.projectfloodlight.openflow.types.OFGroup;

/** The groups and the commands on them (OpenFlow 1.3.5, 6.5); the kinds that choose a bucket are not played. */
final class GroupTable {

    private final int limit;
    private final Map<Integer, Entry> groups = new TreeMap<>(Integer::compareUnsigned);

    GroupTable(int limit) {
        this.limit = limit;
    }

    /** One group, with its counters. */
    static final class Entry {
        final OFGroup id;
        final OFGroupType type;
        final List<OFBucket> buckets;
        long packets;
        long bytes;

        Entry(OFGroupMod mod) {
            this.id = mod.getGroup();
            this.type = mod.getGroupType();
            this.buckets = mod.getBuckets();
        }
    }

    /** Applies a command; says which group is gone, whose rules go with it. */
    Optional<OFGroup> apply(OFGroupMod mod) throws Refusal {
        int id = mod.getGroup().getGroupNumber();
        if (mod instanceof OFGroupAdd) {
            if (groups.containsKey(id)) {
                throw Refusal.of(OFGroupModFailedCode.GROUP_EXISTS);
            }
            if (groups.size() >= limit) {
                throw Refusal.of(OFGroupModFailedCode.OUT_OF_GROUPS);
            }
            groups.put(id, checked(mod));
        } else if (mod instanceof OFGroupModify) {
            if (!groups.containsKey(id)) {
                throw Refusal.of(OFGroupModFailedCode.UNKNOWN_GROUP);
            }
            groups.put(id, checked(mod));
        } else if (mod instanceof OFGroupDelete) {
            if (mod.getGroup().equals(OFGroup.ALL)) {
                throw new UnsupportedOperationException("deleting every group is not played");
            }
            return groups.remove(id) == null ? Optional.empty() : Optional.of(mod.getGroup());
        } else {
            throw Refusal.of(OFGroupModFailedCode.BAD_COMMAND);
        }
        return Optional.empty();
    }

    Optional<Entry> get(OFGroup group) {
        return Optional.ofNullable(groups.get(group.getGroupNumber()));
    }

    Collection<Entry> all() {
        return groups.values();
    }

    private static Entry checked(OFGroupMod mod) throws Refusal {
        if (mod.getGroupType() != OFGroupType.INDIRECT) {
            throw Refusal.of(OFGroupModFailedCode.BAD_TYPE);
        }
        if (mod.getBuckets().size() != 1 || mod.getBuckets().get(0).getWeight() != 0) {
            throw Refusal.of(OFGroupModFailedCode.INVALID_GROUP);
        }
        if (mod.getBuckets().get(0).getActions().stream().anyMatch(OFActionGroup.class::isInstance)) {
            throw Refusal.of(OFGroupModFailedCode.CHAINING_UNSUPPORTED);
        }
        return new Entry(mod);
    }
}
