package dev.roost.controller;

import dev.roost.loadbalancer.Decision;
import dev.roost.loadbalancer.Effect;
import dev.roost.loadbalancer.PacketOrigin;
import dev.roost.loadbalancer.Reason;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.SwitchId;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * RA guard: where a home network asks for it, router advertisements come here before they go anywhere, and go on unless a home network
 * refuses their sender. The H bit, by which a home agent is told from an ordinary router, stands where no OpenFlow rule
 * can look; so the switch passes by itself what an admitted home agent advertises at its own port, and all else waits for this.
 *
 * <p>Refused is who claims to be a home agent that is somebody else or not admitted. An ordinary router is not, so its
 * advertisements pass; so does what only says nothing to us. While no controller is there, advertisements of such routers
 * do not pass.
 *
 * <p>Belongs to the loop. For one advertisement: {@link #begin}, {@link #decided} for each home network, {@link #mayPass}.
 */
final class AdvertisementGuard {

    private static final Set<Reason> REFUSALS = EnumSet.of(
            Reason.HOME_AGENT_AT_OTHER_PORT, Reason.LINK_LAYER_ADDRESS_TAKEN, Reason.HOME_AGENT_NOT_ADMITTED);

    private final ServedNetworks networks;
    private final LongAdder passed;
    private final LongAdder held;
    private boolean homeAgent;
    private boolean waits;
    private boolean refused;
    private boolean welcome;

    AdvertisementGuard(ServedNetworks networks, Counters counters) {
        this.networks = networks;
        this.passed = counters.counter("roost_guarded_advertisements_total", "verdict", "passed");
        this.held = counters.counter("roost_guarded_advertisements_total", "verdict", "held");
    }

    /** To be called before any home network decides, since the switch has judged by what was known until then. */
    void begin(PacketOrigin origin, RouterAdvertisement advertisement) {
        SwitchId switchId = origin.port().switchId();
        homeAgent = advertisement.homeAgent();
        refused = false;
        welcome = false;
        waits = networks.guardsAdvertisements(switchId) && !isPassedBySwitch(origin);
    }

    private boolean isPassedBySwitch(PacketOrigin origin) {
        SwitchId switchId = origin.port().switchId();
        for (ServedNetwork network : networks.all()) {
            if (!network.config().protection().advertisementGuard()
                    || !RuleCompiler.serves(network.config(), switchId)) {
                continue;
            }
            for (SteeredHomeAgent known : network.state().steeringPlan().homeAgents()) {
                if (known.linkLocalAddress().equals(origin.source())
                        && known.linkLayerAddress().equals(origin.linkLayerSource())
                        && known.attachment().equals(origin.port())
                        && RuleCompiler.isOwnAdvertiser(network.config(), known, switchId)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Takes what a home network says of it. One that knows the sender for its home agent outweighs others that do not. */
    void decided(Decision decision) {
        boolean refusal = false;
        for (Effect effect : decision.effects()) {
            refusal |= effect instanceof Effect.Count count && isRefusal(count.reason());
        }
        refused |= refusal;
        welcome |= !refusal && !decision.changes().isEmpty();
    }

    /** An ordinary router is not admitted as a home agent either, but claims nothing. */
    private boolean isRefusal(Reason reason) {
        return REFUSALS.contains(reason) && (homeAgent || reason != Reason.HOME_AGENT_NOT_ADMITTED);
    }

    /** Whether it waits for our word and has it. */
    boolean mayPass() {
        if (!waits) {
            return false;
        }
        boolean passes = welcome || !refused;
        (passes ? passed : held).increment();
        return passes;
    }
}
