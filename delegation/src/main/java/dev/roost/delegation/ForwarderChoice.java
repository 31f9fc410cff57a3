package dev.roost.delegation;

import dev.roost.delegation.PrimarySettings.Mode;
import dev.roost.delegation.PrimarySettings.Policy;
import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who is to forward, where a primary decides it itself.
 *
 * <p>Goals: shares that are equal in mobile nodes, or in packets; no mobile node is moved for less than what its move brings. Only
 * secondaries that are heard are chosen. Each home agent has a burden, and the one with the least comes first, the earlier listed one
 * of two that are equal:
 *
 * <pre>
 *   equal, none, threshold   mobile nodes that it forwards for, or has been asked to
 *   even                     packets a second it transmits, and for each mobile node that it was given since they were counted as much
 *                            as one has on average
 *   listed                   its place in the list
 * </pre>
 *
 * <p>A primary in late mode is one of those among whom shares are made; in strict mode it is what is left when all refuse.
 */
final class ForwarderChoice {
    /** A burden in packets is not levelled below this part of the mean: it varies by itself. */
    private static final double EVEN_WITHIN = 0.2;

    /** Delegation by threshold goes on until the primary transmits less than this part of it. */
    private static final double THRESHOLD_HYSTERESIS = 0.8;

    private final PrimarySettings settings;
    private final DelegationTable table;
    private final Peers peers;
    private final OwnTraffic traffic;

    ForwarderChoice(PrimarySettings settings, DelegationTable table, Peers peers, OwnTraffic traffic) {
        this.settings = settings;
        this.table = table;
        this.peers = peers;
        this.traffic = traffic;
    }

    /** The best one who has not refused and does not forward already. */
    Optional<Ipv6Address> next(Collection<Ipv6Address> refused, Ipv6Address holder) {
        Optional<Ipv6Address> best = Optional.empty();
        double least = Double.MAX_VALUE;
        for (Ipv6Address secondary : settings.secondaries()) {
            if (refused.contains(secondary) || secondary.equals(holder) || !peers.isUsable(secondary)) {
                continue;
            }
            double burden = burden(secondary);
            if (burden < least) {
                least = burden;
                best = Optional.of(secondary);
            }
        }
        return best;
    }

    /** Who is to forward for a mobile node that has just registered, in late mode; empty: the primary itself. */
    Optional<Ipv6Address> forNewMobileNode() {
        Optional<Ipv6Address> best = switch (settings.policy()) {
            case NONE, THRESHOLD -> Optional.empty();
            case EQUAL, EVEN, LISTED -> next(List.of(), settings.address());
        };
        return best.filter(
                secondary -> settings.policy() == Policy.LISTED || burden(secondary) < burden(settings.address()));
    }

    /** A mobile node that is to go elsewhere. */
    record Move(Ipv6Address homeAddress, Ipv6Address forwarder) {}

    /** What should be moved now for the sake of equal shares, {@code atMost} of it; nothing when they are as equal as can be. */
    List<Move> levelling(int atMost) {
        List<Ipv6Address> sharers = new ArrayList<>();
        for (Ipv6Address secondary : settings.secondaries()) {
            if (peers.isUsable(secondary)) {
                sharers.add(secondary);
            }
        }
        boolean levels = settings.policy() == Policy.EQUAL || settings.policy() == Policy.EVEN;
        if (sharers.isEmpty() || !(levels || settings.mode() == Mode.STRICT)) {
            return List.of();
        }
        if (settings.mode() == Mode.STRICT) {
            // What it had to keep for want of a secondary goes first.
            List<Move> left = spread(settings.address(), sharers, atMost);
            if (!left.isEmpty() || !levels) {
                return left;
            }
        } else {
            sharers.add(0, settings.address());
        }
        return level(sharers, atMost);
    }

    private List<Move> spread(Ipv6Address from, List<Ipv6Address> sharers, int atMost) {
        double[] burdens = sharers.stream().mapToDouble(this::burden).toArray();
        List<Move> moves = new ArrayList<>();
        for (Ipv6Address homeAddress : table.movable(from, atMost)) {
            int to = leastOf(burdens);
            moves.add(new Move(homeAddress, sharers.get(to)));
            burdens[to] += unit();
        }
        return moves;
    }

    private List<Move> level(List<Ipv6Address> sharers, int atMost) {
        double[] burdens = sharers.stream().mapToDouble(this::burden).toArray();
        double mean = 0;
        for (double burden : burdens) {
            mean += burden / burdens.length;
        }
        int from = 0;
        for (int i = 1; i < burdens.length; i++) {
            from = burdens[i] > burdens[from] ? i : from;
        }
        List<Move> moves = new ArrayList<>();
        double worthwhile = settings.policy() == Policy.EVEN ? Math.max(unit(), mean * EVEN_WITHIN) : unit();
        for (Ipv6Address homeAddress : table.movable(sharers.get(from), atMost)) {
            int to = leastOf(burdens);
            if (burdens[from] - burdens[to] <= worthwhile || burdens[from] - unit() < mean - worthwhile) {
                break;
            }
            moves.add(new Move(homeAddress, sharers.get(to)));
            burdens[from] -= unit();
            burdens[to] += unit();
        }
        return moves;
    }

    /** What the primary should give away because it transmits too much. */
    List<Move> overThreshold(int atMost) {
        double own = traffic.packetsPerSecond();
        if (settings.policy() != Policy.THRESHOLD || own <= settings.transmitThreshold()) {
            return List.of();
        }
        double surplus = own - THRESHOLD_HYSTERESIS * settings.transmitThreshold();
        int share = Math.max(1, table.share(settings.address()));
        int wanted = (int) Math.ceil(share * surplus / own) - traffic.givenAway();
        List<Ipv6Address> sharers =
                settings.secondaries().stream().filter(peers::isUsable).toList();
        return wanted <= 0 || sharers.isEmpty()
                ? List.of()
                : spread(settings.address(), sharers, Math.min(wanted, atMost));
    }

    private static int leastOf(double[] burdens) {
        int least = 0;
        for (int i = 1; i < burdens.length; i++) {
            least = burdens[i] < burdens[least] ? i : least;
        }
        return least;
    }

    private double burden(Ipv6Address homeAgent) {
        return switch (settings.policy()) {
            case LISTED -> settings.secondaries().indexOf(homeAgent);
            case NONE, EQUAL, THRESHOLD -> table.share(homeAgent);
            case EVEN -> packets(homeAgent) + traffic.sharesGivenSince(homeAgent, table.share(homeAgent)) * unit();
        };
    }

    private double packets(Ipv6Address homeAgent) {
        return homeAgent.equals(settings.address()) ? traffic.packetsPerSecond() : peers.packetsPerSecond(homeAgent);
    }

    /** What one mobile node counts. */
    private double unit() {
        if (settings.policy() != Policy.EVEN) {
            return 1;
        }
        double packets = packets(settings.address());
        for (Ipv6Address secondary : settings.secondaries()) {
            packets += packets(secondary);
        }
        return Math.max(1e-6, packets / Math.max(1, table.size()));
    }
}
