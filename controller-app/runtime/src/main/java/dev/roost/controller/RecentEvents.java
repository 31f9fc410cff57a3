package dev.roost.controller;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The last few things worth telling a person, for the dashboard. Written by the loop, read by any thread; the oldest
 * are forgotten. The log has them all.
 */
public final class RecentEvents {

    /**
     * One event.
     *
     * @param number counts up from 1, so that a reader sees what it missed
     * @param homeNetwork the network's name, or empty when it concerns the controller as a whole
     * @param kind a stable word, such as {@code home-agent-learned}
     * @param fields in the order they are told
     */
    public record Entry(long number, Instant at, String homeNetwork, String kind, Map<String, String> fields) {}

    private final int capacity;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();
    private long lastNumber;

    public RecentEvents(int capacity) {
        this.capacity = capacity;
    }

    void add(Instant at, String homeNetwork, String kind, Map<String, String> fields) {
        Entry entry;
        synchronized (entries) {
            entry = new Entry(++lastNumber, at, homeNetwork, kind, fields);
            if (entries.size() == capacity) {
                entries.removeFirst();
            }
            entries.addLast(entry);
        }
        for (Consumer<Entry> listener : listeners) {
            listener.accept(entry);
        }
    }

    /** Calls for every later event on the loop's thread: a listener must only queue it, and never throw. */
    public void listen(Consumer<Entry> listener) {
        listeners.add(listener);
    }

    public void unlisten(Consumer<Entry> listener) {
        listeners.remove(listener);
    }

    /** What is remembered with a number above {@code after}, oldest first. */
    public List<Entry> since(long after) {
        synchronized (entries) {
            List<Entry> later = new ArrayList<>();
            for (Entry entry : entries) {
                if (entry.number() > after) {
                    later.add(entry);
                }
            }
            return later;
        }
    }
}
