package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.mobileip.Ipv6Address;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The notification information: which list was sent to which care-of address, and when. All stickiness lives here, and
 * the in-flight credit: an answer counts as load on the home agent that it named first until its binding shows up or its
 * time is over, so that a burst of requests between two bindings spreads.
 *
 * <p>Goals: an answer costs no more than a few cache lines and no object, with hundreds of thousands a second from as many
 * addresses; it can never take more memory than its limit.
 *
 * <p>Algorithm: answers lie in a ring in the order in which they were sent. The tail is the oldest; it is dropped when its
 * time to live is over, or when there are as many as the limit allows. A second mark, the credit tail, follows the head at
 * the age at which credit ends. An answer that is repeated moves to the head; what it leaves behind is dead, and goes when
 * the tail passes or when the ring, twice as large as the limit, has to be tidied. An {@link AnswerIndex} leads from an
 * address to its place.
 *
 * <p>Worked case, credit 10 s: A and B are sent at 0 s, A again at 4 s. Ring: (dead A) B A. At 10 s the credit tail passes
 * B; at 14 s it passes A. Had A's binding shown up at 5 s, the mark on A would be gone and nothing left to pass.
 */
final class Assignments {

    private static final int SMALLEST = 1 << 10;
    private static final int STRIDE = 4;
    private static final int HIGH = 0;
    private static final int LOW = 1;
    private static final int SENT_AT = 2;
    /** When the list was made, in the upper 62 bits; {@link #LIVE} and {@link #CREDITED}. */
    private static final int LISTED_AT = 3;

    private static final long CREDITED = 1;
    private static final long LIVE = 2;
    private static final int FLAG_BITS = 2;

    private final int limit;
    private long timeToLiveMillis;
    private long creditMillis;
    private final long hashSeed;

    private final AnswerIndex.Ring holder = this::holds;

    private long[] ring;
    private HomeAgentOrder[] orders;
    private AnswerIndex index;
    private int mask;
    private long head;
    private long tail;
    private long creditTail;
    /** By index of the home agent. */
    private int[] credits = new int[16];

    private int[] dueScratch = new int[16];

    Assignments(int limit, StickinessConfig stickiness, BalancingConfig balancing, long hashSeed) {
        this.limit = limit;
        this.timeToLiveMillis = stickiness.timeToLive().toMillis();
        this.creditMillis = balancing.inFlightCredit().toMillis();
        this.hashSeed = hashSeed;
        int capacity = Math.min(2 * limit, SMALLEST);
        this.ring = new long[capacity * STRIDE];
        this.orders = new HomeAgentOrder[capacity];
        this.index = new AnswerIndex(Math.min(capacity, limit));
        this.mask = capacity - 1;
        Arrays.fill(orders, HomeAgentOrder.EMPTY);
    }

    /** Other times hold for what is remembered, too. */
    void reconfigure(StickinessConfig stickiness, BalancingConfig balancing) {
        timeToLiveMillis = stickiness.timeToLive().toMillis();
        creditMillis = balancing.inFlightCredit().toMillis();
        if (tail < head) {
            ageTo(sentAtMillis((int) (head - 1) & mask));
        }
    }

    int size() {
        return index.size();
    }

    /** The place of what was last sent to an address; negative: nothing. Valid until the next change. */
    int find(Ipv6Address careOfAddress) {
        long high = careOfAddress.high();
        long low = careOfAddress.low();
        int slot = index.find(hash(high, low), holder, high, low);
        return slot < 0 ? -1 : index.placeIn(slot);
    }

    HomeAgentOrder orderAt(int place) {
        return orders[place];
    }

    long listedAtMillis(int place) {
        return ring[place * STRIDE + LISTED_AT] >> FLAG_BITS;
    }

    boolean isFresh(int place, long nowMillis) {
        return nowMillis - listedAtMillis(place) < timeToLiveMillis;
    }

    /** Whether one more answer, to an address that has none, would push out one whose time is not over. */
    boolean wouldEvict(long nowMillis) {
        return index.size() >= limit && nowMillis - sentAtMillis((int) tail & mask) < longestUse();
    }

