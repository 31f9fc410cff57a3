package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.ANYCAST;
import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.ROUTER_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_PORT;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * One random history. Beside the network under test run a copy that is fed all its changes, and one that is fed the durable
 * ones as octets, like a journal's reader; now and then the network is replaced by one built from its snapshot, as after a
 * crash.
 */
final class Simulation {

    private static final int HOME_AGENTS = 7;
    private static final int MOBILE_NODES = 40;
    private static final int CARE_OF_ADDRESSES = 600;
    private static final int CAP = 5;
    private static final TableLimits LIMITS = new TableLimits(6, 3, 128, 5, 16);
    private static final Ipv6Address ELSEWHERE = Ipv6Address.parse("2001:db8:9::1");

    private static final HomeNetworkConfig CONFIG = Scene.config()
            .withLimits(LIMITS)
            .withBalancing(Scene.balancing()
                    .withMaxListLength(CAP)
                    .withThresholds(new LoadThresholds(OptionalInt.of(6), OptionalLong.of(500), OptionalLong.of(500))));

    /** What the operator may go over to. */
    private static final List<HomeNetworkConfig> CONFIGS = List.of(
            CONFIG,
            CONFIG.withStickiness(new StickinessConfig(Duration.ofSeconds(1), StickinessConfig.Mode.STRICT)),
            CONFIG.withDiscoveryLimits(new DiscoveryLimits(OptionalInt.of(1), OptionalInt.empty())),
            CONFIG.withDiscoveryLimits(new DiscoveryLimits(OptionalInt.empty(), OptionalInt.of(4)))
                    .withProtectedUpdates(ProtectedUpdates.IGNORED),
            CONFIG.withBalancing(Scene.balancing().withMaxListLength(CAP).withWeights(Map.of(global(2), 7)))
                    .withProtectedUpdates(ProtectedUpdates.CLAIMED));

    /** What a home agent said of itself last. */
    private static final class Heard {
        boolean listed;
        long expiresAtMillis;
        boolean router;
        boolean suspect;
        /** A suspect whose host has answered. */
        boolean asked;

        boolean draining;
        boolean portDown;
        Set<Ipv6Address> addresses = new HashSet<>();

        boolean alive(long nowMillis) {
            return listed && expiresAtMillis > nowMillis;
        }

        boolean mayBeNamed(long nowMillis) {
            return alive(nowMillis) && !suspect && !draining && !portDown;
        }
    }

    /** A registration under way, or standing. */
    private record Registration(int homeAgent, Ipv6Address careOfAddress, int sequence, long atMillis) {
        Registration at(long otherMillis) {
            return new Registration(homeAgent, careOfAddress, sequence, otherMillis);
        }
    }

    /** When a home agent accepted what stands, for how long, and who says so. */
    private record Known(long acceptedAtMillis, long lifetimeMillis, Evidence evidence) {
        long overAtMillis() {
            return acceptedAtMillis + lifetimeMillis;
        }
    }

    /** Has nothing but a connection. */
    private static final SwitchId OTHER_SWITCH = new SwitchId(2);

    /** Where all home agents and routers are. */
    private static final class Watched {
        boolean limited;
        boolean connected;
        boolean otherConnected;
        long connectedAtMillis;
        long givenUpAtMillis;

        long unseenUntilMillis(long nowMillis) {
            if (!limited) {
                return 0;
            }
            if (connected) {
                return connectedAtMillis;
            }
            return otherConnected ? Math.min(nowMillis, givenUpAtMillis) : nowMillis;
        }
    }

    /** Who had the address that a binding was made at: it may have become another home agent's since. */
    private final Map<Ipv6Address, Integer> holders = new TreeMap<>();

    private final Random random;
    private final long seed;
    private final Heard[] heard = new Heard[HOME_AGENTS + 1];
    private final Map<Ipv6Address, Registration> underWay = new TreeMap<>();
    private final Map<Ipv6Address, Registration> standing = new TreeMap<>();
    private final Map<Ipv6Address, Known> known = new TreeMap<>();
    private final Map<String, Integer> happened = new TreeMap<>();
    /** Which home agent has which index. */
    private final int[] names = new int[1 << 16];

