package dev.roost.linux;

import com.sun.jna.Memory;

/** One eBPF program in the kernel, held by a descriptor until it is closed; where it is attached holds it on. */
final class BpfProgram implements AutoCloseable {
    /** What a program may do, by where it is to be attached. */
    enum Kind {
        /** At the entry of an interface (tc, clsact). */
        TRAFFIC_CLASSIFIER(3, "CONFIG_NET_CLS_BPF"),
        /** On a route, for packets that leave by it. */
        ROUTE_TRANSMIT(12, "CONFIG_LWTUNNEL_BPF");

        private final int number;
        private final String kernelOption;

        Kind(int number, String kernelOption) {
            this.number = number;
            this.kernelOption = kernelOption;
        }
    }

    private static final int LOAD = 5;
    private static final int LOG_BYTES = 1 << 20;

    private final int descriptor;

    private BpfProgram(int descriptor) {
        this.descriptor = descriptor;
    }

    static BpfProgram load(Kind kind, String name, byte[] instructions) {
        try (Memory program = LinuxCalls.copyOf(instructions);
                Memory license = LinuxCalls.copyOf(LinuxCalls.cString("GPL"));
                Memory attributes = new Memory(128)) {
            attributes.clear();
            attributes.setInt(0, kind.number);
            attributes.setInt(4, instructions.length / 8);
            attributes.setPointer(8, program);
            attributes.setPointer(16, license);
            byte[] cName = LinuxCalls.cString(name);
            attributes.write(48, cName, 0, Math.min(cName.length, 15));
            int result = LinuxCalls.bpf(LOAD, attributes);
            if (result < 0) {
                throw LinuxCalls.error(
                        "eBPF program " + name + " (kernel option " + kind.kernelOption + ")" + why(attributes),
                        -result);
            }
            return new BpfProgram(result);
        }
    }

    int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        LinuxCalls.closeDescriptor(descriptor);
    }

    /** Asks again, now for the verifier's reasons: the last lines of its log. */
    private static String why(Memory attributes) {
        try (Memory log = new Memory(LOG_BYTES)) {
            log.clear();
            attributes.setInt(24, 1);
            attributes.setInt(28, LOG_BYTES);
            attributes.setPointer(32, log);
            int result = LinuxCalls.bpf(LOAD, attributes);
            if (result >= 0) {
                LinuxCalls.closeDescriptor(result);
                return "";
            }
            String text = log.getString(0);
            return text.isEmpty() ? "" : ": " + text.substring(Math.max(0, text.length() - 2000));
        }
    }
}
