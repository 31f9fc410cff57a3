package dev.roost.controller.api;

import dev.roost.controller.ControllerView;
import dev.roost.controller.Counters;
import dev.roost.controller.ServedNetwork;
import dev.roost.loadbalancer.HomeNetworkView;
import dev.roost.loadbalancer.HomeNetworkView.HomeAgentView;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The metrics page in Prometheus' text format 0.0.4: every counter, and what the state amounts to now. */
final class Metrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final Counters counters;
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder()
            .setIncludeCreatedTimestamps(false)
            .build();

    Metrics(Counters counters) {
        this.counters = counters;
    }

    /** One value of a gauge; {@code labels} are name and value in turn. */
    private record Sample(List<String> labels, double value) {}

    /** What is measured rather than counted, by name. */
    record Gauges(Map<String, List<Sample>> byName) {
        /** Runs on the loop's thread. */
        static Gauges of(ControllerView view) {
            Gauges gauges = new Gauges(new TreeMap<>());
            gauges.add("roost_healthy", List.of(), view.problems().isEmpty() ? 1 : 0);
            gauges.add("roost_switches", List.of(), view.switches().size());
            view.switches().forEach(gauges::addSwitch);
            for (ServedNetwork network : view.networks()) {
                HomeNetworkView homeNetwork = network.state().view(view.now());
                List<String> labels = List.of("home_network", network.name());
                gauges.add("roost_mobile_nodes", labels, homeNetwork.mobileNodes());
                gauges.add("roost_remembered_answers", labels, homeNetwork.answers());
                gauges.addMigrations(network);
                homeNetwork.homeAgents().forEach(homeAgent -> gauges.addHomeAgent(network.name(), homeAgent));
            }
            return gauges;
        }

        private void addMigrations(ServedNetwork network) {
            Map<String, Integer> byState =
                    new TreeMap<>(Map.of("waiting", 0, "ordered", 0, "accepted", 0, "flipping", 0));
            network.state()
                    .migrations()
                    .forEach(migration -> byState.computeIfPresent(migration.state(), (state, count) -> count + 1));
            byState.forEach((state, count) ->
                    add("roost_migrations", List.of("home_network", network.name(), "state", state), count));
        }

        private void addSwitch(ControllerView.SwitchView each) {
            List<String> labels = List.of("switch", each.id().toString());
            add("roost_switch_flows_wanted", labels, each.rules().flowsWanted());
            add("roost_switch_flows_installed", labels, each.rules().flowsInstalled());
            add("roost_switch_groups_wanted", labels, each.rules().groupsWanted());
            add("roost_switch_groups_installed", labels, each.rules().groupsInstalled());
            add("roost_switch_rules_refused", labels, each.rules().refused());
            add("roost_switch_rules_retried", labels, (double) each.rules().retried());
            add("roost_switch_rules_found_missing", labels, (double)
                    each.rules().missing());
            add("roost_switch_rules_found_altered", labels, (double)
                    each.rules().altered());
        }

        private void addHomeAgent(String homeNetwork, HomeAgentView homeAgent) {
            List<String> labels = List.of(
                    "home_network",
                    homeNetwork,
                    "home_agent",
                    homeAgent.linkLocalAddress().toString());
            List<String> withState = new ArrayList<>(labels);
            withState.addAll(List.of("state", homeAgent.state().word()));
            add("roost_home_agent_state", withState, 1);
            add("roost_home_agent_preference", labels, homeAgent.preference());
            add("roost_home_agent_effective_preference", labels, homeAgent.effectivePreference());
            add("roost_home_agent_weight", labels, homeAgent.weight());
            add("roost_home_agent_bindings", labels, homeAgent.load().bindings());
            add("roost_home_agent_forwarding", labels, homeAgent.forwarding());
            add("roost_home_agent_answers_in_flight", labels, homeAgent.load().inFlight());
            homeAgent.load().transmitRate().ifPresent(rate -> add("roost_home_agent_transmit_rate", labels, rate));
            homeAgent.load().receiveRate().ifPresent(rate -> add("roost_home_agent_receive_rate", labels, rate));
        }

        private void add(String name, List<String> labels, double value) {
            byName.computeIfAbsent(name, unused -> new ArrayList<>()).add(new Sample(labels, value));
        }
    }

    String page(Gauges gauges) {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        Map<String, CounterSnapshot.Builder> byName = new TreeMap<>();
        counters.forEach((series, value) -> byName.computeIfAbsent(
                        series.name(), name -> CounterSnapshot.builder().name(withoutSuffix(name)))
                .dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels(series.labels()))
                        .value((double) value)
                        .build()));
        byName.values().forEach(counter -> snapshots.add(counter.build()));
        gauges.byName().forEach((name, samples) -> {
            GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name);
            samples.forEach(sample -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels(sample.labels()))
                    .value(sample.value())
                    .build()));
            snapshots.add(gauge.build());
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, new MetricSnapshots(snapshots));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The library adds the suffix of counters itself. */
    private static String withoutSuffix(String name) {
        return name.endsWith("_total") ? name.substring(0, name.length() - "_total".length()) : name;
    }

    private static Labels labels(List<String> namesAndValues) {
        return Labels.of(namesAndValues.toArray(new String[0]));
    }
}