    private final Watched watched = new Watched();
    private final long[] packets = new long[HOME_AGENTS + 1];
    private Registration hidden = new Registration(1, careOf(1), 0, 0);
    private Ipv6Address hiddenHomeAddress = home(1);
    private HomeNetworkConfig config = CONFIG;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private HomeNetwork network;
    private HomeNetwork follower;
    private HomeNetwork reader;
    private int steps;
    private int sequence;

    Simulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.network = new HomeNetwork(CONFIG, seed);
        this.follower = new HomeNetwork(CONFIG, seed + 1);
        this.reader = new HomeNetwork(CONFIG, seed + 2);
        for (int n = 0; n <= HOME_AGENTS; n++) {
            heard[n] = new Heard();
        }
    }

    String summary() {
        return happened.toString();
    }

    Set<Reason> kindsThatNeverHappened() {
        Set<Reason> never = EnumSet.allOf(Reason.class);
        never.removeIf(reason -> happened.containsKey(reason.word()));
        // The network of this history lists no home agents and no switches, and always names the representative; its
        // mobile nodes come from fewer links than the table of sources holds. It does not speak the forwarding
        // protocol: of
        // that there are histories of its own.
        never.removeAll(EnumSet.of(
                Reason.HOME_AGENT_NOT_ADMITTED,
                Reason.OTHER_SWITCH,
                Reason.NO_HOME_AGENT,
                Reason.DISCOVERY_SOURCE_EVICTED,
                Reason.ACKNOWLEDGEMENT_OVERTAKEN));
        never.removeIf(reason -> reason.name().startsWith("FORWARD"));
        return never;
    }

    void step() {
        steps++;
        now = now.plusMillis(random.nextInt(20) == 0 ? random.nextInt(4000) : random.nextInt(10));
        if (random.nextInt(4000) == 0) {
            now = now.plusMillis(Sight.AWAY_MILLIS - 60_000 + random.nextInt(120_000));
        }
        endWhatIsOver();
        long before = network.stateHash();
        Decision decision = event();
        assertThat(network.stateHash()).as("deciding alters nothing").isEqualTo(before);
        apply(decision);
        check(decision);
        if (random.nextInt(1000) == 0) {
            crash();
        }
    }

    private long nowMillis() {
        return now.toEpochMilli();
    }

    private Decision event() {
        int dice = random.nextInt(100);
        if (dice < 23) {
            return advertisement();
        }
        if (dice < 28) {
            int kind = random.nextInt(4);
            return kind < 2 ? report() : kind == 2 ? protectedUpdate() : protectedAnswer();
        }
        if (dice < 55) {
            return discovery();
        }
        if (dice < 67) {
            return update();
        }
        if (dice < 80) {
            return acknowledgement();
        }
        if (dice < 86) {
            return load();
        }
        if (dice < 90) {
            return neighbor();
        }
        if (dice == 90 && random.nextInt(3) == 0) {
            return switchConnection();
        }
        return dice < 95 ? portOrProbe() : operator();
    }

    private Decision switchConnection() {
        if (random.nextBoolean()) {
            boolean connects = !watched.otherConnected;
            if (connects && !watched.connected) {
                watched.givenUpAtMillis = nowMillis() + Sight.AWAY_MILLIS;
            }
            watched.otherConnected = connects && watched.limited;
            return connects
                    ? network.onSwitchConnected(now, OTHER_SWITCH)
                    : network.onSwitchDisconnected(now, OTHER_SWITCH);
        }
        if (watched.connected && random.nextInt(4) != 0) {
            watched.connected = false;
            watched.givenUpAtMillis = nowMillis() + Sight.AWAY_MILLIS;
            return network.onSwitchDisconnected(now, Scene.SWITCH);
        }
        watched.connected = watched.limited;
        watched.connectedAtMillis = nowMillis();
        return network.onSwitchConnected(now, Scene.SWITCH);
    }

    private Decision advertisement() {
        int n = 1 + random.nextInt(HOME_AGENTS);
        Heard known = heard[n];
        boolean rogue = random.nextInt(8) == 0 && known.alive(nowMillis()) && !known.portDown;
        boolean homeAgent = random.nextInt(12) != 0;
        int lifetimeSeconds = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(120);
        int routerLifetimeSeconds = random.nextInt(10) == 0 ? 0 : 1800;
        Set<Ipv6Address> addresses = addresses(n);
        List<NdOption> options = new ArrayList<>();
        options.add(new HomeAgentInformation(random.nextInt(3), lifetimeSeconds));
        for (Ipv6Address address : addresses) {
            options.add(new PrefixInformation(64, PrefixInformation.ROUTER_ADDRESS, 600, 600, address));
        }
        Ipv6Address source = random.nextInt(200) == 0 ? global(n) : linkLocal(n);
        MacAddressChoice link = new MacAddressChoice(n, random.nextInt(200) == 0);
        RouterAdvertisement advertisement = new RouterAdvertisement(
                64, homeAgent ? RouterAdvertisement.HOME_AGENT : 0, routerLifetimeSeconds, 0, 0, options);
        SwitchPort from = rogue ? Scene.HOST_PORT : port(n);
        Decision decision = network.onRouterAdvertisement(
                now, new PacketOrigin(from, link.address(), source, Ipv6Address.ALL_NODES), advertisement);
        if (rogue) {
            assertThat(decision.changes())
                    .as("nobody else speaks for %s", n)
                    .allMatch(Change.OffenderTold.class::isInstance);
        } else if (decision.changes().stream().anyMatch(Change::durable)) {
            remember(known, homeAgent, lifetimeSeconds, routerLifetimeSeconds > 0, addresses);
        }
        return decision;
    }

    private record MacAddressChoice(int n, boolean representatives) {
        MacAddress address() {
            return representatives ? Scene.REPRESENTATIVE_MAC : mac(n);
        }
    }

    /** Its own, now and then more: elsewhere, another home agent's, too many. */
    private Set<Ipv6Address> addresses(int n) {
        Set<Ipv6Address> addresses = new HashSet<>(Set.of(global(n)));
        int dice = random.nextInt(60);
        if (dice == 0) {
            addresses.add(ELSEWHERE);
        } else if (dice == 4) {
            return Set.of(ELSEWHERE);
        } else if (dice == 1) {
            addresses.add(global(1 + random.nextInt(HOME_AGENTS)));
        } else if (dice == 2) {
            addresses.add(REPRESENTATIVE);
        } else if (dice == 3) {
            for (int i = 0; i < 4; i++) {
                addresses.add(global(100 + 10 * n + i));
            }
        }
        return addresses;
    }

    private void remember(
            Heard known, boolean homeAgent, int lifetimeSeconds, boolean router, Set<Ipv6Address> addresses) {
        if (!homeAgent || lifetimeSeconds == 0) {
            known.listed = false;
            known.suspect = false;
            return;
        }
        if (!known.listed) {
            known.addresses.clear();
        } else if (known.router && !router) {
            known.suspect = true;
            known.asked = false;
        } else if (known.asked) {
            known.suspect = false;
        }
        if (router) {
            known.suspect = false;
        }
        known.listed = true;
        known.portDown = false;
        known.router = router;
        known.addresses.addAll(addresses);
        known.expiresAtMillis = nowMillis() + lifetimeSeconds * 1000L;
    }

    private Decision discovery() {
        Ipv6Address source = switch (random.nextInt(60)) {
            case 0 -> home(1);
            case 1 -> linkLocal(7);
            case 2, 3, 4, 5, 6, 7, 8 -> new Ipv6Address(0x2001_0db8_0004_0000L + random.nextInt(10_000), 1);
            default -> careOf(random.nextInt(CARE_OF_ADDRESSES));
        };
        Ipv6Address destination = random.nextInt(60) == 0 ? REPRESENTATIVE : ANYCAST;
        Decision decision = network.onDiscoveryRequest(
                now,
                new PacketOrigin(ROUTER_PORT, ROUTER_MAC, source, destination),
                new HomeAgentAddressDiscoveryRequest(random.nextInt(1 << 16)));
        boolean answered = decision.effects().stream().anyMatch(SendDiscoveryReply.class::isInstance);
        if (!config.discoveryLimits().areNone() && isLimited(decision)) {
            assertThat(answered).as("whom a limit refuses").isFalse();
            return decision;
        }
        assertThat(answered)
                .as("answers whom it may, and nobody else")
                .isEqualTo(source.isRoutableUnicast() && !Scene.PREFIX.contains(source) && destination.equals(ANYCAST));
        if (answered) {
            checkHolderIsFirst(source, decision);
        }
        return decision;
    }

    private static boolean isLimited(Decision decision) {
        return decision.effects().stream()
                .anyMatch(effect -> effect instanceof Effect.Count count
                        && count.reason().name().matches("DISCOVERY.*_LIMIT"));
    }

    private void checkHolderIsFirst(Ipv6Address source, Decision decision) {
        List<Integer> bound = standing.entrySet().stream()
                .filter(registration -> registration.getValue().careOfAddress().equals(source))
                .map(registration -> holders.getOrDefault(registration.getKey(), 0))
                .toList();
        if (bound.size() != 1) {
            return;
        }
        int holder = bound.get(0);
        // Its addresses as the network knows them: another home agent may have been first to advertise one of them.
        List<Ipv6Address> addresses = network.view(now).homeAgents().stream()
                .filter(view -> view.linkLocalAddress().equals(linkLocal(holder)))
                .flatMap(view -> view.addresses().stream())
                .filter(Scene.PREFIX::contains)
                .toList();
        if (heard[holder].mayBeNamed(nowMillis()) && !addresses.isEmpty()) {
            happened.merge("holder-first", 1, Integer::sum);
            Ipv6Address first = decision.effects().stream()
                    .filter(SendDiscoveryReply.class::isInstance)
                    .map(effect ->
                            ((SendDiscoveryReply) effect).reply().homeAgents().get(0))
                    .findFirst()
                    .orElseThrow();
            assertThat(addresses)
                    .as("the home agent that holds the binding comes first")
                    .contains(first);
        }
    }

    private Decision update() {
        int node = random.nextInt(MOBILE_NODES);
        int n = 1 + random.nextInt(HOME_AGENTS);
        sequence = (sequence + 1) & 0xffff;
        Ipv6Address homeAddress = random.nextInt(40) == 0 ? ELSEWHERE : home(node);
        Ipv6Address careOfAddress = careOf(random.nextInt(40) == 0 ? 0 : random.nextInt(CARE_OF_ADDRESSES));
        Ipv6Address destination = random.nextInt(30) == 0 ? REPRESENTATIVE : global(n);
        Ipv6Address source = random.nextInt(40) == 0 ? linkLocal(3) : careOfAddress;
        int flags = random.nextInt(40) == 0 ? 0 : BindingUpdate.HOME_REGISTRATION;
        Router router = random.nextInt(5) == 0 ? router() : new Router(ROUTER_MAC, ROUTER_PORT);
        Decision decision = network.onBindingUpdate(
                now,
                new PacketOrigin(router.attachment(), router.linkLayerAddress(), source, destination),
                homeAddress,
                BindingUpdate.of(new SequenceNumber(sequence), flags, BindingLifetime.MAX, List.of()));
        if (!decision.changes().isEmpty()) {
            underWay.put(homeAddress, new Registration(n, careOfAddress, sequence, nowMillis()));
        }
        return decision;
    }

    private Decision acknowledgement() {
        Ipv6Address homeAddress = random.nextInt(40) == 0 ? ELSEWHERE : home(random.nextInt(MOBILE_NODES));
        Registration asked =
                underWay.getOrDefault(homeAddress, new Registration(1 + random.nextInt(HOME_AGENTS), careOf(1), 0, 0));
        boolean forged = random.nextInt(10) == 0;
        boolean stranger = random.nextInt(40) == 0;
        int status = random.nextInt(10) == 0 ? 134 : 0;
        int lifetimeSeconds = random.nextInt(6) == 0 ? 0 : 4 * (1 + random.nextInt(30));
        BindingAcknowledgement acknowledgement = BindingAcknowledgement.of(
                new BindingStatus(status),
                0,
                new SequenceNumber(asked.sequence()),
                BindingLifetime.atLeast(Duration.ofSeconds(lifetimeSeconds)),
                List.of());
        PacketOrigin origin = new PacketOrigin(
                forged ? Scene.HOST_PORT : port(asked.homeAgent()),
                mac(asked.homeAgent()),
                stranger ? ELSEWHERE : global(asked.homeAgent()),
                asked.careOfAddress());
        Decision decision = network.onBindingAcknowledgement(now, origin, homeAddress, acknowledgement);
        if (forged) {
            assertThat(decision.changes())
                    .as("believes no acknowledgement from elsewhere")
                    .allMatch(Change.OffenderTold.class::isInstance);
        }
        if (!forged && !stranger) {
            underWay.remove(homeAddress);
        }
        stands(
                decision,
                new Registration(
                        asked.homeAgent(),
                        asked.careOfAddress(),
                        asked.sequence(),
                        nowMillis() + lifetimeSeconds * 1000L),
                new Known(nowMillis(), lifetimeSeconds * 1000L, Evidence.ACKNOWLEDGED));
        return decision;
    }

    private void stands(Decision decision, Registration registration, Known how) {
        for (Change change : decision.changes()) {
            if (change instanceof Change.BindingAccepted accepted) {
                standing.put(accepted.homeAddress(), registration);
                known.put(accepted.homeAddress(), how);
                holders.put(accepted.homeAddress(), names[accepted.homeAgent()]);
            } else if (change instanceof Change.BindingReleased released) {
                standing.remove(released.homeAddress());
            }
        }
    }

    /** Told by the home agent that has the binding, which has taken on the address of another since; how late does not matter then. */
    private boolean isRefresh(Decision decision, Registration before) {
        return decision.changes().stream()
                .allMatch(change -> change instanceof Change.BindingAccepted accepted
                        && accepted.careOfAddress().equals(before.careOfAddress())
                        && names[accepted.homeAgent()] == holders.getOrDefault(accepted.homeAddress(), 0));
    }

    private Known how(Ipv6Address homeAddress) {
        return known.getOrDefault(homeAddress, new Known(0, 0, Evidence.OBSERVED));
    }

    private Decision report() {
        Ipv6Address homeAddress = random.nextInt(40) == 0 ? ELSEWHERE : home(random.nextInt(MOBILE_NODES));
        int n = 1 + random.nextInt(HOME_AGENTS);
        Registration before = standing.get(homeAddress);
        Ipv6Address careOfAddress = before != null && random.nextBoolean()
                ? before.careOfAddress()
                : careOf(random.nextInt(CARE_OF_ADDRESSES));
        long lifetimeMillis = random.nextInt(5) == 0 ? 0 : 1000L * (1 + random.nextInt(120));
        long ageMillis = random.nextInt(3) * 5000L;
        Decision decision = network.onBindingReported(
                now,
                new BindingReport(
                        global(n),
                        homeAddress,
                        careOfAddress,
                        Duration.ofMillis(lifetimeMillis),
                        OptionalInt.of(random.nextInt(1 << 16)),
                        Duration.ofMillis(ageMillis)));
        if (before != null && before.homeAgent() != n && how(homeAddress).evidence() != Evidence.OBSERVED) {
            assertThat(decision.changes().isEmpty()
                            || isRefresh(decision, before)
                            || nowMillis() - ageMillis >= how(homeAddress).acceptedAtMillis() - 2000)
                    .as("what is told late alters nothing")
                    .isTrue();
        }
        stands(
                decision,
                new Registration(n, careOfAddress, 0, nowMillis() + lifetimeMillis),
                new Known(nowMillis() - ageMillis, ageMillis + lifetimeMillis, Evidence.AGENT));
        return decision;
    }

    private Decision protectedUpdate() {
        hiddenHomeAddress = random.nextInt(40) == 0 ? ELSEWHERE : home(random.nextInt(MOBILE_NODES));
        int n = 1 + random.nextInt(HOME_AGENTS);
        Ipv6Address careOfAddress = random.nextInt(20) == 0 ? linkLocal(9) : careOf(random.nextInt(CARE_OF_ADDRESSES));
        hidden = new Registration(n, careOfAddress, 0, nowMillis() + 600_000);
        Decision update = network.onProtectedUpdate(
                now, new PacketOrigin(ROUTER_PORT, ROUTER_MAC, careOfAddress, global(n)), hiddenHomeAddress);
        stands(update, hidden, new Known(nowMillis(), 600_000, Evidence.OBSERVED));
        return update;
    }

    /** Of the last encrypted update. */
    private Decision protectedAnswer() {
        int n = hidden.homeAgent();
        Registration answered = new Registration(n, hidden.careOfAddress(), 0, nowMillis() + 600_000);
        boolean stood = standing.containsKey(hiddenHomeAddress)
                && how(hiddenHomeAddress).overAtMillis() > nowMillis();
        boolean forged = random.nextInt(4) == 0;
        Decision answer = network.onProtectedAcknowledgement(
                now,
                new PacketOrigin(forged ? Scene.HOST_PORT : port(n), mac(n), global(n), hidden.careOfAddress()),
                hiddenHomeAddress);
        if (forged || (stood && how(hiddenHomeAddress).evidence() != Evidence.OBSERVED)) {
            assertThat(answer.changes())
                    .as("what is only seen outranks nothing")
                    .allMatch(Change.OffenderTold.class::isInstance);
        }
        stands(answer, answered, new Known(nowMillis(), 600_000, Evidence.OBSERVED));
        return answer;
    }

    private Decision load() {
        int n = 1 + random.nextInt(HOME_AGENTS);
        packets[n] = random.nextInt(50) == 0 ? 0 : packets[n] + random.nextInt(2000);
        Instant takenAt = random.nextInt(20) == 0 ? now.minusSeconds(60) : now;
        OptionalInt bindings = random.nextInt(10) == 0 ? OptionalInt.of(random.nextInt(10)) : OptionalInt.empty();
        return network.onLoadSample(
                now,
                new LoadSample(
                        global(n), LoadSample.Source.OPENFLOW, takenAt, packets[n], packets[n] / 2, 64, bindings));
    }

    private Decision neighbor() {
        List<Ipv6Address> targets = List.of(ANYCAST, REPRESENTATIVE, home(random.nextInt(MOBILE_NODES)), home(99));
        Ipv6Address target = targets.get(random.nextInt(targets.size()));
        int n = 1 + random.nextInt(HOME_AGENTS);
        SwitchPort from = random.nextBoolean() ? port(n) : ROUTER_PORT;
        Ipv6Address source = switch (random.nextInt(8)) {
            case 0 -> Ipv6Address.ALL_NODES;
            case 1, 2, 3 -> Ipv6Address.UNSPECIFIED;
            default -> linkLocal(50);
        };
        if (random.nextInt(4) == 0) {
            return network.onEchoRequest(
                    now, new PacketOrigin(from, ROUTER_MAC, source, target), new EchoRequest(1, 2, OpaqueBytes.EMPTY));
        }
        if (random.nextInt(8) == 0) {
            return network.onEchoRequest(
                    now,
                    new PacketOrigin(from, ROUTER_MAC, source, REPRESENTATIVE),
                    new EchoRequest(1, 2, OpaqueBytes.EMPTY));
        }
        return network.onNeighborSolicitation(
                now, new PacketOrigin(from, ROUTER_MAC, source, target), new NeighborSolicitation(target, List.of()));
    }

    private Decision portOrProbe() {
        int n = 1 + random.nextInt(HOME_AGENTS);
        int dice = random.nextInt(10);
        if (dice < 6) {
            Decision decision = network.onNeighborAdvertisement(
                    now,
                    new PacketOrigin(port(n), mac(n), linkLocal(n), REPRESENTATIVE),
                    new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, linkLocal(n), List.of()));
            heard[n].asked |= !decision.changes().isEmpty();
            return decision;
        }
        if (dice < 8) {
            Decision decision = network.onHomeAgentUnreachable(now, port(n));
            heard[n].portDown |= !decision.changes().isEmpty();
            return decision;
        }
        if (dice < 9 || random.nextInt(12) != 0) {
            heard[n].portDown = false;
            return network.onPortUp(now, port(n));
        }
        return random.nextBoolean() ? routerSeen() : network.onHomeAgentUnreachable(now, router().attachment());
    }

    /** One of more than there is room for, at one of three ports. */
    private Router router() {
        return new Router(mac(0x100 + random.nextInt(2 * Routers.MOST)), port(HOME_AGENTS + 1 + random.nextInt(3)));
    }

    private Decision routerSeen() {
        Router seen = router();
        Decision decision = network.onSeen(now, seen.linkLayerAddress(), seen.attachment());
        boolean moved = network.steeringPlan().routers().stream()
                .anyMatch(known -> known.linkLayerAddress().equals(seen.linkLayerAddress()) && !known.equals(seen));
        assertThat(decision.changes()).as("a router that is elsewhere is lost").hasSize(moved ? 1 : 0);
        return decision;
    }

    private Decision operator() {
        int n = 1 + random.nextInt(HOME_AGENTS);
        int dice = random.nextInt(4);
        if (dice == 0) {
            return network.setWeight(now, global(n), 1 + random.nextInt(BalancingConfig.MOST_WEIGHT));
        }
        if (dice == 1) {
            config = CONFIGS.get(random.nextInt(CONFIGS.size()));
            return network.reconfigure(now, config);
        }
        boolean drain = random.nextInt(3) == 0;
        Decision decision = drain ? network.drain(now, linkLocal(n)) : network.undrain(now, linkLocal(n));
        if (!decision.changes().isEmpty()) {
            heard[n].draining = drain;
        }
        return decision;
    }

    private void endWhatIsOver() {
        while (network.nextDeadline().filter(deadline -> !deadline.isAfter(now)).isPresent()) {
            Decision decision = network.onDeadline(now);
            assertThat(decision.changes())
                    .as("a deadline that is due does something")
                    .isNotEmpty();
            for (Change change : decision.changes()) {
                if (change instanceof Change.HomeAgentRemoved removed) {
                    Heard gone = heard[names[removed.index()]];
                    assertThat(gone.suspect || !gone.alive(nowMillis()))
                            .as("nobody is removed who is alive")
                            .isTrue();
                    gone.listed = false;
                    gone.suspect = false;
                } else if (change instanceof Change.BindingProlonged prolonged) {
                    checkProlonged(prolonged);
                } else if (change instanceof Change.BindingReleased released) {
                    checkReleased(released.homeAddress());
                }
            }
            apply(decision);
        }
        standing.values().removeIf(registration -> registration.atMillis() <= nowMillis());
    }

    private void checkProlonged(Change.BindingProlonged prolonged) {
        Known how = how(prolonged.homeAddress());
        long unseenUntilMillis = watched.unseenUntilMillis(nowMillis());
        assertThat(how.overAtMillis()).as("lasts as accepted first").isLessThanOrEqualTo(nowMillis());
        assertThat(unseenUntilMillis)
                .as("prolonged only where something was unseen")
                .isGreaterThan(how.acceptedAtMillis());
        assertThat(prolonged.untilMillis())
                .as("by one lifetime, no more")
                .isEqualTo(unseenUntilMillis + how.lifetimeMillis())
                .isGreaterThan(nowMillis());
        standing.computeIfPresent(
                prolonged.homeAddress(), (homeAddress, registration) -> registration.at(prolonged.untilMillis()));
    }

    private void checkReleased(Ipv6Address homeAddress) {
        Known how = how(homeAddress);
        long unseenUntilMillis = watched.unseenUntilMillis(nowMillis());
        assertThat(how.overAtMillis()).as("steered for its lifetime at least").isLessThanOrEqualTo(nowMillis());
        assertThat(unseenUntilMillis <= how.acceptedAtMillis()
                        || unseenUntilMillis + how.lifetimeMillis() <= nowMillis()
                        || heard[holders.getOrDefault(homeAddress, 0)].portDown)
                .as("steered for one lifetime after what was unseen")
                .isTrue();
    }

    private void apply(Decision decision) {
        for (Change change : decision.changes()) {
            happened.merge(change.getClass().getSimpleName(), 1, Integer::sum);
            if (change instanceof Change.HomeAgentForgotten forgotten) {
                forget(forgotten.index());
            } else if (change instanceof Change.HomeAgentLearned learned) {
                names[learned.index()] = (int) learned.linkLocalAddress().low();
            }
            network.apply(change);
            follower.apply(change);
            if (change.durable()) {
                reader.apply(throughOctets(change));
            } else if (change instanceof Change.Reconfigured) {
                // A journal's reader has the configuration, and reads it anew.
                reader.apply(change);
            }
        }
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Count count) {
                happened.merge(count.reason().word(), 1, Integer::sum);
            }
        }
    }

    private void forget(int index) {
        assertThat(network.steeringPlan().homeAgent(index))
                .as("nobody is forgotten who is needed")
                .isEmpty();
        heard[names[index]] = new Heard();
    }

    private static Change throughOctets(Change change) {
        ByteBuffer octets = ByteBuffer.allocate(ChangeCodec.MAX_LENGTH);
        ChangeCodec.write(change, octets);
        try {
            return ChangeCodec.read(octets.flip());
        } catch (MalformedChangeException e) {
            throw new AssertionError(e);
        }
    }

    private void crash() {
        long durable = network.durableStateHash();
        HomeNetwork restored = new HomeNetwork(config, seed + steps);
        HomeNetwork second = new HomeNetwork(config, seed - steps);
        for (Change change : network.snapshot()) {
            assertThat(change.durable()).isTrue();
            restored.apply(throughOctets(change));
            second.apply(change);
        }
        assertThat(restored.durableStateHash())
                .as("a snapshot rebuilds what is durable")
                .isEqualTo(durable);
        happened.merge("crash", 1, Integer::sum);
        network = restored;
        follower = second;
        underWay.clear();
        for (Heard home : heard) {
            home.portDown = false;
        }
        standing.replaceAll(
                (homeAddress, registration) -> registration.at(how(homeAddress).overAtMillis()));
        watched.limited = random.nextBoolean();
        watched.connected = false;
        watched.otherConnected = false;
        watched.givenUpAtMillis = nowMillis() + Sight.AWAY_MILLIS;
        if (watched.limited) {
            apply(network.onStarted(now));
        }
    }

    private void check(Decision decision) {
        for (Effect effect : decision.effects()) {
            if (effect instanceof SendDiscoveryReply reply) {
                checkReply(reply.reply().homeAgents());
            }
        }
        assertThat(network.steeringPlan().routers())
                .as("one place for each router, and no more than there is room for")
                .hasSizeLessThanOrEqualTo(Routers.MOST)
                .extracting(Router::linkLayerAddress)
                .doesNotHaveDuplicates();
        if (steps % 20 == 0) {
            assertThat(follower.stateHash()).as("a copy is equal").isEqualTo(network.stateHash());
            assertThat(reader.durableStateHash())
                    .as("a journal's reader is equal")
                    .isEqualTo(network.durableStateHash());
            checkBindings();
            checkLimits();
        }
    }

    private void checkReply(List<Ipv6Address> addresses) {
        assertThat(addresses).hasSizeBetween(1, CAP).doesNotHaveDuplicates().endsWith(REPRESENTATIVE);
        Set<Ipv6Address> mayBeNamed = new HashSet<>(Set.of(REPRESENTATIVE));
        for (int n = 1; n <= HOME_AGENTS; n++) {
            if (heard[n].mayBeNamed(nowMillis())) {
                heard[n].addresses.stream().filter(Scene.PREFIX::contains).forEach(mayBeNamed::add);
            }
        }
        assertThat(mayBeNamed).as("nobody is named who may not be").containsAll(addresses);
        long nameable = network.view(now).homeAgents().stream()
                .filter(view -> heard[(int) view.linkLocalAddress().low()].mayBeNamed(nowMillis()))
                .filter(view -> view.addresses().stream().anyMatch(Scene.PREFIX::contains))
                .count();
        assertThat(addresses.size() > 1)
                .as("two addresses whenever there are two")
                .isEqualTo(nameable > 0);
    }

    private void checkBindings() {
        Map<Ipv6Address, String> expected = new TreeMap<>();
        standing.forEach((homeAddress, registration) ->
                expected.put(homeAddress, global(registration.homeAgent()) + " " + registration.careOfAddress()));
        Map<Ipv6Address, String> found = new TreeMap<>();
        for (MobileNodeView node : network.mobileNodes(now)) {
            found.put(node.homeAddress(), node.homeAgent() + " " + node.careOfAddress());
            assertThat(node.remainingLifetime()).isPositive();
        }
        assertThat(found).isEqualTo(expected);
        Map<Ipv6Address, SteeredHomeAgent> pins = new TreeMap<>();
        network.steeringPlan()
                .forEachPin(pin -> assertThat(pins.put(pin.homeAddress(), pin.forwarder()))
                        .as("one forwarder for %s", pin.homeAddress())
                        .isNull());
        assertThat(pins.keySet()).isEqualTo(expected.keySet());
    }

    private void checkLimits() {
        HomeNetworkView view = network.view(now);
        assertThat(view.homeAgents().size()).isLessThanOrEqualTo(LIMITS.homeAgents());
        assertThat(view.answers()).isLessThanOrEqualTo(LIMITS.answers());
        assertThat(view.mobileNodes()).isLessThanOrEqualTo(LIMITS.bindings());
        for (HomeNetworkView.HomeAgentView homeAgent : view.homeAgents()) {
            assertThat(homeAgent.addresses().size()).isLessThanOrEqualTo(LIMITS.addressesPerHomeAgent());
            assertThat(homeAgent.load().inFlight()).isBetween(0, LIMITS.answers());
        }
    }
}
