package dev.roost.controller.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roost.controller.Reloaded;
import dev.roost.loadbalancer.HomeNetworkView;
import dev.roost.loadbalancer.HomeNetworkView.AnswerView;
import dev.roost.loadbalancer.HomeNetworkView.BindingUpdateView;
import dev.roost.loadbalancer.HomeNetworkView.DelegationView;
import dev.roost.loadbalancer.HomeNetworkView.HomeAgentView;
import dev.roost.loadbalancer.HomeNetworkView.LoadView;
import dev.roost.loadbalancer.HomeNetworkView.MigrationView;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The JSON of the API. Trees instead of annotated classes: they work with every Jackson that a host may bring along, and each
 * field's name stands where it is written.
 */
final class Json {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree could not be written", e);
        }
    }

    static JsonNode read(String body) throws ApiException {
        try {
            JsonNode node = MAPPER.readTree(body);
            return node == null ? NODES.missingNode() : node;
        } catch (JsonProcessingException e) {
            throw new ApiException(400, "malformed-json", "the body is not JSON: " + firstLine(e.getOriginalMessage()));
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    static ObjectNode object() {
        return NODES.objectNode();
    }

    static ArrayNode array() {
        return NODES.arrayNode();
    }

    static ObjectNode homeNetwork(HomeNetworkView view) {
        ObjectNode json = object();
        json.put("name", view.name());
        json.put("prefix", view.prefix().toString());
        json.put("anycastAddress", view.anycastAddress().toString());
        json.putObject("representative")
                .put("address", view.representativeAddress().toString())
                .put("linkLayerAddress", view.representativeLinkLayerAddress().toString());
        json.put("homeAgents", view.homeAgents().size());
        json.put("mobileNodes", view.mobileNodes());
        return json;
    }

    static ObjectNode homeAgent(String homeNetwork, HomeAgentView view) {
        ObjectNode json = object();
        json.put("homeNetwork", homeNetwork);
        json.put("linkLocalAddress", view.linkLocalAddress().toString());
        addresses(json.putArray("addresses"), view.addresses());
        json.put("linkLayerAddress", view.linkLayerAddress().toString());
        json.put("preference", view.preference());
        json.put("effectivePreference", view.effectivePreference());
        json.put("weight", view.weight());
        json.put("remainingLifetime", seconds(view.remainingLifetime()));
        json.put("state", view.state().word());
        json.putObject("attachment")
                .put("switch", view.attachment().switchId().toString())
                .put("port", Integer.toUnsignedLong(view.attachment().port()));
        json.put("forwarding", view.forwarding());
        DelegationView delegation = view.delegation();
        ObjectNode spoken = json.putObject("delegation").put("speaks", delegation.speaks());
        ArrayNode roles = spoken.putArray("roles");
        if (delegation.primary()) {
            roles.add("primary");
        }
        if (delegation.secondary()) {
            roles.add("secondary");
        }
        spoken.put("entries", delegation.entries());
        json.set("load", load(view.load()));
        return json;
    }

    private static ObjectNode load(LoadView load) {
        ObjectNode json = object();
        json.put("bindings", load.bindings());
        json.put("inFlight", load.inFlight());
        json.put("packetsTransmitted", unsigned(load.packetsTransmitted()));
        json.put("packetsReceived", unsigned(load.packetsReceived()));
        rate(json, "transmitRate", load.transmitRate());
        rate(json, "receiveRate", load.receiveRate());
        json.put(
                "source",
                load.source()
                        .map(source -> source.name().toLowerCase(Locale.ROOT))
                        .orElse(null));
        json.put("sampledAt", load.sampledAt().map(Json::time).orElse(null));
        return json;
    }

    static ObjectNode mobileNode(String homeNetwork, MobileNodeView view) {
        ObjectNode json = object();
        json.put("homeNetwork", homeNetwork);
        json.put("homeAddress", view.homeAddress().toString());
        json.put("careOfAddress", view.careOfAddress().toString());
        json.put("homeAgent", view.homeAgent().toString());
        json.put("forwarder", view.forwarder().toString());
        json.put("remainingLifetime", seconds(view.remainingLifetime()));
        json.put("sequence", view.sequence());
        json.put("evidence", view.evidence().name().toLowerCase(Locale.ROOT));
        return json;
    }

    static ObjectNode migration(String homeNetwork, MigrationView view) {
        ObjectNode json = object();
        json.put("homeNetwork", homeNetwork);
        json.put("homeAddress", view.homeAddress().toString());
        json.put("from", view.from().map(Ipv6Address::toString).orElse(null));
        json.put("to", view.to().map(Ipv6Address::toString).orElse(null));
        json.put("cause", view.cause());
        json.put("state", view.state());
        json.put("reason", view.reason().isEmpty() ? null : view.reason());
        json.put("requestedAt", time(view.requestedAt()));
        json.put("changedAt", time(view.changedAt()));
        return json;
    }

    /** Both the representative and home agents are routers. */
    static ObjectNode neighbor(String homeNetwork, Ipv6Address address, MacAddress linkLayerAddress) {
        return object().put("homeNetwork", homeNetwork)
                .put("address", address.toString())
                .put("linkLayerAddress", linkLayerAddress.toString())
                .put("router", true);
    }

    static ObjectNode bindingUpdate(String homeNetwork, BindingUpdateView view) {
        ObjectNode json = object();
        json.put("homeNetwork", homeNetwork);
        json.put("homeAddress", view.homeAddress().toString());
        json.put("careOfAddress", view.careOfAddress().toString());
        json.put("homeAgent", view.homeAgent().toString());
        if (view.sequence().isPresent()) {
            json.put("sequence", view.sequence().getAsInt());
        } else {
            json.putNull("sequence");
        }
        json.put("seenAt", time(view.seenAt()));
        return json;
    }

    static ObjectNode notification(String homeNetwork, AnswerView view) {
        ObjectNode json = object();
        json.put("homeNetwork", homeNetwork);
        json.put("careOfAddress", view.careOfAddress().toString());
        addresses(json.putArray("homeAgents"), view.homeAgents());
        json.put("sentAt", time(view.sentAt()));
        return json;
    }

    static ObjectNode reloaded(Reloaded reloaded) {
        ObjectNode json = object();
        reloaded.added().forEach(json.putArray("added")::add);
        reloaded.changed().forEach(json.putArray("changed")::add);
        reloaded.removed().forEach(json.putArray("removed")::add);
        reloaded.untouched().forEach(json.putArray("untouched")::add);
        return json;
    }

    /** ISO 8601 in UTC, to the millisecond. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** Seconds with at most three decimals. */
    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static void rate(ObjectNode json, String name, OptionalDouble rate) {
        if (rate.isPresent()) {
            json.put(name, Math.round(rate.getAsDouble() * 10) / 10.0);
        } else {
            json.putNull(name);
        }
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    private static void addresses(ArrayNode array, List<Ipv6Address> addresses) {
        addresses.forEach(address -> array.add(address.toString()));
    }
}
