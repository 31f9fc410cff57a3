package dev.roost.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roost.controller.ControllerView;
import dev.roost.controller.ServedNetwork;
import dev.roost.loadbalancer.HomeNetworkView;
import dev.roost.loadbalancer.HomeNetworkView.AnswerPlace;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.util.List;
import java.util.Optional;

/** The answers to GET requests, each made from the live state in one go. Runs on the loop's thread. */
final class Listings {
    private static final int MOST_BINDING_UPDATES = 1000;

    private Listings() {}

    static ArrayNode homeNetworks(ControllerView view) {
        ArrayNode list = Json.array();
        view.networks()
                .forEach(network -> list.add(Json.homeNetwork(network.state().view(view.now()))));
        return list;
    }

    static ArrayNode homeAgents(ControllerView view) {
        ArrayNode list = Json.array();
        for (ServedNetwork network : view.networks()) {
            HomeNetworkView homeNetwork = network.state().view(view.now());
            homeNetwork.homeAgents().forEach(homeAgent -> list.add(Json.homeAgent(network.name(), homeAgent)));
        }
        return list;
    }

    /** By home network, then by home address. */
    static void mobileNodes(Page page, ControllerView view, Optional<Ipv6Address> after) {
        boolean reached = after.isEmpty();
        for (ServedNetwork network : view.networks()) {
            boolean isThere = !reached && network.config().prefix().contains(after.get());
            reached |= isThere;
            if (reached) {
                network.state()
                        .mobileNodes(view.now(), isThere ? after : Optional.empty(), page.missing())
                        .forEach(mobileNode -> page.add(
                                mobileNode.homeAddress().toString(),
                                () -> Json.mobileNode(network.name(), mobileNode)));
            }
        }
    }

    /** By home network, then by time. */
    static void notifications(Page page, ControllerView view, Optional<Cursors.Answer> after) {
        boolean reached = after.isEmpty();
        for (ServedNetwork network : view.networks()) {
            boolean isThere = !reached && network.name().equals(after.get().homeNetwork());
            reached |= isThere;
            if (reached) {
                Optional<AnswerPlace> place = isThere ? after.map(Cursors.Answer::place) : Optional.empty();
                network.state()
                        .answers(view.now(), place, page.missing())
                        .forEach(answer -> page.add(
                                new Cursors.Answer(
                                                network.name(),
                                                new AnswerPlace(answer.sentAt(), answer.careOfAddress()))
                                        .toString(),
                                () -> Json.notification(network.name(), answer)));
            }
        }
    }

    /** What a neighbor on the home link is told, but for bound home addresses, which all have the representative's. */
    static ArrayNode neighbors(ControllerView view) {
        ArrayNode list = Json.array();
        for (ServedNetwork network : view.networks()) {
            HomeNetworkView homeNetwork = network.state().view(view.now());
            MacAddress representative = homeNetwork.representativeLinkLayerAddress();
            list.add(Json.neighbor(network.name(), homeNetwork.anycastAddress(), representative));
            list.add(Json.neighbor(network.name(), homeNetwork.representativeAddress(), representative));
            homeNetwork.homeAgents().forEach(homeAgent -> {
                MacAddress own = homeAgent.linkLayerAddress();
                list.add(Json.neighbor(network.name(), homeAgent.linkLocalAddress(), own));
                homeAgent.addresses().forEach(address -> list.add(Json.neighbor(network.name(), address, own)));
            });
        }
        return list;
    }

    /** Those under way, then those that wait, then those that ended last. */
    static ArrayNode migrations(ControllerView view) {
        ArrayNode list = Json.array();
        for (ServedNetwork network : view.networks()) {
            network.state().migrations().forEach(migration -> list.add(Json.migration(network.name(), migration)));
        }
        return list;
    }

    /** Registrations under way, the newest {@link #MOST_BINDING_UPDATES} of each home network. */
    static ArrayNode bindingUpdates(ControllerView view) {
        ArrayNode list = Json.array();
        for (ServedNetwork network : view.networks()) {
            network.state()
                    .bindingUpdates(view.now(), MOST_BINDING_UPDATES)
                    .forEach(update -> list.add(Json.bindingUpdate(network.name(), update)));
        }
        return list;
    }

    static ObjectNode health(ControllerView view) {
        List<String> problems = view.problems();
        ObjectNode json = Json.object();
        json.put("healthy", problems.isEmpty());
        json.put("role", "active");
        json.put("switches", view.switches().size());
        ArrayNode list = json.putArray("problems");
        problems.forEach(list::add);
        return json;
    }
}
