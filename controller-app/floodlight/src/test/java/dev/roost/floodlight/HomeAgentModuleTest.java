package dev.roost.floodlight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import net.floodlightcontroller.core.IFloodlightProviderService;
import net.floodlightcontroller.core.internal.IOFSwitchService;
import net.floodlightcontroller.core.module.FloodlightModuleContext;
import net.floodlightcontroller.core.module.FloodlightModuleException;
import net.floodlightcontroller.core.module.IFloodlightModule;
import net.floodlightcontroller.linkdiscovery.ILinkDiscovery;
import net.floodlightcontroller.linkdiscovery.ILinkDiscoveryService;
import net.floodlightcontroller.restserver.IRestApiService;
import net.floodlightcontroller.restserver.RestletRoutable;
import net.floodlightcontroller.routing.IRoutingService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.projectfloodlight.openflow.protocol.OFType;
import org.restlet.Context;
import org.restlet.Request;
import org.restlet.Response;
import org.restlet.data.MediaType;
import org.restlet.data.Method;
import org.restlet.representation.StringRepresentation;

/** The module as Floodlight starts it, and its REST interface as Restlet calls it. */
class HomeAgentModuleTest {

    private static final String GOOD = """
            statePath: %s
            homeNetworks:
              - name: home
                prefix: 2001:db8:1::/64
                representative:
                  address: 2001:db8:1::fe
                  linkLayerAddress: 02:00:5e:00:00:fe
            """;

    @TempDir
    Path directory;

    private final FloodlightModuleContext context = mock(FloodlightModuleContext.class);
    private final IFloodlightProviderService provider = mock(IFloodlightProviderService.class);
    private final IOFSwitchService switches = mock(IOFSwitchService.class);
    private final ILinkDiscoveryService links = mock(ILinkDiscoveryService.class);
    private final IRestApiService rest = mock(IRestApiService.class);
    private final IRoutingService routing = mock(IRoutingService.class);
    private final HomeAgentModule module = new HomeAgentModule((context, frame) -> true);

