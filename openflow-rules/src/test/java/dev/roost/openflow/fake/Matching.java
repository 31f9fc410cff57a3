package dev.roost.openflow.fake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.TreeMap;
import org.projectfloodlight.openflow.protocol.OFBadMatchCode;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.match.Match;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.Masked;
import org.projectfloodlight.openflow.types.OFValueType;

/** What matches mean: which packets, which narrower matches, and which of them are the same. */
final class Matching {

    private static final int MATCH_HEADER = 4;
    private static final int FIELD_HEADER = 4;

    private Matching() {}

    /** Refuses what Open vSwitch has not, and fields without those that must stand before them. */
    static void check(Match match) throws Refusal {
        int shown = 0;
        for (MatchField<?> field : match.getMatchFields()) {
            if (field == MatchField.IPV6_EXTHDR) {
                throw Refusal.of(OFBadMatchCode.BAD_FIELD);
            }
            shown++;
        }
        if (shown != fieldsOnTheWire(match)) {
            throw Refusal.of(OFBadMatchCode.BAD_PREREQ);
        }
    }

    /** The library hides fields whose prerequisites are not met; on the wire they are there. */
    private static int fieldsOnTheWire(Match match) {
        ByteBuf wire = Unpooled.buffer();
        match.writeTo(wire);
        int end = wire.getUnsignedShort(2);
        int count = 0;
        for (int at = MATCH_HEADER; at < end; at += FIELD_HEADER + wire.getUnsignedByte(at + FIELD_HEADER - 1)) {
            count++;
        }
        return count;
    }

    static boolean matches(Match match, FrameFields frame) {
        for (MatchField<?> field : match.getMatchFields()) {
            if (!matches(match, field, frame)) {
                return false;
            }
        }
        return true;
    }

    /** Whether every packet that {@code narrow} takes is taken by {@code wide} too, as non-strict commands mean it. */
    static boolean covers(Match wide, Match narrow) {
        for (MatchField<?> field : wide.getMatchFields()) {
            if (!covers(wide, narrow, field)) {
                return false;
            }
        }
        return true;
    }

    /** Whether some packet is taken by both. */
    static boolean overlap(Match one, Match other) {
        for (MatchField<?> field : one.getMatchFields()) {
            if (!overlap(one, other, field)) {
                return false;
            }
        }
        return true;
    }

    /** The same text for the same match, however it was put together. */
    static String canonical(Match match) {
        TreeMap<String, String> fields = new TreeMap<>();
        for (MatchField<?> field : match.getMatchFields()) {
            fields.put(
                    field.getName(),
                    match.isPartiallyMasked(field)
                            ? String.valueOf(match.getMasked(field))
                            : String.valueOf(match.get(field)));
        }
        return fields.toString();
    }

    /** The same match with its fields in another order than anybody would write them. */
    static Match reordered(OFFactory factory, Match match) {
        TreeMap<String, MatchField<?>> byName = new TreeMap<>(java.util.Comparator.reverseOrder());
        match.getMatchFields().forEach(field -> byName.put(field.getName(), field));
        Match.Builder out = factory.buildMatch();
        byName.values().forEach(field -> copy(match, field, out));
        return out.build();
    }

    private static <F extends OFValueType<F>> void copy(Match from, MatchField<F> field, Match.Builder to) {
        if (from.isPartiallyMasked(field)) {
            to.setMasked(field, from.getMasked(field));
        } else {
            to.setExact(field, from.get(field));
        }
    }

    private static <F extends OFValueType<F>> boolean matches(Match match, MatchField<F> field, FrameFields frame) {
        F value = frame.get(field);
        if (value == null) {
            return false;
        }
        return match.isPartiallyMasked(field) ? match.getMasked(field).matches(value) : value.equals(match.get(field));
    }

    private static <F extends OFValueType<F>> boolean covers(Match wide, Match narrow, MatchField<F> field) {
        F narrowValue = narrow.get(field);
        if (narrowValue == null) {
            return false;
        }
        if (!wide.isPartiallyMasked(field)) {
            return !narrow.isPartiallyMasked(field) && narrowValue.equals(wide.get(field));
        }
        Masked<F> wanted = wide.getMasked(field);
        boolean narrower = !narrow.isPartiallyMasked(field)
                || narrow.getMasked(field).getMask().applyMask(wanted.getMask()).equals(wanted.getMask());
        return narrower && wanted.matches(narrowValue);
    }

    private static <F extends OFValueType<F>> boolean overlap(Match one, Match other, MatchField<F> field) {
        F theirs = other.get(field);
        F ours = one.get(field);
        if (theirs == null || ours == null) {
            return true;
        }
        F common = mask(one, field, ours);
        F value = common == null ? ours : ours.applyMask(common);
        F against = common == null ? theirs : theirs.applyMask(common);
        F theirMask = mask(other, field, theirs);
        return theirMask == null
                ? value.equals(against)
                : value.applyMask(theirMask).equals(against.applyMask(theirMask));
    }

    private static <F extends OFValueType<F>> @org.jspecify.annotations.Nullable F mask(
            Match match, MatchField<F> field, F unused) {
        return match.isPartiallyMasked(field) ? match.getMasked(field).getMask() : null;
    }
}
