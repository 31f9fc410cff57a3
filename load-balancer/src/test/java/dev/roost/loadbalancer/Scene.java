package dev.roost.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Effect.Count;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilityOption;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A home network with a clock, and shorthand for what happens in it. Home agent n has link-local address fe80::n, global
 * address 2001:db8:1::1n, link-layer address 02:00:00:00:00:0n and switch port n. Each event is checked to alter nothing
 * before it is applied.
 */
final class Scene {

    static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    static final Ipv6Address REPRESENTATIVE = Ipv6Address.parse("2001:db8:1::fe");
    static final MacAddress REPRESENTATIVE_MAC = MacAddress.parse("02:00:5e:00:00:fe");
    static final Ipv6Address ANYCAST = Ipv6Address.parse("2001:db8:1:0:fdff:ffff:ffff:fffe");
    static final SwitchId SWITCH = new SwitchId(1);
    static final SwitchPort ROUTER_PORT = new SwitchPort(SWITCH, 100);
    static final SwitchPort HOST_PORT = new SwitchPort(SWITCH, 101);
    static final MacAddress ROUTER_MAC = MacAddress.parse("02:00:00:00:01:00");
    static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");
    static final long SEED = 20250101;

    final HomeNetwork network;
    Instant now = BEGINNING;
    Decision last = Decision.NONE;
    private int identifier;
    private int sequence;

    Scene() {
        this(config());
    }

    Scene(HomeNetworkConfig config) {
        network = new HomeNetwork(config, SEED);
    }

    static HomeNetworkConfig config() {
        return HomeNetworkConfig.of("home", PREFIX, REPRESENTATIVE, REPRESENTATIVE_MAC);
    }

    static BalancingConfig balancing() {
        return BalancingConfig.DEFAULTS;
    }

    static Ipv6Address linkLocal(int n) {
        return new Ipv6Address(0xfe80_0000_0000_0000L, n);
    }

    static Ipv6Address global(int n) {
        return new Ipv6Address(PREFIX.address().high(), 0x10 + n);
    }

    static MacAddress mac(int n) {
        return new MacAddress(0x0200_0000_0000L + n);
    }

    static SwitchPort port(int n) {
        return new SwitchPort(SWITCH, n);
    }

    static Ipv6Address careOf(int n) {
        return new Ipv6Address(0x2001_0db8_0003_0000L, n);
    }

    static Ipv6Address home(int n) {
        return new Ipv6Address(PREFIX.address().high(), 0x100 + n);
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    void passMillis(long millis) {
        now = now.plusMillis(millis);
    }

    /** Moves the clock to the next deadline and lets it happen. */
    void toNextDeadline() {
        now = network.nextDeadline().orElseThrow();
        happened(network.onDeadline(now));
    }

    /** Applies; the decision is kept in {@link #last}. */
    Decision happened(Decision decision) {
        last = decision;
        decision.changes().forEach(network::apply);
        return decision;
    }

    /** Preference 10, lifetime 1800 s. */
    Advertising homeAgent(int n) {
        return new Advertising(n);
    }

    /** The first home agents, all equal. */
    Scene withHomeAgents(int count) {
        for (int n = 1; n <= count; n++) {
            homeAgent(n).advertises();
        }
        return this;
    }

    Decision request(Ipv6Address careOfAddress) {
        return request(careOfAddress, ANYCAST);
    }

    Decision request(Ipv6Address source, Ipv6Address destination) {
        identifier = (identifier + 1) & 0xffff;
        PacketOrigin origin = new PacketOrigin(ROUTER_PORT, ROUTER_MAC, source, destination);
        long before = network.stateHash();
        Decision decision = network.onDiscoveryRequest(now, origin, new HomeAgentAddressDiscoveryRequest(identifier));
        assertThat(network.stateHash()).isEqualTo(before);
        return happened(decision);
    }

    /** What a discovery request from this address is answered with; empty: silence. */
    List<Ipv6Address> ask(Ipv6Address careOfAddress) {
        return request(careOfAddress).effects().stream()
                .filter(SendDiscoveryReply.class::isInstance)
                .map(SendDiscoveryReply.class::cast)
                .findFirst()
                .map(effect -> effect.reply().homeAgents())
                .orElse(List.of());
    }

    Decision update(Ipv6Address homeAddress, Ipv6Address careOfAddress, Ipv6Address homeAgent) {
        return update(homeAddress, careOfAddress, homeAgent, 600, Optional.empty());
    }

    /** The sequence number is one more each time; see {@link #sequence}. */
    Decision update(
            Ipv6Address homeAddress,
            Ipv6Address source,
            Ipv6Address homeAgent,
            int lifetimeSeconds,
            Optional<Ipv6Address> alternate) {
        sequence = (sequence + 1) & 0xffff;
        List<MobilityOption> options = alternate
                .<List<MobilityOption>>map(address -> List.of(new AlternateCareOfAddress(address)))
                .orElse(List.of());
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(sequence),
                BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                BindingLifetime.atLeast(Duration.ofSeconds(lifetimeSeconds)),
                options);
        PacketOrigin origin = new PacketOrigin(ROUTER_PORT, ROUTER_MAC, source, homeAgent);
        return happened(network.onBindingUpdate(now, origin, homeAddress, update));
    }

    int sequence() {
        return sequence;
    }

