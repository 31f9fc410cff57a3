package dev.roost.delegation;

import dev.roost.delegation.DelegationChange.ForwardersChanged;
import dev.roost.delegation.DelegationEffect.AdmitRegistration;
import dev.roost.delegation.DelegationEffect.Announce;
import dev.roost.delegation.DelegationEffect.RefuseRegistration;
import dev.roost.delegation.ForwardingMessage.Acknowledgement;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.ForwarderReportAcknowledgement;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StartForwardingAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StopForwardingAcknowledgement;
import dev.roost.delegation.OutstandingRequest.Kind;
import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A home agent in its role of primary: for each mobile node that is registered with it, who is to forward (the <em>holder</em>) and who
 * may still forward beside it (the <em>others</em>).
 *
 * <p>Goals: at every moment the home agent that switches steer to has a tunnel to the newest care-of address; in the end nobody else
 * has one; whatever is lost, late, doubled or out of order.
 *
 * <p>Three things go on side by side, and the state is the first of them that does: a candidate is being asked; the controller is being
 * told who holds; the others are going on for the grace period.
 *
 * <pre>
 *   state       event                                     then
 *   OWN         delegable; strict, policy or order        STARTING: Start to the candidate, which is among the others from now on
 *   STARTING    accepted                                  REPORTING: candidate is holder, who held is among the others
 *   STARTING    refused, or no answer to five             Stop to it; the next one (registration), or as before (policy), or as before
 *                                                         and the reason is reported (order)
 *   REPORTING   acknowledged, or there is no controller   SETTLING, or at once DELEGATED or OWN if there are no others
 *   REPORTING   no answer to five                         goes on every 5 s: nobody stops before the switches are known to steer
 *   REPORTING   superseded                                reported again with a newer epoch
 *   REPORTING   refused: forwarder unknown                taken back
 *   REPORTING   refused five times: binding unknown       taken back; with the primary as holder at once as acknowledged
 *   SETTLING    grace period over                         the primary itself stops at once, Stop to the others: DELEGATED or OWN
 *   any         Stop acknowledged, or given up            no longer among the others
 *   DELEGATED   registered again                          Start to the holder with a newer epoch; to the others too, if it moved
 *   DELEGATED   that is refused, or not answered          taken back
 *   DELEGATED   holder silent, or no secondary any more   taken back
 *   DELEGATED   holder restarted with less                Start to the holder with a newer epoch
 *   any         taken back: order, policy, or above       REPORTING: the primary is holder and tunnels at once
 *   any         order that names another                  the candidate gets a Stop; STARTING anew; what goes on besides goes on
 *   any         order that names the holder               the candidate gets a Stop; REPORTING
 *   any         order that names nobody                   REPORTING; nothing else is altered
 *   any         released or expired                       RELEASED: Stop to all of them; forgotten when they have acknowledged
 *   RELEASED    registered again, within a minute         REPORTING with the primary as holder
 * </pre>
 *
 * <p>In strict mode a registration is admitted when the Start that it caused was accepted, or when no secondary is left and the primary
 * forwards itself; in late mode at once. A primary without a data plane of its own never takes back: it looks for another secondary,
 * again every 5 s, and a registration that finds none is refused.
 *
 * <p>Requests are repeated as {@link OutstandingRequest} says, and no more of them are under way to one peer than {@link RequestWindows}
 * allows: a secondary that is slow, or busy with others, gets them one after the other. A registration does not wait for that longer than
 * it would for no answer. Policies begin nothing while anything waits, and try again what was not answered. {@link DelegationStep} has the primitives, {@link DelegationRules} the
 * rows of the table, {@link ForwarderChoice} the policies, {@link Peers} the secondaries' health.
 *
 * <p>{@link #apply} is the only thing that alters who forwards; secondaries' health and rates move with the events. Work per event does
 * not depend on the number of mobile nodes. The loop thread calls everything.
 */
public final class Primary {
    /** What is due at once, and what policies and repairs want, is handled in pieces of this size. */
    private static final int PIECE = 256;

    private static final long RETRY_MILLIS = 5000;
    private static final int LEVEL_EVERY = 5;

    private final RequestWindows windows;
    private final DelegationTable table;
    private final Peers peers = new Peers();
    private final OwnTraffic traffic = new OwnTraffic();
    private final Announcements announcements = new Announcements();
    private final Repairs repairs = new Repairs();
    private final StoppedEpochs stopped = new StoppedEpochs();
    private final Identifiers identifiers;
    private PrimarySettings settings;
    private ForwarderChoice choice;
    private DelegationRules rules;
    private Hello hello = new Hello(0, new Roles(true, false), 0, 0, 0);
    /** When a policy looks next whether mobile nodes are to be moved, and when once more after it has found none. */
    private long levellingMillis = DeadlineOrder.NEVER;

    private long levellingAgainMillis = DeadlineOrder.NEVER;

    private int measurements;

    /** @param identifiers shared by all that send requests from this address */
    public Primary(PrimarySettings settings, Identifiers identifiers) {
        this(settings, identifiers, RequestWindows.MOST);
    }

    /** @param mostRequests under way to one peer */
    Primary(PrimarySettings settings, Identifiers identifiers, int mostRequests) {
        this.settings = settings;
        this.identifiers = identifiers;
        this.windows = new RequestWindows(mostRequests);
        this.table = new DelegationTable(settings.address(), windows);
        this.choice = new ForwarderChoice(settings, table, peers, traffic);
        this.rules = new DelegationRules(settings, choice);
    }

    /** Goes on after a restart: the durable changes were applied, these are the registrations that are left. Called at first start too. */
    public DelegationDecision onRestart(Instant now, Collection<Registration> registrations) {
        settings.secondaries().forEach(secondary -> peers.add(now.toEpochMilli(), secondary));
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        Set<Ipv6Address> registered = new HashSet<>();
        for (Registration registration : registrations) {
            if (registered.size() < settings.maximumMobileNodes()) {
                registered.add(registration.homeAddress());
                DelegationStep step = step(decision, now, registration.homeAddress());
                rules.onRestart(step, registration);
                watch(now, step);
                step.finish();
            }
        }
        for (Delegation delegation : table.all()) {
            if (!registered.contains(delegation.homeAddress())) {
                release(decision, now, delegation.homeAddress());
            }
        }
        return decision.build();
    }

    /**
     * A mobile node registers, or registers again. The registration may be accepted when the effect {@link AdmitRegistration} comes, in
     * late mode at once, and is to be refused when {@link RefuseRegistration} comes; the same one again, meanwhile, alters nothing.
     */
    public DelegationDecision onRegistration(Instant now, Registration registration) {
        Ipv6Address homeAddress = registration.homeAddress();
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        if (table.find(homeAddress) == null && table.size() >= settings.maximumMobileNodes()) {
            return decision.count(DelegationCounter.NOT_DELEGATED_TABLE_FULL)
                    .effect(
                            settings.forwardsItself()
                                    ? new AdmitRegistration(homeAddress)
                                    : new RefuseRegistration(homeAddress))
                    .build();
        }
        DelegationStep step = step(decision, now, homeAddress);
        OptionalLong stoppedEpoch = stopped.epoch(now, homeAddress, settings.address());
        stoppedEpoch.ifPresent(step::raiseEpoch);
        rules.onRegistration(step, registration, stoppedEpoch.isPresent());
        step.finish();
        return decision.build();
    }

    /** A registration is over: released, expired, or given up while it waited. */
    public DelegationDecision onRelease(Instant now, Ipv6Address homeAddress) {
        @Nullable Delegation present = table.find(homeAddress);
        if (present == null || present.registration().isEmpty()) {
            return DelegationDecision.NOTHING;
        }
        if (!present.isPlain(settings.address())) {
            stopped.remember(now, homeAddress, settings.address(), present.epoch());
        }
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        release(decision, now, homeAddress);
        return decision.build();
    }

    private void release(DelegationDecision.Builder decision, Instant now, Ipv6Address homeAddress) {
        DelegationStep step = step(decision, now, homeAddress);
        rules.onRelease(step);
        step.finish();
    }

    /** Whether an order was taken, and what follows from it. */
    public record OrderResult(DelegationStatus status, DelegationDecision decision) {}

    /** An operator wants this home agent to forward; the primary's own address means to take back. */
    public OrderResult delegate(Instant now, Ipv6Address homeAddress, Ipv6Address forwarder) {
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        DelegationStep step = step(decision, now, homeAddress);
        DelegationStatus status = rules.onOrder(step, forwarder);
        decision.count(status.isAccepted() ? DelegationCounter.ORDERS_ACCEPTED : DelegationCounter.ORDERS_REFUSED);
        if (status.isAccepted()) {
            watch(now, step);
            step.finish();
        }
        return new OrderResult(status, decision.build());
    }

    /** An acknowledgement or an order came in; the session is the sender's. */
    public DelegationDecision onMessage(Instant now, Ipv6Address peer, long session, ForwardingMessage message) {
        if (message instanceof DelegationOrder order) {
            return onOrder(now, peer, order);
        } else if (message instanceof HelloAcknowledgement answer) {
            return onHelloAcknowledgement(now, peer, session, answer);
        } else if (message instanceof StartForwardingAcknowledgement answer) {
            return onAcknowledgement(now, peer, Kind.START, answer, answer.epoch());
        } else if (message instanceof StopForwardingAcknowledgement answer) {
            return onAcknowledgement(now, peer, Kind.STOP, answer, answer.epoch());
        } else if (message instanceof ForwarderReportAcknowledgement answer) {
            return onAcknowledgement(now, peer, Kind.REPORT, answer, answer.epoch());
        }
        return DelegationDecision.count(DelegationCounter.REFUSED_NOT_ADDRESSEE);
    }

    private DelegationDecision onOrder(Instant now, Ipv6Address peer, DelegationOrder order) {
        if (settings.controller().filter(peer::equals).isEmpty()) {
            return DelegationDecision.refuse(
                    peer, order, DelegationStatus.REFUSED, 0, DelegationCounter.REFUSED_NOT_ADDRESSEE);
        }
        @Nullable Delegation present = table.find(order.homeAddress());
        if (present == null) {
            return DelegationDecision.refuse(
                    peer, order, DelegationStatus.UNKNOWN_BINDING, 0, DelegationCounter.ORDERS_REFUSED);
        }
        long lastOrder = present.progress().orderNumber();
        boolean isQuery = order.forwarder().isUnspecified();
        if (!isQuery && Long.compareUnsigned(order.epoch(), lastOrder) < 0) {
            return DelegationDecision.refuse(
                    peer, order, DelegationStatus.SUPERSEDED, lastOrder, DelegationCounter.ORDERS_REFUSED);
        }
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        DelegationStep step = step(decision, now, order.homeAddress());
        DelegationStatus status = rules.onOrder(step, order.forwarder());
        decision.send(peer, order.acknowledge(status, step.epoch));
        decision.count(status.isAccepted() ? DelegationCounter.ORDERS_ACCEPTED : DelegationCounter.ORDERS_REFUSED);
        if (status.isAccepted()) {
            if (!isQuery) {
                step.orderNumber = order.epoch();
            }
            watch(now, step);
            step.finish();
        }
        return decision.build();
    }

    private DelegationDecision onAcknowledgement(
            Instant now, Ipv6Address peer, Kind kind, Acknowledgement answer, long heldEpoch) {
        @Nullable Delegation delegation = table.byRequest(answer.identifier());
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        if (delegation != null) {
            DelegationStep step = step(decision, now, delegation.homeAddress());
            @Nullable OutstandingRequest request = step.request(answer.identifier());
            if (request != null && request.kind() == kind && request.peer().equals(peer)) {
                windows.onAnswer(peer);
                rules.onAcknowledgement(step, request, answer.status(), heldEpoch);
                step.finish();
                return decision.build();
            }
        }
        return decision.count(DelegationCounter.IGNORED_ACKNOWLEDGEMENT).build();
    }

    private DelegationDecision onHelloAcknowledgement(
            Instant now, Ipv6Address peer, long session, HelloAcknowledgement answer) {
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        int held = table.held(peer).size();
        Peers.News news =
                peers.onAcknowledgement(now.toEpochMilli(), peer, session, answer, held, identifiers, hello, decision);
        if (news == Peers.News.RESTARTED) {
            repairs.add(Repairs.Kind.RESTARTED, peer, table.held(peer));
        }
        if (news != Peers.News.NOTHING) {
            levelAgain(now);
            levellingMillis = now.toEpochMilli();
        }
        return decision.build();
    }

    /** How many packets this node has put into tunnels since it started; about once a second. */
    public DelegationDecision onTransmitted(Instant now, long packets) {
        hello = new Hello(0, hello.roles(), packets, 0, hello.allEntries());
        traffic.onMeasured(now.toEpochMilli(), packets);
        traffic.forgetShares();
        traffic.onShare(settings.address(), table.share(settings.address()));
        settings.secondaries().forEach(secondary -> traffic.onShare(secondary, table.share(secondary)));
        if (settings.policy() == PrimarySettings.Policy.EVEN) {
            // By what was counted while nothing was moved; so it ends with the next count.
            levellingMillis = ++measurements % LEVEL_EVERY == 0 ? now.toEpochMilli() : DeadlineOrder.NEVER;
        }
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        if (!windows.isAnyWaiting()) {
            move(decision, now, choice.overThreshold(PIECE));
        }
        return decision.build();
    }

    /** What a Hello of this node says besides. */
    void introduce(Roles roles, int allEntries) {
        hello = new Hello(0, roles, hello.packetsTransmitted(), 0, allEntries);
    }

    /** Other secondaries, another policy: for the mobile nodes that are registered, too. The address stays. */
    public DelegationDecision reconfigure(Instant now, PrimarySettings newSettings) {
        if (!newSettings.address().equals(settings.address())) {
            throw new IllegalArgumentException("a primary keeps its address: " + newSettings.address());
        }
        settings = newSettings;
        choice = new ForwarderChoice(settings, table, peers, traffic);
        rules = new DelegationRules(settings, choice);
        settings.secondaries().forEach(secondary -> peers.add(now.toEpochMilli(), secondary));
        if (!settings.secondaries().isEmpty()) {
            for (Ipv6Address peer : peers.all()) {
                if (!settings.secondaries().contains(peer)) {
                    repairs.add(Repairs.Kind.LOST, peer, table.held(peer));
                }
            }
        }
        levellingMillis = now.toEpochMilli();
        return DelegationDecision.NOTHING;
    }

    /** Handles what is due; a part of it if there is very much, so {@link #nextDeadline} may still be in the past. */
    public DelegationDecision onDeadline(Instant now) {
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        long nowMillis = now.toEpochMilli();
        for (Ipv6Address silent : peers.onDeadline(nowMillis, this::isWatched, identifiers, hello, decision)) {
            repairs.add(Repairs.Kind.LOST, silent, table.held(silent));
            repairs.add(Repairs.Kind.LOST, silent, windows.waitingFor(silent));
        }
        announcements.takeDue(now, PIECE, homeAddress -> {
            @Nullable Delegation delegation = table.find(homeAddress);
            if (delegation != null && delegation.holder().equals(settings.address())) {
                decision.effect(new Announce(homeAddress));
            }
        });
        // One step a mobile node and decision: each of these waits for the next call if there was one before it.
        List<Ipv6Address> due = table.deadlines().due(nowMillis, PIECE);
        if (!due.isEmpty()) {
            due.forEach(homeAddress -> onDue(decision, now, homeAddress));
        } else if (windows.isAnyTurn()) {
            for (Ipv6Address homeAddress : windows.turns()) {
                DelegationStep step = step(decision, now, homeAddress);
                step.sendWaiting();
                step.finish();
            }
        } else if (!repairs.isEmpty()) {
            repairs.take(PIECE).forEach(repair -> repair(decision, now, repair));
        } else if (isLevelling() && levellingMillis <= nowMillis) {
            List<ForwarderChoice.Move> moves = choice.levelling(PIECE);
            move(decision, now, moves);
            if (moves.isEmpty()) {
                levellingMillis = levellingAgainMillis;
                levellingAgainMillis = DeadlineOrder.NEVER;
            }
        }
        return decision.build();
    }

    private void onDue(DelegationDecision.Builder decision, Instant now, Ipv6Address homeAddress) {
        DelegationStep step = step(decision, now, homeAddress);
        rules.onDue(step);
        step.finish();
        if (step.isToBeRetried) {
            levelAgain(now);
        }
    }

    /** What a secondary did not take is offered again, when what that caused is over. */
    private void levelAgain(Instant now) {
        levellingAgainMillis =
                now.toEpochMilli() + RETRY_MILLIS + settings.gracePeriod().toMillis();
        levellingMillis = Math.min(levellingMillis, levellingAgainMillis);
    }

    /** Policies wait until peers have got what they were to be asked. */
    private boolean isLevelling() {
        return levellingMillis != DeadlineOrder.NEVER && !windows.isAnyWaiting();
    }

    private void repair(DelegationDecision.Builder decision, Instant now, Repairs.Repair repair) {
        if (table.find(repair.homeAddress()) == null) {
            return;
        }
        DelegationStep step = step(decision, now, repair.homeAddress());
        boolean isWanted =
                settings.secondaries().isEmpty() || settings.secondaries().contains(repair.secondary());
        if (repair.kind() == Repairs.Kind.RESTARTED) {
            rules.onSecondaryRestarted(step, repair.secondary());
        } else if (!isWanted || !peers.isUsable(repair.secondary())) {
            rules.onSecondaryLost(step, repair.secondary());
        }
        step.finish();
        if (step.isToBeRetried) {
            levelAgain(now);
        }
    }

    private void move(DelegationDecision.Builder decision, Instant now, List<ForwarderChoice.Move> moves) {
        for (ForwarderChoice.Move move : moves) {
            DelegationStep step = step(decision, now, move.homeAddress());
            rules.onPolicy(step, move.forwarder());
            step.finish();
        }
        traffic.onGivenAway(moves.size());
    }

    /** From now on Hello goes to those who forward, whoever named them. */
    private void watch(Instant now, DelegationStep step) {
        Ipv6Address candidate = step.candidate;
        if (candidate != null) {
            peers.add(now.toEpochMilli(), candidate);
        }
        if (!step.isSelfHolder()) {
            peers.add(now.toEpochMilli(), step.holder);
        }
    }

    private boolean isWatched(Ipv6Address homeAgent) {
        return settings.secondaries().contains(homeAgent)
                || table.share(homeAgent) > 0
                || !table.held(homeAgent).isEmpty();
    }

    private DelegationStep step(DelegationDecision.Builder decision, Instant now, Ipv6Address homeAddress) {
        return new DelegationStep(
                new DelegationStep.Context(settings, identifiers, announcements, windows),
                decision,
                now,
                homeAddress,
                table.find(homeAddress));
    }

    /** When {@link #onDeadline} wants to be called next. */
    public Optional<Instant> nextDeadline() {
        if (!repairs.isEmpty() || windows.isAnyTurn()) {
            return Optional.of(Instant.EPOCH);
        }
        long next = Math.min(
                Math.min(table.deadlines().firstMillis(), isLevelling() ? levellingMillis : DeadlineOrder.NEVER),
                Math.min(peers.nextMillis(), announcements.nextMillis()));
        return next == DeadlineOrder.NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(next));
    }

    /** The only thing that alters who forwards. */
    public void apply(DelegationChange.OfPrimary change) {
        if (change instanceof ForwardersChanged changed) {
            table.put(changed.delegation());
        } else {
            table.remove(change.homeAddress());
        }
    }

    /** Whether a request with this identifier waits for its acknowledgement; for {@link MessageProtection#open}. */
    public boolean isOutstanding(long identifier) {
        return table.isOutstanding(identifier) || peers.isOutstanding(identifier);
    }

    /** What the own tunnel of a mobile node that is bound here has to do; full for one that is not known here. */
    public TunnelRole role(Ipv6Address homeAddress) {
        if (!settings.forwardsItself()) {
            return TunnelRole.NONE;
        }
        @Nullable Delegation delegation = table.find(homeAddress);
        return delegation == null || delegation.mayForward(settings.address())
                ? TunnelRole.FULL
                : TunnelRole.RECEIVE_ONLY;
    }

    public Optional<Delegation> delegation(Ipv6Address homeAddress) {
        return table.get(homeAddress);
    }

    /** A copy of all delegations, in no order. */
    public List<Delegation> delegations() {
        return new ArrayList<>(table.all());
    }

    /** How many mobile nodes are known here. */
    public int size() {
        return table.size();
    }

    /** For how many mobile nodes this home agent forwards, or has been asked to. */
    public int heldBy(Ipv6Address homeAgent) {
        return table.share(homeAgent);
    }

    /** The durable state as changes that rebuild it. */
    public List<DelegationChange> snapshot() {
        return table.snapshot();
    }
}
