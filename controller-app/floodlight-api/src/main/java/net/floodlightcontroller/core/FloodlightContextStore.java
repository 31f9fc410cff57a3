package net.floodlightcontroller.core;

/** Reads and writes a context. */
public class FloodlightContextStore<V> {

    public V get(FloodlightContext bc, String key) {
        throw new UnsupportedOperationException("signature only");
    }

    public void put(FloodlightContext bc, String key, V value) {
        throw new UnsupportedOperationException("signature only");
    }
}
