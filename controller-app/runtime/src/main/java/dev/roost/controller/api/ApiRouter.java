package dev.roost.controller.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roost.controller.ConfigReload;
import dev.roost.controller.Controller;
import dev.roost.controller.ControllerView;
import dev.roost.loadbalancer.BalancingConfig;
import dev.roost.loadbalancer.MigrationAnswer;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers REST requests: method, path and body in, a response out. Not an HTTP server: the host has one, and calls this on any of its
 * threads. A request waits for the loop, at most {@link #PATIENCE_SECONDS}.
 */
public final class ApiRouter {
    /** Longest body of a request; a host refuses a longer one with {@link #bodyTooLarge}. */
    public static final int MAX_BODY_BYTES = 64 << 10;

    /** Where all of the API stands. */
    public static final String ROOT = "/wm/roost";

    /** Where a host that can stream sends {@link #snapshot} again and again, as server-sent events named {@code snapshot}. */
    public static final String STREAM_PATH = ROOT + "/stream";

    private static final Set<String> COLLECTIONS = Set.of(
            "home-networks",
            "home-agents",
            "mobile-nodes",
            "notifications",
            "flows",
            "health",
            "metrics",
            "snapshot",
            "neighbors",
            "binding-updates",
            "migrations");

    private static final String JSON = "application/json";
    private static final int PATIENCE_SECONDS = 5;

    private final Controller controller;
    private final @Nullable ConfigReload configReload;
    private final SnapshotCache snapshots;
    private final Metrics metrics;

    /**
     * @param controller what to ask
     * @param nanos the monotonic clock, for the age of the snapshot that dashboards share
     */
    public ApiRouter(Controller controller, LongSupplier nanos) {
        this(controller, nanos, null);
    }

    /**
     * @param configReload reads the configuration again when asked to; null where there is no file to read
     */
    public ApiRouter(Controller controller, LongSupplier nanos, @Nullable ConfigReload configReload) {
        this.controller = controller;
        this.configReload = configReload;
        this.snapshots = new SnapshotCache(nanos);
        this.metrics = new Metrics(controller.counters());
    }

    /** Answers one request; never throws for what a client sent. */
    public ApiResponse handle(ApiRequest request) {
        try {
            return route(request);
        } catch (ApiException e) {
            return error(e, request.path());
        }
    }

    /** The dashboard's whole picture, as one line of JSON; made at most once a second however many ask. */
    public String snapshot() {
        return snapshots.get(() -> {
            try {
                return Json.write(ask(view -> Snapshot.of(view, controller)));
            } catch (ApiException e) {
                return Json.write(Snapshot.unavailable(e.sentence()));
            }
        });
    }

    /** The refusal of a body over {@link #MAX_BODY_BYTES}. */
    public static ApiResponse bodyTooLarge(String path) {
        return error(
                new ApiException(413, "body-too-large", "the body is longer than " + MAX_BODY_BYTES + " bytes"), path);
    }

    /** The refusal of a dashboard when too many are being served. */
    public static ApiResponse tooManyStreams() {
        return error(
                new ApiException(503, "too-many-streams", "too many dashboards are open; poll instead"), STREAM_PATH);
    }

    /** The refusal of a dashboard by a host that cannot stream. */
    public static ApiResponse noStreams() {
        return error(
                new ApiException(503, "no-streams", "this server does not stream; poll " + ROOT + "/snapshot instead"),
                STREAM_PATH);
    }

    private ApiResponse route(ApiRequest request) throws ApiException {
        String path = request.path();
        Optional<ApiResponse> page = Dashboard.page(path);
        if (page.isPresent()) {
            allow(request, "GET");
            return page.get();
        }
        if (path.equals("/metrics")) {
            allow(request, "GET");
            return metricsPage();
        }
        if (!path.startsWith(ROOT + "/")) {
            throw unknownPath();
        }
        String[] parts = path.substring(ROOT.length() + 1).split("/", -1);
        if (parts.length == 1) {
            return collection(request, parts[0]);
        }
        if (parts.length == 2 && parts[0].equals("config") && parts[1].equals("reload")) {
            allow(request, "POST");
            return reload();
        }
        if (parts.length == 3) {
            return action(request, parts[0], parts[1], parts[2]);
        }
        throw unknownPath();
    }

    private ApiResponse collection(ApiRequest request, String name) throws ApiException {
        if (!COLLECTIONS.contains(name)) {
            throw unknownPath();
        }
        allow(request, "GET");
        return switch (name) {
            case "metrics" -> metricsPage();
            case "snapshot" -> ApiResponse.of(200, JSON, snapshot());
            case "health" -> health();
            case "home-networks" -> ApiResponse.of(200, JSON, Json.write(ask(Listings::homeNetworks)));
            case "home-agents" -> ApiResponse.of(200, JSON, Json.write(ask(Listings::homeAgents)));
            case "neighbors" -> ApiResponse.of(200, JSON, Json.write(ask(Listings::neighbors)));
            case "migrations" -> ApiResponse.of(200, JSON, Json.write(ask(Listings::migrations)));
            case "binding-updates" -> ApiResponse.of(200, JSON, Json.write(ask(Listings::bindingUpdates)));
            default -> page(request, name);
        };
    }

    /** Lists that may be long are answered in parts. */
    private ApiResponse page(ApiRequest request, String name) throws ApiException {
        Page page = Page.of(request);
        switch (name) {
            case "mobile-nodes" -> {
                Optional<Ipv6Address> after = Cursors.homeAddress(request.query());
                fill(view -> Listings.mobileNodes(page, view, after));
            }
            case "notifications" -> {
                Optional<Cursors.Answer> after = Cursors.answer(request.query());
                fill(view -> Listings.notifications(page, view, after));
            }
            default -> {
                Optional<Cursors.Rule> after = Cursors.rule(request.query());
                fill(view -> FlowListing.fill(page, view, after));
            }
        }
        return page.toResponse();
    }

    private void fill(Consumer<ControllerView> question) throws ApiException {
        boolean unused = ask(view -> {
            question.accept(view);
            return true;
        });
    }

    private ApiResponse health() throws ApiException {
        JsonNode health = ask(Listings::health);
        return ApiResponse.of(health.get("healthy").booleanValue() ? 200 : 503, JSON, Json.write(health));
    }

    private ApiResponse metricsPage() throws ApiException {
        return ApiResponse.of(200, Metrics.CONTENT_TYPE, metrics.page(ask(Metrics.Gauges::of)));
    }

    private ApiResponse action(ApiRequest request, String collection, String subject, String verb) throws ApiException {
        if (collection.equals("home-agents") && (verb.equals("drain") || verb.equals("undrain"))) {
            allow(request, "POST");
            return drain(address(subject), verb.equals("drain"));
        }
        if (collection.equals("home-agents") && verb.equals("weight")) {
            allow(request, "POST");
            return weight(address(subject), request.body());
        }
        if (collection.equals("mobile-nodes") && verb.equals("forwarder")) {
            allow(request, "POST");
            return forwarder(address(subject), request.body());
        }
        throw unknownPath();
    }

    /** All that is wrong with a configuration that is refused stands in {@code problems}. */
    private ApiResponse reload() throws ApiException {
        ConfigReload from = configReload;
        if (from == null) {
            throw new ApiException(409, "no-configuration-file", "there is no configuration file to read");
        }
        try {
            return ApiResponse.of(200, JSON, Json.write(Json.reloaded(from.reload())));
        } catch (ConfigReload.RefusedException e) {
            int status = switch (e.word()) {
                case "bad-configuration" -> 400;
                case "needs-restart" -> 409;
                default -> 503;
            };
            ObjectNode body = errorBody(new ApiException(status, e.word(), e.sentence()), ROOT + "/config/reload");
            e.problems().forEach(body.putArray("problems")::add);
            return ApiResponse.of(status, JSON, Json.write(body));
        }
    }

    private ApiResponse drain(Ipv6Address homeAgent, boolean draining) throws ApiException {
        requireKnown(await(controller.drain(homeAgent, draining)), homeAgent);
        ObjectNode body = Json.object().put("homeAgent", homeAgent.toString()).put("draining", draining);
        return ApiResponse.of(200, JSON, Json.write(body));
    }

    private ApiResponse weight(Ipv6Address homeAgent, String body) throws ApiException {
        JsonNode weight = Json.read(body).path("weight");
        boolean wanted = weight.isIntegralNumber() && weight.canConvertToInt();
        if (!wanted || weight.intValue() < 1 || weight.intValue() > BalancingConfig.MOST_WEIGHT) {
            throw new ApiException(
                    400, "malformed-body", "wanted {\"weight\": N}, N from 1 to " + BalancingConfig.MOST_WEIGHT);
        }
        requireKnown(await(controller.setWeight(homeAgent, weight.intValue())), homeAgent);
        ObjectNode answer = Json.object().put("homeAgent", homeAgent.toString()).put("weight", weight.intValue());
        return ApiResponse.of(200, JSON, Json.write(answer));
    }

    private static void requireKnown(boolean known, Ipv6Address homeAgent) throws ApiException {
        if (!known) {
            throw new ApiException(404, "unknown-home-agent", "no home agent has the address " + homeAgent);
        }
    }

    /** Has another home agent forward for a mobile node, as far as it can be known at once; the rest is in the migrations. */
    private ApiResponse forwarder(Ipv6Address homeAddress, String body) throws ApiException {
        JsonNode homeAgent = Json.read(body).path("homeAgent");
        if (!homeAgent.isTextual()) {
            throw new ApiException(400, "malformed-body", "wanted {\"homeAgent\": \"ADDRESS\"}");
        }
        Ipv6Address wanted = address(homeAgent.textValue());
        MigrationAnswer answer = await(controller.requestMigration(homeAddress, wanted));
        switch (answer.verdict()) {
            case UNKNOWN_MOBILE_NODE ->
                throw new ApiException(404, "unknown-mobile-node", "no binding for the home address " + homeAddress);
            case UNKNOWN_HOME_AGENT -> requireKnown(false, wanted);
            case REFUSED ->
                throw new ApiException(
                        409,
                        answer.reason(),
                        "forwarding for " + homeAddress + " can't be given to " + wanted + ": "
                                + answer.reason().replace('-', ' '));
            case DONE, BEGUN -> {}
        }
        ObjectNode json = Json.object().put("homeAddress", homeAddress.toString());
        json.put("homeAgent", wanted.toString());
        json.put("state", answer.verdict() == MigrationAnswer.Verdict.DONE ? "done" : "begun");
        return ApiResponse.of(202, JSON, Json.write(json));
    }

    private <T> T ask(Function<ControllerView, T> question) throws ApiException {
        return await(controller.query(question));
    }

    private static <T> T await(CompletableFuture<T> answer) throws ApiException {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ApiException(503, "busy", "the controller did not answer within " + PATIENCE_SECONDS + " s");
        } catch (ExecutionException e) {
            throw new ApiException(503, "unavailable", "the controller can't answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(503, "unavailable", "the controller is stopping");
        }
    }

    private static void allow(ApiRequest request, String method) throws ApiException {
        boolean fits = request.method().equals(method)
                || (method.equals("GET") && request.method().equals("HEAD"));
        if (!fits) {
            throw new ApiException(
                    405, "method-not-allowed", request.method() + " is not possible here; " + method + " is");
        }
    }

    private static Ipv6Address address(String text) throws ApiException {
        try {
            return Ipv6Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "malformed-address", "'" + text + "' is not an IPv6 address");
        }
    }

    private static ApiException unknownPath() {
        return new ApiException(404, "unknown-path", "there is nothing here; the API stands under " + ROOT + "/");
    }

    private static ApiResponse error(ApiException e, String path) {
        return ApiResponse.of(e.status(), JSON, Json.write(errorBody(e, path)));
    }

    private static ObjectNode errorBody(ApiException e, String path) {
        return Json.object().put("error", e.word()).put("message", e.sentence()).put("path", path);
    }
}
