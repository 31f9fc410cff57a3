package dev.roost.homeagent.snmp;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snmp4j.agent.mo.MOTableModel;
import org.snmp4j.agent.mo.MOTableRow;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;

/**
 * {@link Rows} for SNMP4J's table: rows are made when they are asked for, so that a step of a walk costs a search and not a copy of
 * the table. Each call takes the rows of that moment; one that a step has found stays what it is.
 */
final class RowsModel implements MOTableModel<MOTableRow> {
    private final Supplier<? extends Rows> source;
    private final int[] columnNumbers;

    RowsModel(Supplier<? extends Rows> source, int... columnNumbers) {
        this.source = source;
        this.columnNumbers = columnNumbers.clone();
    }

    @Override
    public int getColumnCount() {
        return columnNumbers.length;
    }

    @Override
    public int getRowCount() {
        return source.get().size();
    }

    @Override
    public boolean isEmpty() {
        return getRowCount() == 0;
    }

    @Override
    public boolean containsRow(OID index) {
        return getRow(index) != null;
    }

    @Override
    public @Nullable MOTableRow getRow(OID index) {
        Rows rows = source.get();
        int place = rows.ceiling(index);
        return place < rows.size() && rows.index(place).equals(index) ? new Row(rows, place) : null;
    }

    @Override
    public Iterator<MOTableRow> iterator() {
        return from(source.get(), 0);
    }

    @Override
    public Iterator<MOTableRow> tailIterator(@Nullable OID lowerBound) {
        Rows rows = source.get();
        return from(rows, lowerBound == null ? 0 : rows.ceiling(lowerBound));
    }

    @Override
    public @Nullable OID firstIndex() {
        MOTableRow first = firstRow();
        return first == null ? null : first.getIndex();
    }

    @Override
    public @Nullable OID lastIndex() {
        MOTableRow last = lastRow();
        return last == null ? null : last.getIndex();
    }

    @Override
    public @Nullable MOTableRow firstRow() {
        Rows rows = source.get();
        return rows.size() == 0 ? null : new Row(rows, 0);
    }

    @Override
    public @Nullable MOTableRow lastRow() {
        Rows rows = source.get();
        return rows.size() == 0 ? null : new Row(rows, rows.size() - 1);
    }

    private Iterator<MOTableRow> from(Rows rows, int first) {
        return new Iterator<>() {
            private int next = first;

            @Override
            public boolean hasNext() {
                return next < rows.size();
            }

            @Override
            public MOTableRow next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return new Row(rows, next++);
            }
        };
    }

    private final class Row implements MOTableRow {
        private final Rows rows;
        private final int place;
        private final OID index;

        Row(Rows rows, int place) {
            this.rows = rows;
            this.place = place;
            this.index = rows.index(place);
        }

        @Override
        public OID getIndex() {
            return index;
        }

        @Override
        public @Nullable Variable getValue(int column) {
            return rows.value(place, columnNumbers[column]);
        }

        @Override
        public @Nullable MOTableRow getBaseRow() {
            return null;
        }

        @Override
        public void setBaseRow(MOTableRow baseRow) {
            throw new UnsupportedOperationException("no table depends on another here");
        }

        @Override
        public int size() {
            return columnNumbers.length;
        }
    }
}
