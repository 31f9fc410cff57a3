package dev.roost.controller.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.controller.Controller;
import dev.roost.controller.ControllerOptions;
import dev.roost.controller.Counters;
import dev.roost.controller.LoopClock;
import dev.roost.controller.OwnLoopThread;
import dev.roost.controller.api.ApiRouter;
import dev.roost.controller.journal.FileJournal;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.rules.RuleCompiler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST server as a client on a socket sees it. */
final class RestServerTest {
    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private Controller controller;
    private RestServer server;

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
                new Counters(),
                bug -> {});
        controller.start();
        server = RestServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ApiRouter(controller, System::nanoTime));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        controller.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void answersWithStatusTypeAndBody() throws Exception {
        HttpResponse<String> health = send(request("/wm/roost/health"));

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(health.body()).contains("\"healthy\":true");
        assertThat(send(request("/wm/roost/health").method("HEAD", BodyPublishers.noBody()))
                        .body())
                .isEmpty();
        assertThat(send(request("/nothing")).statusCode()).isEqualTo(404);
    }

    @Test
    void refusesAHugeBodyAndGoesOn() throws Exception {
        HttpRequest.Builder huge = request("/wm/roost/mobile-nodes/2001:db8:1::100/forwarder")
                .POST(BodyPublishers.ofByteArray(new byte[ApiRouter.MAX_BODY_BYTES + 1]));

        assertThat(send(huge).statusCode()).isEqualTo(413);
        assertThat(send(request("/wm/roost/health")).statusCode()).isEqualTo(200);
    }

    @Test
    void streamsSnapshotsToADashboard() throws Exception {
        var stream = client.send(request("/wm/roost/stream").build(), BodyHandlers.ofInputStream());

        assertThat(stream.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 2; i++) {
                assertThat(lines.readLine()).isEqualTo("event: snapshot");
                assertThat(lines.readLine()).startsWith("data: {").contains("\"homeNetworks\":[{\"name\":\"home\"");
                assertThat(lines.readLine()).isEmpty();
            }
        }
    }

    @Test
    void saysInOneLineThatTheAddressIsTaken() {
        assertThatThrownBy(() -> RestServer.start(server.address(), new ApiRouter(controller, System::nanoTime)))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("cannot serve REST on .*:\\d+: Address already in use");
    }
}