    Decision acknowledge(int n, Ipv6Address homeAddress, Ipv6Address careOfAddress) {
        return acknowledge(port(n), global(n), homeAddress, careOfAddress, 0, sequence, 600);
    }

    Decision acknowledge(
            SwitchPort port,
            Ipv6Address homeAgent,
            Ipv6Address homeAddress,
            Ipv6Address destination,
            int status,
            int sequenceNumber,
            int lifetimeSeconds) {
        BindingAcknowledgement acknowledgement = BindingAcknowledgement.of(
                new BindingStatus(status),
                0,
                new SequenceNumber(sequenceNumber),
                BindingLifetime.atLeast(Duration.ofSeconds(lifetimeSeconds)),
                List.of());
        PacketOrigin origin = new PacketOrigin(port, mac(1), homeAgent, destination);
        return happened(network.onBindingAcknowledgement(now, origin, homeAddress, acknowledgement));
    }

    /** Home address n registers from care-of address n for 600 s. */
    void bind(int mobileNode, int homeAgent) {
        bind(home(mobileNode), careOf(mobileNode), homeAgent);
    }

    void bind(Ipv6Address homeAddress, Ipv6Address careOfAddress, int homeAgent) {
        update(homeAddress, careOfAddress, global(homeAgent));
        acknowledge(homeAgent, homeAddress, careOfAddress);
    }

    /** It deregisters, and its home agent says so. */
    void release(int mobileNode, int homeAgent) {
        update(home(mobileNode), careOf(mobileNode), global(homeAgent), 0, Optional.empty());
        acknowledge(port(homeAgent), global(homeAgent), home(mobileNode), careOf(mobileNode), 0, sequence, 0);
    }

    HomeNetworkView.HomeAgentView view(int n) {
        return network.view(now).homeAgents().stream()
                .filter(view -> view.linkLocalAddress().equals(linkLocal(n)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no home agent " + n));
    }

    boolean lists(int n) {
        return network.view(now).homeAgents().stream()
                .anyMatch(view ->
                        view.linkLocalAddress().equals(linkLocal(n)) && view.state() != HomeNetworkView.State.LEFT);
    }

    /** What the last decision has remembered for good. */
    List<Change> durable() {
        return last.changes().stream().filter(Change::durable).toList();
    }

    List<Reason> counted() {
        return last.effects().stream()
                .filter(Count.class::isInstance)
                .map(effect -> ((Count) effect).reason())
                .toList();
    }

    List<String> events() {
        return last.effects().stream()
                .filter(Event.class::isInstance)
                .map(effect -> ((Event) effect).kind())
                .toList();
    }

    /** One router advertisement in the making. */
    final class Advertising {

        private final int n;
        private int flags = RouterAdvertisement.HOME_AGENT;
        private int routerLifetimeSeconds = 1800;
        private SwitchPort from;
        private Ipv6Address source;
        private MacAddress linkLayerSource;
        private Optional<HomeAgentInformation> information = Optional.of(new HomeAgentInformation(10, 1800));
        private final List<NdOption> prefixes = new ArrayList<>();
        private boolean ownAddress = true;

        Advertising(int n) {
            this.n = n;
            this.from = port(n);
            this.source = linkLocal(n);
            this.linkLayerSource = mac(n);
        }

        Advertising withoutHomeAgentFlag() {
            flags = 0;
            return this;
        }

        Advertising information(int preference, int lifetimeSeconds) {
            information = Optional.of(new HomeAgentInformation(preference, lifetimeSeconds));
            return this;
        }

        Advertising preference(int preference) {
            return information(preference, 1800);
        }

        Advertising withoutInformation() {
            information = Optional.empty();
            return this;
        }

        Advertising routerLifetime(int seconds) {
            routerLifetimeSeconds = seconds;
            return this;
        }

        Advertising at(SwitchPort port) {
            from = port;
            return this;
        }

        Advertising from(Ipv6Address address) {
            source = address;
            return this;
        }

        Advertising linkLayer(MacAddress address) {
            linkLayerSource = address;
            return this;
        }

        /** Instead of its own address with the R flag. */
        Advertising address(Ipv6Address address) {
            return prefix(address, PrefixInformation.ROUTER_ADDRESS, 86400);
        }

        Advertising prefix(Ipv6Address address, int prefixFlags, long validLifetimeSeconds) {
            ownAddress = false;
            prefixes.add(new PrefixInformation(
                    64,
                    PrefixInformation.ON_LINK | PrefixInformation.AUTONOMOUS | prefixFlags,
                    validLifetimeSeconds,
                    validLifetimeSeconds,
                    address));
            return this;
        }

        Decision advertises() {
            List<NdOption> options = new ArrayList<>(prefixes);
            if (ownAddress) {
                options.add(new PrefixInformation(
                        64, PrefixInformation.ON_LINK | PrefixInformation.ROUTER_ADDRESS, 86400, 86400, global(n)));
            }
            information.ifPresent(options::add);
            RouterAdvertisement advertisement =
                    new RouterAdvertisement(64, flags, routerLifetimeSeconds, 0, 0, options);
            PacketOrigin origin = new PacketOrigin(from, linkLayerSource, source, Ipv6Address.ALL_NODES);
            long before = network.stateHash();
            Decision decision = network.onRouterAdvertisement(now, origin, advertisement);
            assertThat(network.stateHash()).isEqualTo(before);
            return happened(decision);
        }
    }
}
