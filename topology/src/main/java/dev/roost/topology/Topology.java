package dev.roost.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The switches that are connected, their ports, and the links between them.
 *
 * <p>Not a host tracker: where a home agent is attached is the load balancer's knowledge, and it comes from router advertisements.
 * Mutable and single-threaded; it belongs to the loop that feeds it. It reads no clock: whoever calls says what time it is.
 *
 * <p>A port is an <em>edge</em> until a probe of another switch has been sent or heard there. One direction is enough to lose that
 * status, so that copies are not taken twice nor home agents learned behind another switch; but only links heard both ways carry
 * traffic, since a fibre that is broken one way would swallow it. Links go when they are no longer confirmed, and at once when a port
 * goes down.
 *
 * <p>A switch that disconnects has lost us, not its links: it goes on forwarding, and whoever steers across it must not be told
 * otherwise. Its links stay unconfirmed, for {@link #DISCONNECTED_LINK_LIFETIME} at most after the last of their ends disconnected.
 * Once both ends are connected they have an ordinary lifetime to be confirmed in; so where it was cabled differently while it was
 * away, and no port at the other end noticed, old links are wrong for one lifetime after it connects.
 */
public final class Topology {

    /** How long a link lives without being confirmed: three probes, five seconds apart. */
    public static final Duration DEFAULT_LINK_LIFETIME = Duration.ofSeconds(15);

    /**
     * How long links of a switch that has disconnected stay, though nothing can confirm them: longer than an upgrade of a
     * controller or a management network takes, and short enough that nobody steers for long towards a switch that was removed.
     */
    public static final Duration DISCONNECTED_LINK_LIFETIME = Duration.ofMinutes(10);

    /** Directions of links; a full mesh of 64 switches has 4032. */
    public static final int DEFAULT_LINK_LIMIT = 8192;

    private final NavigableMap<SwitchId, NavigableMap<Integer, PortDescription>> switches = new TreeMap<>();
    private final Links links;

    /** Derived from {@link #links} and made anew whenever these change. */
    private ShortestPaths paths = new ShortestPaths(List.of());

    private SortedSet<SwitchPort> linkPorts = Collections.emptySortedSet();
    private long version;
    private long linksRefused;

    public Topology() {
        this(DEFAULT_LINK_LIFETIME, DEFAULT_LINK_LIMIT);
    }

    /** A topology that forgets links after {@code linkLifetime} and holds {@code linkLimit} directions at most. */
    public Topology(Duration linkLifetime, int linkLimit) {
        this.links = new Links(linkLifetime, linkLimit);
    }

    /**
     * Takes a switch and all its ports in; for one that is known already, what was known of it is replaced. Of the links it had, those
     * go at once whose ports are down or missing; the others have to be confirmed as ever.
     */
    public void onSwitchConnected(Instant now, SwitchId switchId, Collection<PortDescription> ports) {
        NavigableMap<Integer, PortDescription> byNumber = new TreeMap<>(Integer::compareUnsigned);
        ports.forEach(port -> byNumber.put(port.number(), port));
        NavigableMap<Integer, PortDescription> before = switches.put(switchId, byNumber);
        if (before == null) {
            links.onConnected(now, switchId, switches::containsKey);
            neighborsChange(switchId);
        }
        linkPorts.stream().filter(port -> port.switchId().equals(switchId)).forEach(this::removeLinksUnlessUp);
    }

    /** Forgets a switch and its ports; its links stay for a while, since it goes on forwarding. */
    public void onSwitchDisconnected(Instant now, SwitchId switchId) {
        if (switches.remove(switchId) != null) {
            links.onDisconnected(now, switchId);
            neighborsChange(switchId);
        }
    }

    /** What comes from it over links is copied by it, or by whoever is next. */
    private void neighborsChange(SwitchId switchId) {
        if (linkPorts.stream().anyMatch(port -> port.switchId().equals(switchId))) {
            version++;
        }
    }

    /** Whether a switch is connected. */
    public boolean isConnected(SwitchId switchId) {
        return switches.containsKey(switchId);
    }

    /** Whether no connected switch has seen what comes in there: it is an edge, or the switch at the other end is away. */
    public boolean isFirstSeenAt(SwitchPort port) {
        return isEdge(port)
                || links.all().stream()
                        .flatMap(link -> link.otherEnd(port).stream())
                        .noneMatch(peer -> isConnected(peer.switchId()));
    }

    /** Adds a port or takes over what the switch now says of it; a port that is down loses its links at once. */
    public void onPortChanged(SwitchId switchId, PortDescription port) {
        NavigableMap<Integer, PortDescription> ports = switches.get(switchId);
        if (ports != null) {
            ports.put(port.number(), port);
            removeLinksUnlessUp(new SwitchPort(switchId, port.number()));
        }
    }

    /** Forgets a port and its links. */
    public void onPortRemoved(SwitchPort port) {
        NavigableMap<Integer, PortDescription> ports = switches.get(port.switchId());
        if (ports != null) {
            ports.remove(port.port());
            removeLinksUnlessUp(port);
        }
    }

    private void removeLinksUnlessUp(SwitchPort port) {
        if (!isEdge(port) && !isUp(port)) {
            links.removePort(port);
            linksChanged();
        }
    }

    /**
     * A genuine probe that was sent out of one port has come in at another.
     *
     * <p>Ignored unless both ports are there and up: a probe can be overtaken by the news that its port went down. Also ignored when it
     * came back to the switch that sent it: two ports that are cabled together, or a host that mirrors what it hears, are no way to
     * another switch.
     *
     * @return whether this changed anything but the link's age
     */
    public boolean onLinkSeen(Instant now, SwitchPort from, SwitchPort to) {
        if (from.switchId().equals(to.switchId()) || !isUp(from) || !isUp(to)) {
            return false;
        }
        switch (links.onSeen(now, from, to)) {
            case NEW -> {
                linksChanged();
                return true;
            }
            case FULL -> linksRefused++;
            case REFRESHED -> {
                // Nothing but its age has changed.
            }
        }
        return false;
    }

    /** Drops the links that no probe has confirmed in time; says whether there were any. */
    public boolean expireLinks(Instant now) {
        boolean expired = links.expire(now);
        if (expired) {
            linksChanged();
        }
        return expired;
    }

    /** When {@link #expireLinks} may next have something to do. */
    public Optional<Instant> nextDeadline() {
        return links.nextExpiry();
    }

    /** Whether hosts, and not another of our switches, are behind this port. */
    public boolean isEdge(SwitchPort port) {
        return !linkPorts.contains(port);
    }

    /**
     * The port by which the shortest way to another switch leaves; of equally short ways the lowest port, whatever the order of
     * discovery. Empty if there is no way, or none is needed because the two are the same.
     */
    public OptionalInt nextHop(SwitchId from, SwitchId to) {
        return paths.nextHop(from, to);
    }

    /** Each link once, in ascending order of its first port. */
    public List<Link> links() {
        return links.all();
    }

    /** The ports of a switch in ascending order; none if it is not connected. */
    public List<PortDescription> ports(SwitchId switchId) {
        return List.copyOf(
                switches.getOrDefault(switchId, Collections.emptyNavigableMap()).values());
    }

    /** What the switch says of the port, if both are there. */
    public Optional<PortDescription> port(SwitchPort port) {
        return Optional.ofNullable(switches.getOrDefault(port.switchId(), Collections.emptyNavigableMap())
                .get(port.port()));
    }

    /** Grows whenever a link comes or goes, and ways with it, or a switch that has links. */
    public long version() {
        return version;
    }

    /** How many times a link was left out because the table was full. */
    public long linksRefused() {
        return linksRefused;
    }

    private boolean isUp(SwitchPort port) {
        return port(port).map(PortDescription::up).orElse(false);
    }

    private void linksChanged() {
        version++;
        paths = new ShortestPaths(links.all());
        linkPorts = links.ports();
    }
}