    /**
     * In-flight credit by index of the home agent, as of now. The array is the caller's until the next call; indexes
     * beyond it have none.
     */
    int[] creditsAt(long nowMillis) {
        if (creditTail == head || !isDue((int) creditTail & mask, nowMillis)) {
            return credits;
        }
        if (dueScratch.length < credits.length) {
            dueScratch = new int[credits.length];
        }
        System.arraycopy(credits, 0, dueScratch, 0, credits.length);
        for (long i = creditTail; i < head && isDue((int) i & mask, nowMillis); i++) {
            int place = (int) i & mask;
            if (isCredited(place)) {
                dueScratch[orders[place].index(0)]--;
            }
        }
        return dueScratch;
    }

    /**
     * @param credited whether the answer counts as load
     * @return whether it does and did not before
     */
    boolean put(AnswerSent answer, boolean credited) {
        ageTo(answer.sentAtMillis());
        long high = answer.careOfAddress().high();
        long low = answer.careOfAddress().low();
        int hash = hash(high, low);
        int slot = index.find(hash, holder, high, low);
        int creditedBefore = -1;
        if (slot >= 0) {
            int before = index.placeIn(slot);
            creditedBefore = isCredited(before) ? orders[before].index(0) : -1;
            bury(before);
            index.remove(slot);
            passTheDead();
            slot = index.find(hash, holder, high, low);
        } else if (index.size() >= limit) {
            dropOldest();
            slot = index.find(hash, holder, high, low);
        }
        if (head - tail > mask) {
            tidy();
            slot = index.find(hash, holder, high, low);
        }
        int place = (int) head & mask;
        head++;
        index.put(~slot, hash, place);
        boolean counts = credited && !answer.homeAgents().isEmpty();
        int base = place * STRIDE;
        ring[base + HIGH] = high;
        ring[base + LOW] = low;
        ring[base + SENT_AT] = answer.sentAtMillis();
        ring[base + LISTED_AT] = (answer.listedAtMillis() << FLAG_BITS) | LIVE | (counts ? CREDITED : 0);
        orders[place] = answer.homeAgents();
        if (counts) {
            credit(answer.homeAgents().index(0), 1);
        }
        return counts && creditedBefore != answer.homeAgents().index(0);
    }

    /** The binding showed up: the answer no longer counts beside it. */
    void settle(Ipv6Address careOfAddress) {
        int place = find(careOfAddress);
        if (place >= 0) {
            dropCredit(place);
        }
    }

    /** Every answer that is remembered, oldest first. */
    Stream<AnswerSent> stream() {
        return LongStream.range(tail, head)
                .mapToInt(i -> (int) i & mask)
                .filter(this::isLive)
                .mapToObj(this::answerAt);
    }

    /** Those of them that were sent at some time or later. */
    Stream<AnswerSent> streamSince(long sentAtMillis) {
        return LongStream.range(tail, head)
                .mapToInt(i -> (int) i & mask)
                .filter(place -> isLive(place) && sentAtMillis(place) >= sentAtMillis)
                .mapToObj(this::answerAt);
    }

    private AnswerSent answerAt(int place) {
        int base = place * STRIDE;
        return new AnswerSent(
                new Ipv6Address(ring[base + HIGH], ring[base + LOW]),
                orders[place],
                ring[base + SENT_AT],
                listedAtMillis(place));
    }

    /** Of what outlives the process: the answers, not their credit. */
    long durableStateHash() {
        long hash = 0;
        for (long i = tail; i < head; i++) {
            int place = (int) i & mask;
            if (isLive(place)) {
                int base = place * STRIDE;
                long address = Mixing.mix(ring[base + HIGH], ring[base + LOW]);
                long times = Mixing.mix(ring[base + SENT_AT], listedAtMillis(place));
                hash = Mixing.mix(hash, Mixing.mix(address, times + orders[place].hashCode()));
            }
        }
        return hash;
    }

    long creditHash() {
        long hash = 0;
        for (int i = 0; i < credits.length; i++) {
            hash += credits[i] * Mixing.mix(i);
        }
        return hash;
    }

