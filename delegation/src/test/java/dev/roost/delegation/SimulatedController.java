package dev.roost.delegation;

import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.Request;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwardingAcknowledgement;
import dev.roost.mobileip.Ipv6Address;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The controller as the protocol asks it to be, with switches that take a moment. */
final class SimulatedController implements SimulatedNetwork.Host, SimulatedHomeAgent.Bindings {

    /** What is known of a mobile node; outlives the process. */
    private static final class Known {
        final Ipv6Address primary;
        Ipv6Address forwarder;
        long epoch;
        long acceptances;
        /** Counts acceptances and reports. */
        long news;
        /** When the binding update passed that was accepted last. */
        long updatedAtMillis;
        /** Where switches send its packets. */
        Ipv6Address steeredTo;

        Known(Ipv6Address primary) {
            this.primary = primary;
            this.forwarder = primary;
            this.steeredTo = primary;
        }
    }

    private record Reporter(Ipv6Address homeAddress, Ipv6Address primary) {}

    private static final class Pending {
        final Ipv6Address peer;
        final Request request;
        final boolean untilAnswered;
        final long newsThen;
        int tries;

        Pending(Ipv6Address peer, Request request, boolean untilAnswered, long newsThen) {
            this.newsThen = newsThen;
            this.peer = peer;
            this.request = request;
            this.untilAnswered = untilAnswered;
        }
    }

    private final SimulatedNetwork network;
    private final Ipv6Address address;
    private final Set<Ipv6Address> homeAgents = new HashSet<>();
    private final Map<Ipv6Address, Known> known = new HashMap<>();
    /** Who has reported last with which epoch; kept a while after, since a report of before may still be under way. */
    private final Map<Reporter, Long> epochs = new HashMap<>();

    private final Map<Ipv6Address, Known> formers = new HashMap<>();
    private final Map<Long, Pending> pending = new HashMap<>();
    private final Identifiers identifiers = new Identifiers();
    private long orders;
    private boolean up = true;
    private int incarnation;
    int stopsGivenUp;

    SimulatedController(SimulatedNetwork network, Ipv6Address address) {
        this.network = network;
        this.address = address;
    }

    void add(SimulatedHomeAgent homeAgent) {
        homeAgents.add(homeAgent.address());
    }

