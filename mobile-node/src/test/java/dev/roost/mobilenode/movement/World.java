package dev.roost.mobilenode.movement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.AdvertisementInterval;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.mobileip.TargetLinkLayerAddress;
import dev.roost.mobilenode.linux.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A network around one mobile node, on a clock of its own: links with routers that advertise and answer, home agents with a will, and
 * a record of every effect with its time. What the mobile node sends is answered as the real thing would, a few milliseconds later.
 */
final class World {
    static final Duration LATENCY = Duration.ofMillis(5);
    static final Instant START = Instant.ofEpochSecond(1_000_000);

    static final MacAddress NODE = MacAddress.parse("02:00:00:00:00:99");
    static final Ipv6Prefix HOME_PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    static final Ipv6Address HA1 = Ipv6Address.parse("2001:db8:1::11");
    static final Ipv6Address HA2 = Ipv6Address.parse("2001:db8:1::12");
    static final Ipv6Address HA3 = Ipv6Address.parse("2001:db8:1::13");
    static final Ipv6Address REPRESENTATIVE = Ipv6Address.parse("2001:db8:1::fe");

    static final Link AWAY_A = Link.of("2001:db8:3::/64", "fe80::a", "02:00:00:00:0a:01");
    static final Link AWAY_B = Link.of("2001:db8:4::/64", "fe80::b", "02:00:00:00:0b:01");
    static final Link HOME = new Link(List.of(
            new Router(
                    Ipv6Address.parse("fe80::1"),
                    MacAddress.parse("02:00:00:00:01:01"),
                    1800,
                    Duration.ofSeconds(1),
                    true,
                    0,
                    List.of(prefix("2001:db8:1::", PrefixInformation.ON_LINK | PrefixInformation.AUTONOMOUS))),
            homeAgentRouter("11"),
            homeAgentRouter("12")));

    /** A care-of address on {@link #AWAY_A}, and on {@link #AWAY_B}. */
    static final Ipv6Address CARE_OF_A = Ipv6Address.parse("2001:db8:3::ff:fe00:99");

    static final Ipv6Address CARE_OF_B = Ipv6Address.parse("2001:db8:4::ff:fe00:99");

    record Seen(Duration at, Effect effect) {}

    /** @param interval between advertisements */
    record Router(
            Ipv6Address linkLocal,
            MacAddress mac,
            int lifetimeSeconds,
            Duration interval,
            boolean tellsInterval,
            int flags,
            List<PrefixInformation> prefixes) {

        RouterAdvertisement advertisement() {
            List<NdOption> options = new ArrayList<>(prefixes);
            options.add(new SourceLinkLayerAddress(mac));
            if (tellsInterval) {
                options.add(new AdvertisementInterval(interval.toMillis()));
            }
            return new RouterAdvertisement(64, flags, lifetimeSeconds, 0, 0, options);
        }
    }

    record Link(List<Router> routers) {
        static Link of(String prefix, String linkLocal, String mac) {
            return new Link(List.of(router(prefix, linkLocal, mac)));
        }
    }

    static Router router(String prefix, String linkLocal, String mac) {
        return new Router(
                Ipv6Address.parse(linkLocal),
                MacAddress.parse(mac),
                1800,
                Duration.ofSeconds(1),
                true,
                0,
                List.of(prefix(
                        prefix.substring(0, prefix.indexOf('/')),
                        PrefixInformation.ON_LINK | PrefixInformation.AUTONOMOUS)));
    }

    static PrefixInformation prefix(String address, int flags) {
        return new PrefixInformation(64, flags, 86400, 14400, Ipv6Address.parse(address));
    }

    private static Router homeAgentRouter(String name) {
        return new Router(
                Ipv6Address.parse("fe80::" + name),
                MacAddress.parse("02:00:00:00:01:" + name),
                0,
                Duration.ofSeconds(1),
                true,
                RouterAdvertisement.HOME_AGENT,
                List.of(prefix(
                        "2001:db8:1::" + name,
                        PrefixInformation.ON_LINK | PrefixInformation.AUTONOMOUS | PrefixInformation.ROUTER_ADDRESS)));
    }