    private void ageTo(long nowMillis) {
        while (creditTail < head && isDue((int) creditTail & mask, nowMillis)) {
            dropCredit((int) creditTail & mask);
            creditTail++;
        }
        while (tail < head && nowMillis - sentAtMillis((int) tail & mask) >= longestUse()) {
            dropOldest();
        }
    }

    private long longestUse() {
        return Math.max(timeToLiveMillis, creditMillis);
    }

    private boolean isDue(int place, long nowMillis) {
        return !isCredited(place) || nowMillis - sentAtMillis(place) >= creditMillis;
    }

    /** The tail is never dead, so this is the oldest that is remembered. */
    private void dropOldest() {
        int place = (int) tail & mask;
        int base = place * STRIDE;
        long high = ring[base + HIGH];
        long low = ring[base + LOW];
        index.remove(index.find(hash(high, low), holder, high, low));
        bury(place);
        passTheDead();
    }

    private void passTheDead() {
        while (tail < head && !isLive((int) tail & mask)) {
            tail++;
        }
        creditTail = Math.max(creditTail, tail);
    }

    private void bury(int place) {
        dropCredit(place);
        ring[place * STRIDE + LISTED_AT] &= ~LIVE;
        orders[place] = HomeAgentOrder.EMPTY;
    }

    private void dropCredit(int place) {
        if (isCredited(place)) {
            ring[place * STRIDE + LISTED_AT] &= ~CREDITED;
            credit(orders[place].index(0), -1);
        }
    }

    private void credit(int homeAgent, int difference) {
        if (homeAgent >= credits.length) {
            credits = Arrays.copyOf(credits, Integer.highestOneBit(homeAgent) * 2);
        }
        credits[homeAgent] += difference;
    }

    /** Leaves out the dead; where they are less than half, takes a ring of twice the size. Each answer pays for it once. */
    private void tidy() {
        int capacity = mask + 1;
        boolean mostlyLive = index.size() > capacity / 2;
        long[] oldRing = ring;
        HomeAgentOrder[] oldOrders = orders;
        long oldTail = tail;
        long oldHead = head;
        long oldCreditTail = creditTail;
        allocate(mostlyLive ? capacity * 2 : capacity);
        tail = 0;
        head = 0;
        creditTail = 0;
        for (long i = oldTail; i < oldHead; i++) {
            int from = (int) i & (capacity - 1);
            if (i == oldCreditTail) {
                creditTail = head;
            }
            if ((oldRing[from * STRIDE + LISTED_AT] & LIVE) != 0) {
                move(oldRing, oldOrders, from);
            }
        }
        if (oldCreditTail >= oldHead) {
            creditTail = head;
        }
    }

    private void allocate(int capacity) {
        ring = new long[capacity * STRIDE];
        orders = new HomeAgentOrder[capacity];
        Arrays.fill(orders, HomeAgentOrder.EMPTY);
        index = new AnswerIndex(Math.min(capacity, limit));
        mask = capacity - 1;
    }

    private void move(long[] oldRing, HomeAgentOrder[] oldOrders, int from) {
        int place = (int) head & mask;
        head++;
        System.arraycopy(oldRing, from * STRIDE, ring, place * STRIDE, STRIDE);
        orders[place] = oldOrders[from];
        long high = ring[place * STRIDE + HIGH];
        long low = ring[place * STRIDE + LOW];
        int hash = hash(high, low);
        index.put(~index.find(hash, holder, high, low), hash, place);
    }

    private boolean holds(int place, long high, long low) {
        int base = place * STRIDE;
        return ring[base + HIGH] == high && ring[base + LOW] == low;
    }

    private boolean isLive(int place) {
        return (ring[place * STRIDE + LISTED_AT] & LIVE) != 0;
    }

    private boolean isCredited(int place) {
        return (ring[place * STRIDE + LISTED_AT] & CREDITED) != 0;
    }

    private long sentAtMillis(int place) {
        return ring[place * STRIDE + SENT_AT];
    }

    /** Seeded, since whoever sends requests chooses the addresses. */
    private int hash(long high, long low) {
        return (int) (Mixing.mix(hashSeed ^ high, low) >>> 32);
    }
}
