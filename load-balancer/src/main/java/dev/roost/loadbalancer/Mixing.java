package dev.roost.loadbalancer;

/** Spreads the bits of a long over all others (the finalizer of SplitMix64): for seeded ties, table slots and state hashes. */
final class Mixing {

    private Mixing() {}

    static long mix(long value) {
        long mixed = value + 0x9e37_79b9_7f4a_7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ (mixed >>> 31);
    }

    static long mix(long first, long second) {
        return mix(mix(first) ^ second);
    }
}