    private void configure(Map<String, String> parameters) {
        when(context.getConfigParams(any())).thenReturn(parameters);
        when(context.getServiceImpl(IFloodlightProviderService.class)).thenReturn(provider);
        when(context.getServiceImpl(IOFSwitchService.class)).thenReturn(switches);
        when(context.getServiceImpl(ILinkDiscoveryService.class)).thenReturn(links);
        when(context.getServiceImpl(IRestApiService.class)).thenReturn(rest);
        when(context.getServiceImpl(IRoutingService.class)).thenReturn(routing);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("roost.yaml"), text);
    }

    private RestletRoutable start() throws Exception {
        configure(Map.of(
                "config", file(GOOD.formatted(directory.resolve("state"))).toString()));
        module.init(context);
        module.startUp(context);
        ArgumentCaptor<RestletRoutable> routable = ArgumentCaptor.forClass(RestletRoutable.class);
        verify(rest).addRestletRoutable(routable.capture());
        return routable.getValue();
    }

    private static Response ask(RestletRoutable routable, Method method, String path, String body) {
        Request request = new Request(method, "http://127.0.0.1:8080" + path);
        if (!body.isEmpty()) {
            request.setEntity(new StringRepresentation(body, MediaType.APPLICATION_JSON));
        }
        Response response = new Response(request);
        routable.getRestlet(new Context()).handle(request, response);
        return response;
    }

    private String refusal(Map<String, String> parameters) {
        configure(parameters);
        try {
            module.init(context);
        } catch (FloodlightModuleException e) {
            assertThat(e.getStackTrace()).isEmpty();
            assertThat(e.getCause()).isNull();
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("started with " + parameters);
    }

    @Test
    void floodlightFindsIt() {
        assertThat(ServiceLoader.load(IFloodlightModule.class))
                .hasSize(1)
                .first()
                .isInstanceOf(HomeAgentModule.class);
    }

    @Test
    void hearsOfAllItNeeds() throws Exception {
        RestletRoutable routable = start();

        assertThat(routable.basePath()).isEqualTo("/wm/roost");
        verify(provider).addOFMessageListener(eq(OFType.PACKET_IN), any(PacketInListener.class));
        verify(provider).addOFMessageListener(eq(OFType.ERROR), any(ErrorListener.class));
        verify(provider).addHAListener(any(Switches.class));
        verify(switches).addOFSwitchListener(any(Switches.class));
        verify(links).addListener(any(Links.class));
    }

    @Test
    void hasTheTopologyComputedOnceMoreWhenPortsHaveComeUp() throws Exception {
        start();
        ArgumentCaptor<FloodedPorts> ports = ArgumentCaptor.forClass(FloodedPorts.class);
        verify(links).addListener(ports.capture());
        ILinkDiscovery.LDUpdate up = mock(ILinkDiscovery.LDUpdate.class);
        when(up.getOperation()).thenReturn(ILinkDiscovery.UpdateOperation.PORT_UP);

        ports.getValue().linkDiscoveryUpdate(List.of(up, up));
        ports.getValue().linkDiscoveryUpdate(List.of(up));

        verify(routing, timeout(10_000)).forceRecompute();
    }

    @Test
    void asksHomeAgentsBySnmpWhereTheConfigurationSaysSo() throws Exception {
        Path key = Files.writeString(directory.resolve("key"), "a passphrase that is long enough");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        String snmp = "load: {source: snmp, snmp: {user: roost, authenticationKeyFile: %s, privacyKeyFile: %s,"
                + " notifications: '%s'}}\n";
        String good = GOOD.formatted(directory.resolve("state"));
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String text = good + snmp.formatted(key, key, "127.0.0.1:" + taken.getLocalPort());

            assertThat(refusal(Map.of("config", file(text).toString())))
                    .contains("load.snmp.notifications", String.valueOf(taken.getLocalPort()));
        }
        configure(Map.of(
                "config", file(good + snmp.formatted(key, key, "127.0.0.1:0")).toString()));
        module.init(context);
        module.startUp(context);
    }

    @Test
    void tellsWhichPropertyIsMissing() {
        assertThat(refusal(Map.of()))
                .isEqualTo(
                        "dev.roost.floodlight.HomeAgentModule.config is missing in Floodlight's properties; wanted the path of"
                                + " Roost's configuration, YAML");
    }

    @Test
    void tellsThatTheFileIsMissing() {
        assertThat(refusal(Map.of("config", "/nowhere/roost.yaml"))).contains("/nowhere/roost.yaml");
    }

    @Test
    void tellsAllThatIsWrongWithTheFileAtOnce() throws IOException {
        Path file = file(GOOD.formatted(directory.resolve("state"))
                .replace("2001:db8:1::fe", "2001:db8:2::fe")
                .replace("02:00:5e:00:00:fe", "zz")
                .replace("statePath", "statepath"));

        assertThat(refusal(Map.of("config", file.toString()))).contains("statepath", "zz", "linkLayerAddress");
    }

    @Test
    void tellsThatItsDirectoryCannotBeHad() throws IOException {
        Path taken = Files.writeString(directory.resolve("taken"), "");

        assertThat(refusal(Map.of("config", file(GOOD.formatted(taken)).toString())))
                .contains("taken");
    }

    @Test
    void isNotStartedBeforeItIsInitialized() {
        assertThatThrownBy(() -> module.startUp(context)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void servesTheApi() throws Exception {
        RestletRoutable routable = start();

        Response health = ask(routable, Method.GET, "/wm/roost/health", "");
        assertThat(health.getStatus().getCode()).isEqualTo(200);
        assertThat(health.getEntityAsText()).contains("\"healthy\":true");
        assertThat(health.getEntity().getMediaType()).isEqualTo(MediaType.APPLICATION_JSON);
        assertThat(health.getCacheDirectives()).hasSize(1);

        Response unknown = ask(routable, Method.GET, "/wm/roost/nothing", "");
        assertThat(unknown.getStatus().getCode()).isEqualTo(404);
        assertThat(unknown.getEntityAsText()).contains("unknown-path");

        Response wrong = ask(routable, Method.DELETE, "/wm/roost/health", "");
        assertThat(wrong.getStatus().getCode()).isEqualTo(405);

        Response drain = ask(routable, Method.POST, "/wm/roost/home-agents/2001:db8:1::11/drain", "");
        assertThat(drain.getStatus().getCode()).isEqualTo(404);
        assertThat(drain.getEntityAsText()).contains("unknown-home-agent");
    }

    @Test
    void readsItsConfigurationAgain() throws Exception {
        RestletRoutable routable = start();
        Path unused = file(GOOD.formatted(directory.resolve("state")).replace("name: home", "name: other"));

        Response response = ask(routable, Method.POST, "/wm/roost/config/reload", "");

        assertThat(response.getStatus().getCode()).isEqualTo(200);
        assertThat(response.getEntityAsText()).contains("\"added\":[\"other\"]", "\"removed\":[\"home\"]");
    }

    @Test
    void refusesABodyThatIsTooLong() throws Exception {
        Response response =
                ask(start(), Method.POST, "/wm/roost/mobile-nodes/2001:db8:1::100/forwarder", "x".repeat(70_000));

        assertThat(response.getStatus().getCode()).isEqualTo(413);
        assertThat(response.getEntityAsText()).contains("body-too-large");
    }

    @Test
    void servesTheDashboardWhichIsToldToPoll() throws Exception {
        RestletRoutable routable = start();

        Response page = ask(routable, Method.GET, "/wm/roost/ui/", "");
        assertThat(page.getStatus().getCode()).isEqualTo(200);
        assertThat(page.getEntity().getMediaType().getName()).startsWith("text/html");
        assertThat(page.getHeaders().getFirstValue("Content-Security-Policy")).contains("script-src 'self'");
        assertThat(ask(routable, Method.GET, "/wm/roost/ui", "")
                        .getLocationRef()
                        .getPath())
                .isEqualTo("/wm/roost/ui/");
        assertThat(ask(routable, Method.GET, "/wm/roost/stream", "").getStatus().getCode())
                .isEqualTo(503);
        assertThat(ask(routable, Method.GET, "/wm/roost/snapshot", "").getEntityAsText())
                .contains("homeNetworks");
    }

    @Test
    void theShippedPropertiesKeepRulesAndHaveTheModule() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = HomeAgentModule.class.getResourceAsStream("/roost-floodlight.properties");
                Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        String manager = "net.floodlightcontroller.core.internal.OFSwitchManager.";

        assertThat(List.of(properties.getProperty("floodlight.modules").split(",", -1)))
                .contains(HomeAgentModule.class.getName(), "net.floodlightcontroller.forwarding.Forwarding")
                .doesNotContain("net.floodlightcontroller.loadbalancer.LoadBalancer");
        assertThat(properties)
                .containsEntry(manager + "clearTablesOnInitialHandshakeAsMaster", "NO")
                .containsEntry(manager + "clearTablesOnEachTransitionToMaster", "NO")
                .containsEntry(manager + "supportedOpenFlowVersions", "1.0, 1.3")
                .containsKey(HomeAgentModule.class.getName() + ".config");
    }
}
