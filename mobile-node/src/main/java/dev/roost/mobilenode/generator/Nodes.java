package dev.roost.mobilenode.generator;

import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Ipv6Address;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * The mobile nodes: the state of each, and what an answer or a timeout makes of it. It sends through a {@link Sender} and knows no
 * socket; the time is handed in.
 *
 * <pre>
 *   IDLE -> DISCOVERING -> REGISTERING -> BOUND <-> REFRESHING
 *   IDLE -> REGISTERING, with a configured home agent
 *   BOUND, REFRESHING -> DEREGISTERING -> GONE
 *   refused with 130, 131 or 133, or no answer: the next home agent of the list, and after the last one IDLE -> DISCOVERING
 *   refused with 135: again with the sequence number after the home agent's
 *   any -> FAILED after {@link #MAX_ROUNDS} rounds
 * </pre>
 */
final class Nodes {
    static final long INITIAL_DHAAD_TIMEOUT = 3_000_000_000L;
    static final int DHAAD_RETRIES = 4;
    static final long INITIAL_BINDACK_TIMEOUT_FIRSTREG = 1_500_000_000L;
    static final long INITIAL_BINDACK_TIMEOUT = 1_000_000_000L;
    static final long MAX_BINDACK_TIMEOUT = 32_000_000_000L;
    /** Binding updates to one home agent before the next is tried. */
    static final int MAX_SENT = 4;
    /** Lists of home agents that are gone through before a node is given up. */
    static final int MAX_ROUNDS = 3;
    /** Home agents of a list that are tried. */
    private static final int CANDIDATES = 4;

    private static final int MAX_RESYNCHRONISED = 3;
    private static final int IDENTIFIERS = 1 << 16;

    /** What a node is busy with. */
    enum State {
        IDLE,
        DISCOVERING,
        REGISTERING,
        BOUND,
        REFRESHING,
        DEREGISTERING,
        GONE,
        FAILED
    }

    /** Puts packets of a node on the wire. */
    interface Sender {
        void discoveryRequest(int node, int identifier);

        void bindingUpdate(int node, Ipv6Address homeAgent, int sequence, int lifetimeUnits);
    }

    /** Hears what becomes of nodes. */
    interface Listener {
        void onBound(int node, Ipv6Address homeAgent, boolean first);

        void onReleased(int node);
    }

    private final Sender sender;
    private final Listener listener;
    private final HomeAgents homeAgents;
    private final int configuredHomeAgent;
    private final int lifetimeUnits;
    private final SplittableRandom random;
    private final TimerWheel timers;
    private final State[] state;
    private final byte[] sent;
    private final byte[] rounds;
    private final byte[] resynchronised;
    private final short[] identifier;
    private final short[] sequence;
    /** Numbers of home agents, {@link #CANDIDATES} a node. */
    private final short[] candidates;

    private final byte[] candidate;
    /** When the transaction under way should have begun, and when its latest part did. */
    private final long[] dueNanos;

    private final long[] sentNanos;
    private final Map<State, Tally> inState = new EnumMap<>(State.class);
    private Phase phase;

    Nodes(
            int nodes,
            Optional<Ipv6Address> homeAgent,
            int lifetimeUnits,
            HomeAgents homeAgents,
            Sender sender,
            Listener listener,
            long seed,
            long nowNanos) {
        this.sender = sender;
        this.listener = listener;
        this.homeAgents = homeAgents;
        this.lifetimeUnits = lifetimeUnits;
        random = new SplittableRandom(seed);
        timers = new TimerWheel(nodes, nowNanos);
        configuredHomeAgent = homeAgent.map(homeAgents::numberOf).orElse(HomeAgents.NONE);
        state = new State[nodes];
        Arrays.fill(state, State.IDLE);
        sent = new byte[nodes];
        rounds = new byte[nodes];
        resynchronised = new byte[nodes];
        identifier = new short[nodes];
        sequence = new short[nodes];
        candidates = new short[nodes * CANDIDATES];
        candidate = new byte[nodes];
        dueNanos = new long[nodes];
        sentNanos = new long[nodes];
        for (State each : State.values()) {
            inState.put(each, new Tally());
        }
        tally(State.IDLE).nodes = nodes;
        phase = new Phase(Phase.Kind.REGISTER, nowNanos);
        Arrays.fill(candidates, (short) HomeAgents.NONE);
    }

    /** What is measured goes there from now on. */
    void measure(Phase newPhase) {
        phase = newPhase;
    }

    int size() {
        return state.length;
    }

    State state(int node) {
        return state[node];
    }

    int count(State wanted) {
        return tally(wanted).nodes;
    }

    /** Nodes that wait for an answer. */
    int waiting() {
        return count(State.DISCOVERING)
                + count(State.REGISTERING)
                + count(State.REFRESHING)
                + count(State.DEREGISTERING);
    }

    /** Begins the registration of an idle node; {@code due} is when that should have been. */
    void register(int node, long now, long due) {
        phase.onStarted();
        dueNanos[node] = due;
        sequence[node] = (short) random.nextInt(IDENTIFIERS);
        identifier[node] = (short) random.nextInt(IDENTIFIERS);
        findHomeAgent(node, now);
    }

    /** Begins a refresh of a bound node. */
    void refresh(int node, long now, long due) {
        phase.onStarted();
        dueNanos[node] = due;
        become(node, State.REFRESHING);
        begin(node, now);
    }

    /** Begins the deregistration of a bound node. */
    void deregister(int node, long now, long due) {
        phase.onStarted();
        dueNanos[node] = due;
        become(node, State.DEREGISTERING);
        begin(node, now);
    }

    /** Lets go what is due. */
    void advance(long now) {
        timers.advance(now, onTimeout(now));
    }

    private IntConsumer onTimeout(long now) {
        return node -> {
            switch (state(node)) {
                case DISCOVERING -> {
                    if (sent[node] > DHAAD_RETRIES) {
                        giveUpRound(node, now);
                    } else {
                        sendDiscoveryRequest(node, now);
                    }
                }
                case REGISTERING -> {
                    if (sent[node] >= MAX_SENT && configuredHomeAgent == HomeAgents.NONE) {
                        nextCandidate(node, now);
                    } else {
                        sendBindingUpdate(node, now);
                    }
                }
                case REFRESHING, DEREGISTERING -> {
                    if (sent[node] >= MAX_SENT) {
                        phase.onFailed();
                        listener.onReleased(node);
                        become(node, State.FAILED);
                    } else {
                        sendBindingUpdate(node, now);
                    }
                }
                case BOUND -> refresh(node, now, now);
                case IDLE, GONE, FAILED -> throw new IllegalStateException("timer of a node that is " + state(node));
            }
        };
    }

    /** @return whether it was the answer to the node's latest request */
    boolean onDiscoveryReply(int node, long now, int replyIdentifier, List<Ipv6Address> list) {
        if (state(node) != State.DISCOVERING || (identifier[node] & 0xffff) != replyIdentifier || list.isEmpty()) {
            return false;
        }
        phase.onDiscovered(now - sentNanos[node]);
        for (int i = 0; i < CANDIDATES; i++) {
            int number = i < list.size() ? homeAgents.numberOf(list.get(i)) : HomeAgents.NONE;
            candidates[node * CANDIDATES + i] = (short) number;
        }
        candidate[node] = 0;
        become(node, State.REGISTERING);
        begin(node, now);
        return true;
    }

    /** @return whether it was the answer to the node's latest binding update, from the home agent that it went to */
    boolean onBindingAcknowledgement(
            int node, long now, long sourceHigh, long sourceLow, int status, int sequenceNumber, int units) {
        State before = state(node);
        boolean waits = before == State.REGISTERING || before == State.REFRESHING || before == State.DEREGISTERING;
        if (!waits) {
            return false;
        }
        Ipv6Address homeAgent = homeAgents.address(homeAgentOf(node));
        if (homeAgent.high() != sourceHigh || homeAgent.low() != sourceLow) {
            return false;
        }
        if (status == BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW.value()) {
            phase.onStatus(status);
            sequence[node] = (short) sequenceNumber;
            if (resynchronised[node]++ < MAX_RESYNCHRONISED) {
                sendBindingUpdate(node, now);
            }
            return true;
        }
        if ((sequence[node] & 0xffff) != sequenceNumber) {
            return false;
        }
        phase.onStatus(status);
        if (status < BindingStatus.REASON_UNSPECIFIED.value()) {
            accept(node, now, before, units);
        } else {
            refuse(node, now, before);
        }
        return true;
    }

    private void accept(int node, long now, State before, int units) {
        phase.onAnswered(now, dueNanos[node]);
        timers.clear(node);
        if (before == State.DEREGISTERING) {
            become(node, State.GONE);
            homeAgents.onReleased(homeAgentOf(node));
            listener.onReleased(node);
            return;
        }
        become(node, State.BOUND);
        if (before == State.REGISTERING) {
            homeAgents.onRegistered(homeAgentOf(node));
            listener.onBound(node, homeAgents.address(homeAgentOf(node)), true);
        }
        rounds[node] = 0;
        // 90 to 95 % of the lifetime: spread, since nodes that came together should not come back together.
        long lifetime = Math.min(units, lifetimeUnits) * 4_000_000_000L;
        timers.set(node, sentNanos[node] + (long) (lifetime * (0.90 + 0.05 * random.nextDouble())));
    }

    private void refuse(int node, long now, State before) {
        timers.clear(node);
        if (before == State.REGISTERING) {
            nextCandidate(node, now);
            return;
        }
        phase.onFailed();
        homeAgents.onReleased(homeAgentOf(node));
        listener.onReleased(node);
        become(node, State.FAILED);
    }

    private void findHomeAgent(int node, long now) {
        sent[node] = 0;
        resynchronised[node] = 0;
        if (configuredHomeAgent != HomeAgents.NONE) {
            candidates[node * CANDIDATES] = (short) configuredHomeAgent;
            candidate[node] = 0;
            become(node, State.REGISTERING);
            begin(node, now);
        } else {
            become(node, State.DISCOVERING);
            sendDiscoveryRequest(node, now);
        }
    }

    private void nextCandidate(int node, long now) {
        candidate[node]++;
        boolean more = candidate[node] < CANDIDATES && homeAgentOf(node) != HomeAgents.NONE;
        if (more) {
            begin(node, now);
        } else {
            giveUpRound(node, now);
        }
    }

    private void giveUpRound(int node, long now) {
        rounds[node]++;
        if (rounds[node] < MAX_ROUNDS) {
            findHomeAgent(node, now);
        } else {
            phase.onFailed();
            become(node, State.FAILED);
        }
    }

    private void begin(int node, long now) {
        sent[node] = 0;
        resynchronised[node] = 0;
        sendBindingUpdate(node, now);
    }

    private void sendDiscoveryRequest(int node, long now) {
        identifier[node]++;
        phase.onSent(sent[node] > 0);
        sentNanos[node] = now;
        sender.discoveryRequest(node, identifier[node] & 0xffff);
        timers.set(node, now + (INITIAL_DHAAD_TIMEOUT << sent[node]));
        sent[node]++;
    }

    private void sendBindingUpdate(int node, long now) {
        sequence[node]++;
        State current = state(node);
        phase.onSent(sent[node] > 0);
        sentNanos[node] = now;
        int units = current == State.DEREGISTERING ? 0 : lifetimeUnits;
        sender.bindingUpdate(node, homeAgents.address(homeAgentOf(node)), sequence[node] & 0xffff, units);
        long first = current == State.REGISTERING ? INITIAL_BINDACK_TIMEOUT_FIRSTREG : INITIAL_BINDACK_TIMEOUT;
        timers.set(node, now + Math.min(MAX_BINDACK_TIMEOUT, first << Math.min(sent[node], 6)));
        sent[node] = (byte) Math.min(sent[node] + 1, Byte.MAX_VALUE);
    }

    private int homeAgentOf(int node) {
        return candidates[node * CANDIDATES + candidate[node]] & 0xffff;
    }

    /** The home agent that the node uses or tries. */
    Ipv6Address homeAgent(int node) {
        return homeAgents.address(homeAgentOf(node));
    }

    private void become(int node, State next) {
        tally(state[node]).nodes--;
        state[node] = next;
        tally(next).nodes++;
    }

    private Tally tally(State of) {
        return Objects.requireNonNull(inState.get(of));
    }

    /** How many nodes are in one state. */
    private static final class Tally {
        private int nodes;
    }
}
