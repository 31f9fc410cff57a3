package dev.roost.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roost.controller.Controller;
import dev.roost.controller.ControllerView;
import dev.roost.controller.Counters;
import dev.roost.controller.RecentEvents;
import dev.roost.controller.ServedNetwork;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** What the dashboard shows: one object whose size does not grow with the number of mobile nodes. */
final class Snapshot {
    private static final int MOST_MOBILE_NODES = 200;
    private static final int MOST_EVENTS = 60;

    private Snapshot() {}

    /** Runs on the loop's thread. */
    static ObjectNode of(ControllerView view, Controller controller) {
        ObjectNode json = Json.object();
        json.put("at", Json.time(view.now()));
        json.set("homeNetworks", Listings.homeNetworks(view));
        json.set("homeAgents", Listings.homeAgents(view));
        json.set("health", Listings.health(view));
        Counters counters = controller.counters();
        json.put("discoveryReplies", counters.value("roost_packets_sent_total", "message", "discovery-reply"));
        json.put("refusals", ignored(counters) + counters.total("roost_packets_malformed_total"));
        mobileNodes(json.putObject("mobileNodes"), view);
        json.put("migrationsUnderWay", migrationsUnderWay(view));
        events(json.putArray("events"), controller.recentEvents().since(0));
        return json;
    }

    /** Without what was answered, and had the oldest of what is remembered make room. */
    private static long ignored(Counters counters) {
        LongAdder sum = new LongAdder();
        counters.forEach((series, value) -> {
            if (series.name().equals("roost_ignored_total")
                    && !series.labels().get(series.labels().size() - 1).endsWith("-evicted")) {
                sum.add(value);
            }
        });
        return sum.sum();
    }

    /** What is shown when the loop does not answer. */
    static ObjectNode unavailable(String why) {
        ObjectNode json = Json.object();
        json.putArray("homeNetworks");
        json.putArray("homeAgents");
        json.putObject("health")
                .put("healthy", false)
                .put("switches", 0)
                .putArray("problems")
                .add(why);
        json.put("discoveryReplies", 0);
        json.put("refusals", 0);
        json.putObject("mobileNodes").put("total", 0).putArray("shown");
        json.put("migrationsUnderWay", 0);
        json.putArray("events");
        return json;
    }

    private static long migrationsUnderWay(ControllerView view) {
        return view.networks().stream()
                .flatMap(network -> network.state().migrations().stream())
                .filter(migration -> !Set.of("done", "failed").contains(migration.state()))
                .count();
    }

    private static void mobileNodes(ObjectNode json, ControllerView view) {
        int total = 0;
        ArrayNode shown = json.putArray("shown");
        for (ServedNetwork network : view.networks()) {
            total += network.state().steeringPlan().pinCount();
            network.state()
                    .mobileNodes(view.now(), Optional.empty(), MOST_MOBILE_NODES - shown.size())
                    .forEach(mobileNode -> shown.add(Json.mobileNode(network.name(), mobileNode)));
        }
        json.put("total", total);
    }

    private static void events(ArrayNode json, List<RecentEvents.Entry> events) {
        List<RecentEvents.Entry> newest = events.subList(Math.max(0, events.size() - MOST_EVENTS), events.size());
        for (int i = newest.size() - 1; i >= 0; i--) {
            RecentEvents.Entry event = newest.get(i);
            ObjectNode entry = json.addObject().put("at", Json.time(event.at())).put("kind", event.kind());
            entry.put("homeNetwork", event.homeNetwork());
            ObjectNode fields = entry.putObject("fields");
            event.fields().forEach(fields::put);
        }
    }
}
