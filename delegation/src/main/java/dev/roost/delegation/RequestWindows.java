package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many requests may be under way to each peer at a time; further ones wait for their turn, in order.
 *
 * <p>Goals: a peer that is slower than requests come is kept busy, and gets none again for the only reason that others were before it; no
 * request is given up before it was sent. Without it, 100,000 mobile nodes that are to be delegated at once are 100,000 requests that are all
 * repeated after 100 ms, and given up after 3.1 s, most of them behind the others in the peer's queue.
 *
 * <p>Algorithm: a window for each peer, as TCP's (RFC 5681, section 3.1; RFC 8085, section 3.1). It begins small and grows by one with each
 * answer. An answer that is late halves it, once for all that are late together; from then on it grows by one for each windowful of
 * answers. A peer of which nothing is under way is forgotten, so there are no more windows than requests.
 */
final class RequestWindows {
    /** Datagrams of one primary in a peer's queue: some 50 ms of work. */
    static final int MOST = 512;

    private static final int LEAST = 16;
    private static final long LATE_TOGETHER_MILLIS = 100;

    /** One peer's. */
    private static final class Window {
        int size;
        /** Up to which it grows by one with each answer. */
        int threshold;

        int underWay;
        /** Sent by decisions that are not applied yet. */
        int promised;

        int answered;
        long shrunkAtMillis;
        /** Home addresses that a request waits for, in order. */
        final Set<Ipv6Address> waiting = new LinkedHashSet<>();

        Window(int size, int threshold) {
            this.size = size;
            this.threshold = threshold;
        }

        boolean hasRoom() {
            return underWay + promised < size;
        }
    }

    private final int most;
    private final int least;
    private final Map<Ipv6Address, Window> windows = new HashMap<>();
    /** Those of which the decision that is being made takes places. */
    private final List<Window> promising = new ArrayList<>();

    private int waiting;

    RequestWindows(int most) {
        this.most = most;
        this.least = Math.min(LEAST, most);
    }

    private Window window(Ipv6Address peer) {
        return windows.computeIfAbsent(peer, unknown -> new Window(least, most));
    }

    /** Takes a place for a new request; false: it has to wait, behind those that wait already. */
    boolean take(Ipv6Address peer) {
        Window window = window(peer);
        return window.waiting.isEmpty() && takeTurn(window);
    }

    /** Takes a place for one that waits. */
    boolean takeTurn(Ipv6Address peer) {
        return takeTurn(window(peer));
    }

    private boolean takeTurn(Window window) {
        if (!window.hasRoom()) {
            return false;
        }
        if (window.promised++ == 0) {
            promising.add(window);
        }
        return true;
    }

    /** An answer came while the request was under way. */
    void onAnswer(Ipv6Address peer) {
        @Nullable Window window = windows.get(peer);
        if (window == null || window.size >= most) {
            return;
        }
        if (window.size < window.threshold || ++window.answered >= window.size) {
            window.answered = 0;
            window.size++;
        }
    }

    /** No answer came in time. */
    void onLate(Ipv6Address peer, long nowMillis) {
        @Nullable Window window = windows.get(peer);
        if (window != null && nowMillis - window.shrunkAtMillis >= LATE_TOGETHER_MILLIS) {
            window.shrunkAtMillis = nowMillis;
            window.size = Math.max(least, window.size / 2);
            window.threshold = window.size;
        }
    }

    /** A change is applied: these are one mobile node's requests now, in place of those. */
    void replace(Ipv6Address homeAddress, List<OutstandingRequest> former, List<OutstandingRequest> present) {
        promising.forEach(window -> window.promised = 0);
        promising.clear();
        for (OutstandingRequest request : present) {
            Window window = window(request.peer());
            if (!request.isWaiting()) {
                window.underWay++;
            } else if (window.waiting.add(homeAddress)) {
                waiting++;
            }
        }
        for (OutstandingRequest request : former) {
            @Nullable Window window = windows.get(request.peer());
            if (window == null) {
                continue;
            }
            if (!request.isWaiting()) {
                window.underWay--;
            } else if (!waitsFor(present, request.peer()) && window.waiting.remove(homeAddress)) {
                waiting--;
            }
            if (window.underWay == 0 && window.waiting.isEmpty()) {
                windows.remove(request.peer());
            }
        }
    }

    private static boolean waitsFor(List<OutstandingRequest> requests, Ipv6Address peer) {
        for (OutstandingRequest request : requests) {
            if (request.isWaiting() && request.peer().equals(peer)) {
                return true;
            }
        }
        return false;
    }

    boolean isAnyWaiting() {
        return waiting > 0;
    }

    /** Whose requests wait for a peer. */
    Set<Ipv6Address> waitingFor(Ipv6Address peer) {
        @Nullable Window window = windows.get(peer);
        return window == null ? Set.of() : window.waiting;
    }

    /** Whether it is the turn of any that waits. */
    boolean isAnyTurn() {
        return waiting > 0
                && windows.values().stream().anyMatch(window -> window.hasRoom() && !window.waiting.isEmpty());
    }

    /** Home addresses whose turn it is, as far as there is room. */
    Set<Ipv6Address> turns() {
        Set<Ipv6Address> turns = new LinkedHashSet<>();
        for (Window window : windows.values()) {
            window.waiting.stream()
                    .limit(Math.max(0, window.size - window.underWay))
                    .forEach(turns::add);
        }
        return turns;
    }
}
