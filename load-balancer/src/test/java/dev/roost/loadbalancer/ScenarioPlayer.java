package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.port;

import dev.roost.loadbalancer.Effect.SendPacket;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterSolicitation;
import java.util.List;
import java.util.Optional;

/**
 * Plays the commands of a scenario in a {@link Scene}.
 *
 * <pre>
 *   advertise N [preference=P] [lifetime=S] [router-lifetime=S] [not-home-agent] [no-option] [no-address] [port=P]
 *   solicit ADDRESS from ADDRESS|:: at PORT
 *   probe-answered N
 *   ask N                    a discovery request from care-of address N
 *   update N at H|representative [care-of=N] [lifetime=S]      mobile node N, to home agent H
 *   accept N at H [status=S] [lifetime=S] [port=P]             the acknowledgement of the last update
 *   port-down P, port-up P, drain N, undrain N
 *   pass S | deadline        so many seconds, or until the next deadline, which then happens
 *   crash                    the network is rebuilt from its snapshot
 * </pre>
 */
final class ScenarioPlayer {

    private static final String COMMAND = "> ";

    private Scene scene = new Scene();

    private ScenarioPlayer() {}

    static String play(String scenario) {
        ScenarioPlayer player = new ScenarioPlayer();
        StringBuilder out = new StringBuilder();
        for (String line : scenario.lines().toList()) {
            if (line.startsWith("#") || line.isBlank()) {
                out.append(line).append('\n');
            } else if (line.startsWith(COMMAND)) {
                out.append(line)
                        .append('\n')
                        .append(player.happens(List.of(line.substring(2).split(" "))));
            }
        }
        return out.toString();
    }

    private String happens(List<String> command) {
        scene.last = Decision.NONE;
        int n = command.size() > 1 && command.get(1).matches("\\d+") ? Integer.parseInt(command.get(1)) : 0;
        switch (command.get(0)) {
            case "advertise" -> advertise(n, command);
            case "solicit" -> solicit(command);
            case "probe-answered" -> probeAnswered(n);
            case "ask" -> scene.request(careOf(n));
            case "update" -> update(n, command);
            case "accept" -> accept(n, command);
            case "port-down" -> scene.happened(scene.network.onHomeAgentUnreachable(scene.now, port(n)));
            case "port-up" -> scene.happened(scene.network.onPortUp(scene.now, port(n)));
            case "drain" -> scene.happened(scene.network.drain(scene.now, global(n)));
            case "undrain" -> scene.happened(scene.network.undrain(scene.now, global(n)));
            case "pass" -> scene.passMillis(Math.round(Double.parseDouble(command.get(1)) * 1000));
            case "deadline" -> scene.toNextDeadline();
            case "crash" -> crash();
            default -> throw new IllegalArgumentException("no such command: " + command);
        }
        return told();
    }

    private static Optional<String> option(List<String> command, String name) {
        return command.stream()
                .filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1))
                .findFirst();
    }

    private static int number(List<String> command, String name, int otherwise) {
        return option(command, name).map(Integer::valueOf).orElse(otherwise);
    }

    private void advertise(int n, List<String> command) {
        Scene.Advertising advertising = scene.homeAgent(n)
                .information(number(command, "preference", 10), number(command, "lifetime", 1800))
                .routerLifetime(number(command, "router-lifetime", 1800))
                .at(port(number(command, "port", n)));
        if (command.contains("not-home-agent")) {
            advertising.withoutHomeAgentFlag();
        }
        if (command.contains("no-option")) {
            advertising.withoutInformation();
        }
        if (command.contains("no-address")) {
            advertising.prefix(Scene.PREFIX.address(), 0, 86400);
        }
        advertising.advertises();
    }

    private void solicit(List<String> command) {
        Ipv6Address target = Ipv6Address.parse(command.get(1));
        PacketOrigin origin = new PacketOrigin(
                port(Integer.parseInt(command.get(5))),
                Scene.ROUTER_MAC,
                Ipv6Address.parse(command.get(3)),
                target.solicitedNode());
        scene.happened(
                scene.network.onNeighborSolicitation(scene.now, origin, new NeighborSolicitation(target, List.of())));
    }

    private void probeAnswered(int n) {
        scene.happened(scene.network.onNeighborAdvertisement(
                scene.now,
                new PacketOrigin(port(n), Scene.mac(n), linkLocal(n), Scene.REPRESENTATIVE),
                new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, linkLocal(n), List.of())));
    }

    private void update(int n, List<String> command) {
        Ipv6Address homeAgent = command.get(3).equals("representative")
                ? Scene.REPRESENTATIVE
                : global(Integer.parseInt(command.get(3)));
        int lifetimeSeconds = number(command, "lifetime", 600);
        Ipv6Address source = lifetimeSeconds == 0 ? home(n) : careOf(number(command, "care-of", n));
        scene.update(home(n), source, homeAgent, lifetimeSeconds, Optional.empty());
    }

    private void accept(int n, List<String> command) {
        int homeAgent = Integer.parseInt(command.get(3));
        scene.acknowledge(
                port(number(command, "port", homeAgent)),
                global(homeAgent),
                home(n),
                careOf(n),
                number(command, "status", 0),
                scene.sequence(),
                number(command, "lifetime", 600));
    }

    private void crash() {
        Scene rebuilt = new Scene();
        rebuilt.now = scene.now;
        scene.network.snapshot().forEach(rebuilt.network::apply);
        scene = rebuilt;
    }

    private String told() {
        StringBuilder out = new StringBuilder();
        for (Change change : scene.last.changes()) {
            out.append("  remember ").append(change.getClass().getSimpleName());
            change.touched()
                    .homeAddress()
                    .ifPresent(address -> out.append(' ').append(address).append(steering(address)));
            out.append(change.durable() ? "" : " (soft)").append('\n');
        }
        for (Effect effect : scene.last.effects()) {
            out.append("  ").append(told(effect)).append('\n');
        }
        return out.toString();
    }

    private String steering(Ipv6Address homeAddress) {
        return scene.network
                .steeringPlan()
                .forwarderOf(homeAddress)
                .map(forwarder -> " -> " + forwarder.globalAddresses().get(0))
                .orElse(" -> nobody");
    }

    private static String told(Effect effect) {
        if (effect instanceof Effect.SendDiscoveryReply reply) {
            return sent("discovery reply", reply) + " " + reply.reply().homeAgents();
        }
        if (effect instanceof Effect.SendNeighborAdvertisement sent) {
            NeighborAdvertisement advertisement = sent.advertisement();
            return sent("neighbor advertisement", sent) + " target=" + advertisement.target() + " flags="
                    + (advertisement.router() ? "R" : "") + (advertisement.solicited() ? "S" : "")
                    + (advertisement.override() ? "O" : "");
        }
        if (effect instanceof Effect.SendBindingAcknowledgement sent) {
            return sent("binding acknowledgement", sent) + " status="
                    + sent.acknowledgement().status().value() + " routing-header="
                    + sent.routingHeaderAddress().map(Object::toString).orElse("none");
        }
        if (effect instanceof Effect.SendProbe probe) {
            return sent(probe.solicitation() instanceof RouterSolicitation ? "router solicitation" : "probe", probe);
        }
        if (effect instanceof Effect.Event event) {
            return "tell " + event.kind() + " " + event.fields();
        }
        if (effect instanceof Effect.Count count) {
            return "count " + count.reason().word();
        }
        return effect.getClass().getSimpleName();
    }

    private static String sent(String what, SendPacket packet) {
        return "send " + what + " out of port " + packet.port().port() + " to " + packet.destination() + " at "
                + packet.linkLayerDestination();
    }
}
