package dev.roost.homeagent.snmp;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;

/** A table of one row. */
record OneRow(OID index, Map<Integer, Variable> values) implements Rows {

    @Override
    public int size() {
        return 1;
    }

    @Override
    public OID index(int place) {
        return index;
    }

    @Override
    public int ceiling(OID bound) {
        return index.compareTo(bound) >= 0 ? 0 : 1;
    }

    @Override
    public @Nullable Variable value(int place, int columnNumber) {
        return values.get(columnNumber);
    }
}
