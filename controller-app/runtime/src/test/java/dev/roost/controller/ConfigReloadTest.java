package dev.roost.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roost.controller.api.ApiRequest;
import dev.roost.controller.api.ApiResponse;
import dev.roost.controller.api.ApiRouter;
import dev.roost.controller.config.ControllerConfig;
import dev.roost.controller.config.ControllerConfigParser;
import dev.roost.controller.journal.FileJournal;
import dev.roost.openflow.rules.RuleCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file is taken over as a whole, or not at all and with all reasons. */
class ConfigReloadTest {

    @TempDir
    private Path directory;

    private Path file;
    private Controller controller;
    private ApiRouter router;

    @BeforeEach
    void start() throws Exception {
        file = directory.resolve("controller.yaml");
        write("127.0.0.1:6653", network("home", 1));
        ControllerConfig config = ControllerConfigParser.read(file);
        controller = new Controller(
                config.homeNetworks(),
                FileJournal.open(config.statePath()),
                ControllerOptions.defaults(RuleCompiler.Options.STANDALONE),
                LoopClock.system(),
                new OwnLoopThread(),
                new Counters(),
                bug -> {});
        controller.start();
        router = new ApiRouter(controller, System::nanoTime, new ConfigReload(file, config, true, controller));
    }

    @AfterEach
    void stop() throws Exception {
        controller.close();
    }

    private void write(String listen, String... networks) throws IOException {
        Files.writeString(
                file,
                "openflow: {listen: \"" + listen + "\"}\nstatePath: " + directory.resolve("state") + "\nhomeNetworks:\n"
                        + String.join("", networks));
    }

    private static String network(String name, int number) {
        return """
                - name: %s
                  prefix: 2001:db8:%d::/64
                  representative: {address: "2001:db8:%d::fe", linkLayerAddress: "02:00:5e:00:00:0%d"}
                """.formatted(name, number, number, number);
    }

    private JsonNode reload(int status) throws IOException {
        ApiResponse response = router.handle(new ApiRequest("POST", "/wm/roost/config/reload", Map.of(), ""));
        assertThat(response.status()).as(response.body()).isEqualTo(status);
        return new ObjectMapper().readTree(response.body());
    }

    private List<String> served() throws IOException {
        ApiResponse response = router.handle(new ApiRequest("GET", "/wm/roost/home-networks", Map.of(), ""));
        List<String> names = new ArrayList<>();
        new ObjectMapper()
                .readTree(response.body())
                .forEach(network -> names.add(network.get("name").textValue()));
        return names;
    }

    @Test
    void saysWhatItChanged() throws IOException {
        write("127.0.0.1:6653", network("more", 2), network("home", 1));

        assertThat(reload(200).toString())
                .isEqualTo("{'added':['more'],'changed':[],'removed':[],'untouched':['home']}".replace('\'', '"'));

        assertThat(served()).containsExactly("more", "home");
    }

    @Test
    void refusesAFileWithProblemsAndNamesAllOfThem() throws IOException {
        write(
                "127.0.0.1:6653",
                network("more", 2),
                network("more", 2) + "  balancing: {maxListLength: 0}\n  swiches: []\n");

        JsonNode error = reload(400);

        assertThat(error.get("error").textValue()).isEqualTo("bad-configuration");
        assertThat(error.get("path").textValue()).isEqualTo("/wm/roost/config/reload");
        List<String> problems = new ArrayList<>();
        error.get("problems").forEach(problem -> problems.add(problem.textValue()));
        assertThat(problems)
                .hasSize(4)
                .anyMatch(problem -> problem.contains("another home network has this name"))
                .anyMatch(problem -> problem.contains("overlaps"))
                .anyMatch(problem -> problem.contains("maxListLength"))
                .anyMatch(problem -> problem.contains("swiches"));
        assertThat(served()).containsExactly("home");
    }

    @Test
    void refusesWhatNeedsARestartThoughTheRestCouldBeTakenOver() throws IOException {
        write("127.0.0.1:6654", network("home", 1), network("more", 2));

        JsonNode error = reload(409);

        assertThat(error.get("error").textValue()).isEqualTo("needs-restart");
        assertThat(error.get("problems").get(0).textValue())
                .isEqualTo("openflow.listen: is 127.0.0.1:6653 and cannot become 127.0.0.1:6654 without a restart");
        assertThat(served()).containsExactly("home");
    }

    @Test
    void refusesAFileThatIsGone() throws IOException {
        Files.delete(file);

        assertThat(reload(400).get("problems").get(0).textValue()).contains("no such file");
        assertThat(served()).containsExactly("home");
    }
}
