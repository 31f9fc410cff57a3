package dev.roost.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts together eBPF programs, one method an instruction (RFC 9669), so that no compiler is needed where the program runs.
 *
 * <p>It knows the encoding and the labels, nothing of what a program is for. Jumps go to labels that may be defined later.
 * Used once for each program when a tunnel is opened, by whichever thread opens it.
 */
final class BpfAssembler {
    /** Widths of a memory access, with the instruction's size bits. */
    enum Width {
        BYTE(0x10),
        HALF(0x08),
        WORD(0x00),
        DOUBLE(0x18);

        private final int bits;

        Width(int bits) {
            this.bits = bits;
        }
    }

    /** Comparisons of a conditional jump, with the instruction's operation bits. */
    enum If {
        EQUAL(0x10),
        GREATER(0x20),
        GREATER_OR_EQUAL(0x30),
        ANY_BIT(0x40),
        NOT_EQUAL(0x50),
        LESS(0xa0),
        LESS_OR_EQUAL(0xb0);

        private final int bits;

        If(int bits) {
            this.bits = bits;
        }
    }

    private static final int MAP_BY_DESCRIPTOR = 1;

    private final List<Long> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, String> jumps = new HashMap<>();

    BpfAssembler label(String name) {
        if (labels.put(name, instructions.size()) != null) {
            throw new IllegalStateException("label defined twice: " + name);
        }
        return this;
    }

    /** Whether a jump to this label exists: the kernel refuses programs with instructions that nothing reaches. */
    boolean jumpsTo(String name) {
        return jumps.containsValue(name);
    }

    BpfAssembler move(int to, int from) {
        return emit(0xbf, to, from, 0, 0);
    }

    BpfAssembler set(int to, int value) {
        return emit(0xb7, to, 0, 0, value);
    }

    BpfAssembler add(int to, int value) {
        return emit(0x07, to, 0, 0, value);
    }

    BpfAssembler addRegister(int to, int from) {
        return emit(0x0f, to, from, 0, 0);
    }

    BpfAssembler subtractRegister(int to, int from) {
        return emit(0x1f, to, from, 0, 0);
    }

    BpfAssembler and(int to, int mask) {
        return emit(0x57, to, 0, 0, mask);
    }

    BpfAssembler or(int to, int bits) {
        return emit(0x47, to, 0, 0, bits);
    }

    BpfAssembler shiftLeft(int to, int bits) {
        return emit(0x67, to, 0, 0, bits);
    }

    BpfAssembler shiftRight(int to, int bits) {
        return emit(0x77, to, 0, 0, bits);
    }

    /** Turns the low 16 bits into, or from, the order of the network. */
    BpfAssembler networkOrder16(int register) {
        return emit(0xdc, register, 0, 0, 16);
    }

    /** The same for the low 32 bits. */
    BpfAssembler networkOrder32(int register) {
        return emit(0xdc, register, 0, 0, 32);
    }

    BpfAssembler load(Width width, int to, int base, int offset) {
        return emit(0x61 | width.bits, to, base, offset, 0);
    }

    BpfAssembler store(Width width, int base, int offset, int from) {
        return emit(0x63 | width.bits, base, from, offset, 0);
    }

    BpfAssembler storeValue(Width width, int base, int offset, int value) {
        return emit(0x62 | width.bits, base, 0, offset, value);
    }

    /** Loads the address of a map. */
    BpfAssembler loadMap(int to, int mapDescriptor) {
        emit(0x18, to, MAP_BY_DESCRIPTOR, 0, mapDescriptor);
        return emit(0, 0, 0, 0, 0);
    }

    BpfAssembler jump(String label) {
        jumps.put(instructions.size(), label);
        return emit(0x05, 0, 0, 0, 0);
    }

    BpfAssembler jumpIf(If comparison, int register, int value, String label) {
        jumps.put(instructions.size(), label);
        return emit(0x05 | comparison.bits, register, 0, 0, value);
    }

    BpfAssembler jumpIfRegister(If comparison, int register, int other, String label) {
        jumps.put(instructions.size(), label);
        return emit(0x0d | comparison.bits, register, other, 0, 0);
    }

    BpfAssembler call(int helper) {
        return emit(0x85, 0, 0, 0, helper);
    }

    BpfAssembler exit() {
        return emit(0x95, 0, 0, 0, 0);
    }

    /** The program in the byte order of this machine, 8 bytes an instruction. */
    byte[] assemble() {
        ByteBuffer program = ByteBuffer.allocate(8 * instructions.size()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < instructions.size(); i++) {
            program.putLong(instructions.get(i) | (long) (jumpOffset(i) & 0xffff) << 16);
        }
        return program.array();
    }

    private int jumpOffset(int index) {
        String label = jumps.get(index);
        if (label == null) {
            return 0;
        }
        Integer target = labels.get(label);
        if (target == null) {
            throw new IllegalStateException("label not defined: " + label);
        }
        return target - index - 1;
    }

    private BpfAssembler emit(int code, int destination, int source, int offset, int value) {
        // As one little-endian number: code, destination and source register, offset, value.
        instructions.add((code & 0xffL)
                | (long) (destination | source << 4) << 8
                | (offset & 0xffffL) << 16
                | (value & 0xffffffffL) << 32);
        return this;
    }
}