    /** What a home agent does with a binding update; empty is silence. */
    @FunctionalInterface
    interface Manner {
        Optional<BindingAcknowledgement> answer(Effect.SendBindingUpdate update);

        static Manner accept() {
            return acceptWith(0);
        }

        static Manner acceptWith(int status) {
            return update -> Optional.of(acknowledgement(
                    status,
                    update.message().sequenceNumber(),
                    update.message().lifetime().toSeconds()));
        }

        static Manner silent() {
            return update -> Optional.empty();
        }

        static Manner refuse(int status) {
            return update ->
                    Optional.of(acknowledgement(status, update.message().sequenceNumber(), 0));
        }
    }

    static BindingAcknowledgement acknowledgement(int status, SequenceNumber sequence, int lifetimeSeconds) {
        return BindingAcknowledgement.of(
                new BindingStatus(status),
                0,
                sequence,
                BindingLifetime.atMost(Duration.ofSeconds(lifetimeSeconds)),
                List.of());
    }

    private record Task(Instant at, long order, Runnable action) {}

    final MobileNode node;
    final List<Seen> seen = new ArrayList<>();
    final Map<Ipv6Address, Manner> homeAgents = new HashMap<>(Map.of(HA1, Manner.accept(), HA2, Manner.accept()));
    /** Addresses that others on the link have. */
    final Set<Ipv6Address> taken = new HashSet<>();