    @Override
    public Ipv6Address address() {
        return address;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public int incarnation() {
        return incarnation;
    }

    @Override
    public boolean isOutstanding(long identifier) {
        return pending.containsKey(identifier);
    }

    boolean isQuiet() {
        return pending.isEmpty();
    }

    void crash() {
        up = false;
        incarnation++;
        pending.clear();
    }

    /** Asks for what may have changed meanwhile: an order that names nobody is answered by a report. */
    void restart() {
        up = true;
        network.beginSession(this);
        known.forEach((homeAddress, mobileNode) -> verify(homeAddress, mobileNode));
    }

    /** A home agent began anew; it may have forgotten. */
    void onHomeAgentRestarted(Ipv6Address homeAgent) {
        if (up) {
            known.forEach((homeAddress, mobileNode) -> {
                if (mobileNode.primary.equals(homeAgent)) {
                    verify(homeAddress, mobileNode);
                }
            });
        }
    }

    private void verify(Ipv6Address homeAddress, Known mobileNode) {
        send(mobileNode.primary, order(homeAddress, Ipv6Address.UNSPECIFIED), true);
    }

    @Override
    public void onAccepted(SimulatedHomeAgent primary, Registration registration, long updatedAtMillis) {
        Ipv6Address homeAddress = registration.homeAddress();
        Known mobileNode = known.get(homeAddress);
        if (mobileNode != null && mobileNode.primary.equals(primary.address())) {
            mobileNode.updatedAtMillis = updatedAtMillis;
            expireLater(homeAddress, mobileNode, registration);
            return;
        }
        if (mobileNode != null && mobileNode.updatedAtMillis > updatedAtMillis) {
            // Accepted late by a strict primary; the binding update to the other one passed after this one.
            return;
        }
        Known next = new Known(primary.address());
        next.updatedAtMillis = updatedAtMillis;
        next.epoch = epochs.getOrDefault(new Reporter(homeAddress, primary.address()), -1L) + 1;
        known.put(homeAddress, next);
        expireLater(homeAddress, next, registration);
        if (up && mobileNode != null) {
            // The former primary may be registered with again: it must not go on thinking that switches steer to its
            // forwarder.
            formers.put(homeAddress, mobileNode);
            send(mobileNode.primary, order(homeAddress, mobileNode.primary), false);
        }
        if (up && (mobileNode != null || epochs.containsKey(new Reporter(homeAddress, primary.address())))) {
            verify(homeAddress, next);
        }
    }

    /** A home agent that lost its disk tells of no end. */
    private void expireLater(Ipv6Address homeAddress, Known mobileNode, Registration registration) {
        long acceptances = ++mobileNode.acceptances;
        mobileNode.news++;
        network.after(registration.expiresAtMillis() - registration.registeredAtMillis() + 10, () -> {
            if (known.get(homeAddress) == mobileNode && mobileNode.acceptances == acceptances) {
                known.remove(homeAddress);
            }
        });
    }

    private void onUnanswered(Pending sent) {
        Known former = formers.get(sent.request.homeAddress());
        Known now = known.get(sent.request.homeAddress());
        if (former != null && former.primary.equals(sent.peer) && now != null && !now.primary.equals(sent.peer)) {
            stopOnBehalf(sent.request.homeAddress(), former, now.primary);
        }
    }

    /** Whom the former primary made forward is stopped in its stead; not who is primary now. */
    private void stopOnBehalf(Ipv6Address homeAddress, Known mobileNode, Ipv6Address primaryNow) {
        Ipv6Address former = mobileNode.forwarder;
        if (up && !former.equals(mobileNode.primary) && !former.equals(primaryNow)) {
            send(
                    former,
                    new StopForwarding(
                            identifiers.next(), homeAddress, mobileNode.epoch, Optional.of(mobileNode.primary)),
                    false);
        }
    }

    @Override
    public void onReleased(SimulatedHomeAgent primary, Ipv6Address homeAddress) {
        Known mobileNode = known.get(homeAddress);
        if (mobileNode != null && mobileNode.primary.equals(primary.address())) {
            known.remove(homeAddress);
        }
    }

    void order(Ipv6Address homeAddress, SimulatedHomeAgent forwarder) {
        Known mobileNode = known.get(homeAddress);
        if (up && mobileNode != null) {
            send(mobileNode.primary, order(homeAddress, forwarder.address()), false);
        }
    }

    private DelegationOrder order(Ipv6Address homeAddress, Ipv6Address forwarder) {
        orders = Math.max(orders + 1, network.nowMillis);
        return new DelegationOrder(identifiers.next(), homeAddress, forwarder, orders);
    }

    private void send(Ipv6Address peer, Request request, boolean untilAnswered) {
        Known mobileNode = known.get(request.homeAddress());
        Pending sent = new Pending(peer, request, untilAnswered, mobileNode == null ? 0 : mobileNode.news);
        pending.put(request.identifier(), sent);
        transmit(sent);
    }

    private void transmit(Pending sent) {
        network.send(this, sent.peer, sent.request);
        int life = incarnation;
        long timeout = 100L << Math.min(sent.tries++, 4);
        network.after(timeout, () -> {
            if (up && incarnation == life && pending.get(sent.request.identifier()) == sent) {
                if (sent.tries < 5 || sent.untilAnswered) {
                    transmit(sent);
                } else {
                    pending.remove(sent.request.identifier());
                    onUnanswered(sent);
                    stopsGivenUp += sent.request instanceof StopForwarding ? 1 : 0;
                }
            }
        });
    }

    @Override
    public void onMessage(Ipv6Address peer, long session, ForwardingMessage message) {
        if (message instanceof ForwarderReport report) {
            onReport(peer, report);
        } else if (message instanceof ForwardingMessage.Acknowledgement answer) {
            Pending sent = pending.get(answer.identifier());
            if (sent == null) {
                return;
            }
            if (answer.status() == DelegationStatus.SESSION) {
                network.send(this, peer, sent.request);
                return;
            }
            pending.remove(answer.identifier());
            if (answer instanceof DelegationOrderAcknowledgement order
                    && sent.untilAnswered
                    && order.status() == DelegationStatus.UNKNOWN_BINDING) {
                Known mobileNode = known.get(sent.request.homeAddress());
                if (mobileNode == null || !mobileNode.primary.equals(peer)) {
                    return;
                }
                if (mobileNode.news != sent.newsThen) {
                    // It may have been answered before what has come since.
                    verify(sent.request.homeAddress(), mobileNode);
                    return;
                }
                stopOnBehalf(sent.request.homeAddress(), mobileNode, peer);
                mobileNode.forwarder = peer;
                mobileNode.steeredTo = peer;
            } else if (answer instanceof StopForwardingAcknowledgement) {
                return;
            }
        }
    }

    private void onReport(Ipv6Address peer, ForwarderReport report) {
        Known mobileNode = known.get(report.homeAddress());
        if (mobileNode == null || !mobileNode.primary.equals(peer)) {
            network.send(this, peer, report.acknowledge(DelegationStatus.UNKNOWN_BINDING, 0));
            return;
        }
        if (Long.compareUnsigned(report.epoch(), mobileNode.epoch) < 0) {
            network.send(this, peer, report.acknowledge(DelegationStatus.SUPERSEDED, mobileNode.epoch));
            return;
        }
        if (!homeAgents.contains(report.forwarder())) {
            network.send(this, peer, report.acknowledge(DelegationStatus.UNKNOWN_FORWARDER, mobileNode.epoch));
            return;
        }
        mobileNode.forwarder = report.forwarder();
        mobileNode.epoch = report.epoch();
        mobileNode.news++;
        epochs.put(new Reporter(report.homeAddress(), peer), report.epoch());
        int life = incarnation;
        network.after(network.random.nextInt(10), () -> {
            // A rule that is on its way to a switch gets there, whatever becomes of the controller; a newer one is
            // behind it.
            if (known.get(report.homeAddress()) == mobileNode && mobileNode.epoch == report.epoch()) {
                mobileNode.steeredTo = report.forwarder();
            }
            network.after(network.random.nextInt(10), () -> {
                if (up && incarnation == life && mobileNode.epoch == report.epoch()) {
                    network.send(this, peer, report.acknowledge(DelegationStatus.ACCEPTED, report.epoch()));
                }
            });
        });
    }

    Optional<Ipv6Address> primary(Ipv6Address homeAddress) {
        return Optional.ofNullable(known.get(homeAddress)).map(mobileNode -> mobileNode.primary);
    }

    Optional<Ipv6Address> steeredTo(Ipv6Address homeAddress) {
        return Optional.ofNullable(known.get(homeAddress)).map(mobileNode -> mobileNode.steeredTo);
    }
}
