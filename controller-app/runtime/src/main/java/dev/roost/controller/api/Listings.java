package dev.roost.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roost.controller.ControllerView;
import dev.roost.controller.ServedNetwork;
import dev.roost.loadbalancer.HomeNetworkView;
import java.util.List;

/** The answers to GET requests, each made from the live state in one go. Runs on the loop's thread. */
final class Listings {
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

    static ArrayNode mobileNodes(ControllerView view) {
        ArrayNode list = Json.array();
        for (ServedNetwork network : view.networks()) {
            network.state()
                    .mobileNodes(view.now())
                    .forEach(mobileNode -> list.add(Json.mobileNode(network.name(), mobileNode)));
        }
        return list;
    }

    static ArrayNode notifications(ControllerView view) {
        ArrayNode list = Json.array();
        for (ServedNetwork network : view.networks()) {
            network.state().answers(view.now()).forEach(answer -> list.add(Json.notification(network.name(), answer)));
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
