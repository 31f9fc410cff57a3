package dev.roost.floodlight;

import dev.roost.controller.SwitchEvents;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import net.floodlightcontroller.linkdiscovery.ILinkDiscovery;
import net.floodlightcontroller.linkdiscovery.ILinkDiscoveryListener;
import org.projectfloodlight.openflow.types.DatapathId;
import org.projectfloodlight.openflow.types.OFPort;

/**
 * The links that Floodlight's link discovery has found. It tells of changes only, while the runtime forgets a link that is not
 * confirmed: what is known here is told again every {@link #REFRESH}.
 *
 * <p>Only direct links: one over a switch that is not Floodlight's has hosts on the way, and its ports are edges.
 *
 * <p>Called by a thread of link discovery and by our timer.
 */
final class Links implements ILinkDiscoveryListener {

    /** A third of a link's lifetime ({@link Topology#DEFAULT_LINK_LIFETIME}). */
    static final Duration REFRESH = Duration.ofSeconds(5);

    private record Link(SwitchPort from, SwitchPort to) {}

    private final SwitchEvents events;
    private final Boundary boundary;
    private final Set<Link> links = new HashSet<>();

    Links(SwitchEvents events, Boundary boundary) {
        this.events = events;
        this.boundary = boundary;
    }

    @Override
    public void linkDiscoveryUpdate(List<ILinkDiscovery.LDUpdate> updateList) {
        boundary.run("links", () -> updateList.forEach(this::update));
    }

    private synchronized void update(ILinkDiscovery.LDUpdate update) {
        switch (update.getOperation()) {
            case LINK_UPDATED -> seen(update);
            case LINK_REMOVED -> links.remove(link(update));
            case PORT_DOWN -> removeIf(port(update.getSrc(), update.getSrcPort())::equals);
            case SWITCH_REMOVED -> {
                SwitchId gone = new SwitchId(update.getSrc().getLong());
                removeIf(port -> port.switchId().equals(gone));
            }
            case SWITCH_UPDATED, PORT_UP, TUNNEL_PORT_ADDED, TUNNEL_PORT_REMOVED -> {
                // No link has come or gone by that.
            }
        }
    }

    private void seen(ILinkDiscovery.LDUpdate update) {
        Link link = link(update);
        if (update.getType() != ILinkDiscovery.LinkType.DIRECT_LINK) {
            links.remove(link);
        } else if (links.size() < Topology.DEFAULT_LINK_LIMIT || links.contains(link)) {
            links.add(link);
            events.onLinkSeen(link.from(), link.to());
        }
    }

    private void removeIf(Predicate<SwitchPort> gone) {
        links.removeIf(link -> gone.test(link.from()) || gone.test(link.to()));
    }

    /** Tells the loop again of all there are. */
    void refresh() {
        boundary.run("links", this::tellAll);
    }

    private synchronized void tellAll() {
        links.forEach(link -> events.onLinkSeen(link.from(), link.to()));
    }

    private static Link link(ILinkDiscovery.LDUpdate update) {
        return new Link(port(update.getSrc(), update.getSrcPort()), port(update.getDst(), update.getDstPort()));
    }

    private static SwitchPort port(DatapathId id, OFPort port) {
        return new SwitchPort(new SwitchId(id.getLong()), port.getPortNumber());
    }
}