    Supplier<Optional<List<Ipv6Address>>> discovery = () -> Optional.of(List.of(HA1, HA2));
    /** Whether a home agent at home asks for the home address before it acknowledges. */
    boolean homeAgentSolicitsHomeAddress;

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::order));
    private Optional<Link> link = Optional.empty();
    private Instant now = START;
    private long order;
    private int consecutiveDeadlines;

    World() {
        this(settings());
    }

    World(MobileNodeSettings settings) {
        node = new MobileNode(settings, new Random(42));
    }

    static MobileNodeSettings settings() {
        return new MobileNodeSettings(
                NODE,
                HOME_ADDRESS,
                HOME_PREFIX,
                Optional.empty(),
                Duration.ofMinutes(10),
                Optional.empty(),
                Duration.ZERO);
    }

    /** Started on a link. */
    static World on(Link link) {
        World world = new World();
        world.startOn(link);
        return world;
    }

    /** Registered with the first home agent from {@link #AWAY_A}. */
    static World bound() {
        World world = on(AWAY_A);
        world.runUntilEvent("bound");
        return world;
    }

    void startOn(Link first) {
        plugInto(first);
        carryOut(node.onStart(now, true));
    }

    /** The cable moves to another link; the interface does not notice. */
    void plugInto(Link other) {
        link = Optional.of(other);
        for (Router router : other.routers()) {
            schedule(Duration.ofMillis(300), () -> advertiseForever(other, router));
        }
    }

    void unplug() {
        link = Optional.empty();
    }

    Instant now() {
        return now;
    }

    void runFor(Duration duration) {
        runUntil(now.plus(duration));
    }

    private void runUntil(Instant end) {
        while (step(end)) {
            // every event up to the end
        }
        now = end;
    }

    /** Runs until the event is told; fails after ten minutes of the world's time. */
    Effect.Event runUntilEvent(String kind) {
        int from = seen.size();
        Instant end = now.plus(Duration.ofMinutes(10));
        while (step(end)) {
            for (int i = from; i < seen.size(); i++) {
                if (seen.get(i).effect() instanceof Effect.Event event
                        && event.kind().equals(kind)) {
                    return event;
                }
            }
            from = seen.size();
        }
        throw new AssertionError("no event " + kind + " in ten minutes; seen: " + seen);
    }

    private boolean step(Instant end) {
        Instant deadline = node.nextDeadline().orElse(Instant.MAX);
        Instant task = tasks.isEmpty() ? Instant.MAX : tasks.peek().at();
        Instant next = deadline.isBefore(task) ? deadline : task;
        if (next.isAfter(end)) {
            return false;
        }
        boolean moved = next.isAfter(now);
        now = moved ? next : now;
        if (!deadline.isAfter(now)) {
            consecutiveDeadlines = moved ? 1 : consecutiveDeadlines + 1;
            assertThat(consecutiveDeadlines)
                    .as("deadlines in a row at one instant")
                    .isLessThan(3);
            carryOut(node.onDeadline(now));
        } else {
            consecutiveDeadlines = 0;
            tasks.remove().action().run();
        }
        return true;
    }

    void schedule(Duration after, Runnable action) {
        tasks.add(new Task(now.plus(after), order++, action));
    }

    void carryOut(Decision decision) {
        decision.changes().forEach(node::apply);
        for (Effect effect : decision.effects()) {
            seen.add(new Seen(Duration.between(START, now), effect));
            if (effect instanceof Effect.Event event) {
                assertThat(Events.kinds())
                        .as("kinds of events that --help tells of")
                        .contains(event.kind());
            }
            react(effect);
        }
    }

    private void react(Effect effect) {
        if (effect instanceof Effect.SendRouterSolicitation) {
            link.ifPresent(here -> here.routers().forEach(router -> reply(here, () -> advertise(router))));
        } else if (effect instanceof Effect.SendNeighborSolicitation solicitation) {
            link.ifPresent(here -> reply(here, () -> answerSolicitation(here, solicitation)));
        } else if (effect instanceof Effect.SendDiscoveryRequest request) {
            discovery.get().ifPresent(list -> answerDiscovery(request, list));
        } else if (effect instanceof Effect.SendBindingUpdate update) {
            answerBindingUpdate(update);
        }
    }

    private void reply(Link from, Runnable action) {
        schedule(LATENCY, () -> {
            if (link.equals(Optional.of(from))) {
                action.run();
            }
        });
    }

    private void advertiseForever(Link on, Router router) {
        if (link.equals(Optional.of(on))) {
            advertise(router);
            schedule(router.interval(), () -> advertiseForever(on, router));
        }
    }

    void advertise(Router router) {
        carryOut(node.onRouterAdvertisement(
                now,
                new PacketOrigin(router.mac(), router.linkLocal(), Ipv6Address.ALL_NODES),
                router.advertisement()));
    }

    private void answerSolicitation(Link here, Effect.SendNeighborSolicitation solicitation) {
        Ipv6Address target = solicitation.target();
        here.routers().stream()
                .filter(router -> router.linkLocal().equals(target)
                        || router.prefixes().stream()
                                .anyMatch(prefix -> prefix.routerAddress()
                                        && prefix.address().equals(target)))
                .findFirst()
                .ifPresent(router -> advertiseNeighbor(router.mac(), target));
        if (taken.contains(target)) {
            advertiseNeighbor(MacAddress.parse("02:00:00:00:ff:ff"), target);
        }
    }

    void advertiseNeighbor(MacAddress mac, Ipv6Address target) {
        carryOut(node.onNeighborAdvertisement(
                now,
                new PacketOrigin(mac, target, Ipv6Address.ALL_NODES),
                new NeighborAdvertisement(
                        NeighborAdvertisement.OVERRIDE, target, List.of(new TargetLinkLayerAddress(mac)))));
    }

    private void answerDiscovery(Effect.SendDiscoveryRequest request, List<Ipv6Address> list) {
        schedule(LATENCY, () -> discoveryReply(request.identifier(), list));
    }

    void discoveryReply(int identifier, List<Ipv6Address> list) {
        carryOut(node.onDiscoveryReply(
                now,
                new PacketOrigin(MacAddress.parse("02:00:00:00:0a:01"), REPRESENTATIVE, CARE_OF_A),
                new HomeAgentAddressDiscoveryReply(identifier, list)));
    }

    private void answerBindingUpdate(Effect.SendBindingUpdate update) {
        Manner manner = homeAgents.getOrDefault(update.destination(), Manner.silent());
        Optional<BindingAcknowledgement> answer = manner.answer(update);
        if (answer.isEmpty()) {
            return;
        }
        boolean fromHome = update.source().equals(HOME_ADDRESS);
        if (fromHome && homeAgentSolicitsHomeAddress) {
            schedule(
                    LATENCY,
                    () -> carryOut(node.onNeighborSolicitation(
                            now,
                            new PacketOrigin(
                                    macOf(update.destination()), update.destination(), HOME_ADDRESS.solicitedNode()),
                            new NeighborSolicitation(HOME_ADDRESS, List.of()))));
        }
        schedule(
                LATENCY.multipliedBy(2),
                () -> acknowledge(
                        update.destination(),
                        update.source(),
                        fromHome ? Optional.empty() : Optional.of(HOME_ADDRESS),
                        answer.get()));
    }

    static MacAddress macOf(Ipv6Address homeAgent) {
        return new MacAddress(0x0200_0000_0100L | homeAgent.low());
    }

    void acknowledge(
            Ipv6Address from,
            Ipv6Address to,
            Optional<Ipv6Address> routingHeader,
            BindingAcknowledgement acknowledgement) {
        carryOut(node.onBindingAcknowledgement(
                now, new PacketOrigin(macOf(from), from, to), routingHeader, acknowledgement));
    }

    /** From a home agent, as it is while away on {@link #AWAY_A}. */
    void acknowledge(Ipv6Address from, BindingAcknowledgement acknowledgement) {
        acknowledge(from, CARE_OF_A, Optional.of(HOME_ADDRESS), acknowledgement);
    }

    void advertisePrefixes(Ipv6Address from, int identifier, List<NdOption> options) {
        carryOut(node.onMobilePrefixAdvertisement(
                now,
                new PacketOrigin(macOf(from), from, CARE_OF_A),
                Optional.of(HOME_ADDRESS),
                new MobilePrefixAdvertisement(identifier, 0, options)));
    }

    // ---- looking at what was seen

    /** Everything of a kind, with its time since the start. */
    <T extends Effect> List<T> all(Class<T> kind) {
        return seen.stream()
                .filter(one -> kind.isInstance(one.effect()))
                .map(one -> kind.cast(one.effect()))
                .toList();
    }

    <T extends Effect> T last(Class<T> kind) {
        List<T> all = all(kind);
        assertThat(all).as("effects of kind " + kind.getSimpleName()).isNotEmpty();
        return all.get(all.size() - 1);
    }

    List<Duration> timesOf(Class<? extends Effect> kind) {
        return seen.stream()
                .filter(one -> kind.isInstance(one.effect()))
                .map(Seen::at)
                .toList();
    }

    List<Effect.SendBindingUpdate> bindingUpdatesTo(Ipv6Address homeAgent) {
        return all(Effect.SendBindingUpdate.class).stream()
                .filter(update -> update.destination().equals(homeAgent))
                .toList();
    }

    List<String> eventKinds() {
        return all(Effect.Event.class).stream().map(Effect.Event::kind).toList();
    }

    List<String> counts() {
        return all(Effect.Count.class).stream().map(Effect.Count::reason).toList();
    }

    static String field(Effect.Event event, String name) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < event.fields().size(); i += 2) {
            fields.put(event.fields().get(i), event.fields().get(i + 1));
        }
        return Optional.ofNullable(fields.get(name)).orElseThrow();
    }

    void forgetWhatWasSeen() {
        seen.clear();
    }
}
