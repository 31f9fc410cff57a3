package dev.roost.homeagent.snmp;

import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;

/** The rows of a table in the order of their indices, as they were at one moment. */
interface Rows {
    int size();

    OID index(int place);

    /** The place of the first row whose index is not lower; {@link #size} if there is none. */
    int ceiling(OID index);

    /** What stands in a column of the table; nothing if this row has no such object. */
    @Nullable
    Variable value(int place, int columnNumber);
}
