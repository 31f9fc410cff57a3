package dev.roost.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roost.controller.Controller;
import dev.roost.controller.ControllerOptions;
import dev.roost.controller.Counters;
import dev.roost.controller.LoopClock;
import dev.roost.controller.OwnLoopThread;
import dev.roost.controller.journal.FileJournal;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.rules.RuleCompiler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiRouterTest {
    @TempDir
    Path directory;

    private final Counters counters = new Counters();
    private Controller controller;
    private ApiRouter router;

    @BeforeEach
    void start() throws Exception {
        HomeNetworkConfig home = HomeNetworkConfig.of(
                "home",
                Ipv6Prefix.parse("2001:db8:1::/64"),
                Ipv6Address.parse("2001:db8:1::fe"),
                MacAddress.parse("02:00:5e:00:00:fe"));
        controller = new Controller(
                List.of(home),
                FileJournal.open(directory),
                ControllerOptions.defaults(RuleCompiler.Options.STANDALONE),
                LoopClock.system(),
                new OwnLoopThread(),
                counters,
                bug -> {});
        controller.start();
        router = new ApiRouter(controller, System::nanoTime);
    }

    @AfterEach
    void stop() throws Exception {
        controller.close();
    }

    private ApiResponse request(String method, String path, String body) {
        return router.handle(new ApiRequest(method, path, Map.of(), body));
    }

    private JsonNode get(String path) throws IOException {
        ApiResponse response = request("GET", path, "");
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        return new ObjectMapper().readTree(response.body());
    }

    private void assertRefused(String method, String path, String body, int status, String word) throws IOException {
        ApiResponse response = request(method, "/wm/roost/" + path, body);
        assertThat(response.status()).as(response.body()).isEqualTo(status);
        JsonNode error = new ObjectMapper().readTree(response.body());
        assertThat(error.get("error").textValue()).isEqualTo(word);
        assertThat(error.get("message").textValue()).isNotBlank();
        assertThat(error.get("path").textValue()).isEqualTo("/wm/roost/" + path);
    }

    @Test
    void tellsWhatNeighborsAreTold() throws IOException {
        assertThat(get("/wm/roost/neighbors").toString()).isEqualTo("""
                        [{"homeNetwork":"home","address":"2001:db8:1:0:fdff:ffff:ffff:fffe",\
                        "linkLayerAddress":"02:00:5e:00:00:fe","router":true},\
                        {"homeNetwork":"home","address":"2001:db8:1::fe",\
                        "linkLayerAddress":"02:00:5e:00:00:fe","router":true}]""");
        assertThat(get("/wm/roost/binding-updates").toString()).isEqualTo("[]");
    }

    @Test
    void tellsTheHomeNetworkAndEmptyListsBeforeAnythingHappened() throws IOException {
        assertThat(get("/wm/roost/home-networks").toString())
                .isEqualTo("""
                        [{'name':'home','prefix':'2001:db8:1::/64','anycastAddress':'2001:db8:1:0:fdff:ffff:ffff:fffe',
                        'representative':{'address':'2001:db8:1::fe','linkLayerAddress':'02:00:5e:00:00:fe'},
                        'homeAgents':0,'mobileNodes':0}]""".replace('\'', '"').replace("\n", ""));
        for (String list : List.of("home-agents", "mobile-nodes", "notifications", "flows", "migrations")) {
            assertThat(get("/wm/roost/" + list)).isEmpty();
        }
        assertThat(get("/wm/roost/health").get("healthy").booleanValue()).isTrue();
    }

    @Test
    void refusesWithTheReason() throws IOException {
        assertRefused("GET", "nothing", "", 404, "unknown-path");
        assertRefused("GET", "home-agents/a/b/c", "", 404, "unknown-path");
        assertRefused("DELETE", "flows", "", 405, "method-not-allowed");
        assertRefused("GET", "home-agents/fe80::1/drain", "", 405, "method-not-allowed");
        assertRefused("POST", "home-agents/fe80:::1/drain", "", 400, "malformed-address");
        assertRefused("POST", "home-agents/fe80::1/drain", "", 404, "unknown-home-agent");
        for (String body : List.of(
                "", "{}", "{\"weight\": 0}", "{\"weight\": 1.5}", "{\"weight\": \"2\"}", "{\"weight\": 99999999999}")) {
            assertRefused("POST", "home-agents/fe80::1/weight", body, 400, "malformed-body");
        }
        assertRefused("POST", "home-agents/fe80::1/weight", "{\"weight\": 2}", 404, "unknown-home-agent");
        assertRefused("GET", "home-agents/fe80::1/weight", "", 405, "method-not-allowed");
        assertRefused("POST", "config/reload", "", 409, "no-configuration-file");
        assertRefused("GET", "config/reload", "", 405, "method-not-allowed");
        String forwarder = "mobile-nodes/2001:db8:1::100/forwarder";
        assertRefused("POST", forwarder, "{", 400, "malformed-json");
        assertRefused("POST", forwarder, "", 400, "malformed-body");
        assertRefused("POST", forwarder, "[1]", 400, "malformed-body");
        assertRefused("POST", forwarder, "{\"homeAgent\": \"x\"}", 400, "malformed-address");
        assertRefused("POST", forwarder, "{\"homeAgent\": \"2001:db8:1::11\"}", 404, "unknown-mobile-node");
    }

    @Test
    void writesCountersAndGaugesForPrometheus() {
        counters.counter("roost_test_total", "reason", "a \"quoted\"\nword").add(3);

        assertThat(request("GET", "/metrics", "").body())
                .contains("# TYPE roost_test_total counter")
                .contains("roost_test_total{reason=\"a \\\"quoted\\\"\\nword\"} 3.0")
                .contains("roost_mobile_nodes{home_network=\"home\"} 0.0");
    }

    @Test
    void servesTheDashboardAtBothPlacesAndItsPicture() throws IOException {
        assertThat(request("GET", "/", "").body()).contains("<title>Roost</title>");
        assertThat(request("GET", "/wm/roost/ui/dashboard.js", "").contentType())
                .startsWith("text/javascript");
        assertThat(request("GET", "/wm/roost/ui", "").headers()).containsEntry("Location", "/wm/roost/ui/");
        assertThat(get("/wm/roost/snapshot").get("mobileNodes").get("total").intValue())
                .isZero();
        assertThat(get("/wm/roost/snapshot").get("migrationsUnderWay").intValue())
                .isZero();
    }

    @Test
    void countsAsIgnoredWhatWasRefusedAndNotWhatMadeRoom() throws IOException {
        counters.counter("roost_ignored_total", "home_network", "home", "reason", "discovery-limit")
                .add(3);
        counters.counter("roost_ignored_total", "home_network", "home", "reason", "answer-evicted")
                .add(1000);
        counters.counter("roost_packets_malformed_total", "reason", "too-short").add(4);

        assertThat(get("/wm/roost/snapshot").get("refusals").longValue()).isEqualTo(7);
    }

    @Test
    void saysThatTheControllerStoppedInsteadOfHanging() throws Exception {
        controller.close();

        assertRefused("GET", "flows", "", 503, "unavailable");
    }
}
