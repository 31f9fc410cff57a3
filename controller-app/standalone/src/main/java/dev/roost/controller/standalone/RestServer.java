package dev.roost.controller.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.roost.controller.api.ApiRequest;
import dev.roost.controller.api.ApiResponse;
import dev.roost.controller.api.ApiRouter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Serves {@link ApiRouter} over HTTP with the JDK's own server, and streams snapshots to dashboards as server-sent events.
 *
 * <p>Each request takes a thread of a bounded pool, a dashboard takes one for as long as it is open. When all are taken, a
 * request is answered by the accepting thread itself, and a further dashboard gets 503 and polls instead.
 */
final class RestServer implements AutoCloseable {
    private static final int MAX_THREADS = 64;
    private static final int MAX_STREAMS = 32;
    private static final long STREAM_PERIOD_MILLIS = 1000;
    private static final int STOP_DELAY_SECONDS = 0;

    private final HttpServer server;
    private final ApiRouter router;
    private final ThreadPoolExecutor threads;
    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    private RestServer(HttpServer server, ApiRouter router) {
        this.server = server;
        this.router = router;
        this.threads = new ThreadPoolExecutor(
                2,
                MAX_THREADS,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "rest");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /**
     * Listens and serves from now on.
     *
     * @throws IOException when the address is in use or not ours
     */
    static RestServer start(InetSocketAddress address, ApiRouter router) throws IOException {
        // Without it each answer waits for a delayed acknowledgement, and answers take 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        RestServer rest = new RestServer(listen(address), router);
        rest.server.setExecutor(rest.threads);
        rest.server.createContext("/", rest::handle);
        rest.server.start();
        return rest;
    }

    private static HttpServer listen(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new IOException("cannot serve REST on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens; tells the port where any free one was asked for. */
    InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("GET") && path.equals(ApiRouter.STREAM_PATH)) {
                stream(exchange);
                return;
            }
            byte[] body = exchange.getRequestBody().readNBytes(ApiRouter.MAX_BODY_BYTES + 1);
            ApiResponse response = body.length > ApiRouter.MAX_BODY_BYTES
                    ? ApiRouter.bodyTooLarge(path)
                    : router.handle(new ApiRequest(
                            exchange.getRequestMethod(),
                            path,
                            query(exchange.getRequestURI().getRawQuery()),
                            new String(body, StandardCharsets.UTF_8)));
            send(exchange, response);
        }
    }

    private static void send(HttpExchange exchange, ApiResponse response) throws IOException {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", response.contentType());
        response.headers().forEach(exchange.getResponseHeaders()::set);
        boolean bodyless = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
        exchange.sendResponseHeaders(response.status(), bodyless ? -1 : body.length);
        if (!bodyless) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Sends a snapshot each second until the reader goes away (HTML Living Standard, 9.2). */
    private void stream(HttpExchange exchange) throws IOException {
        if (!streams.tryAcquire()) {
            send(exchange, ApiRouter.tooManyStreams());
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            while (!threads.isShutdown()) {
                String message = "event: snapshot\ndata: " + router.snapshot() + "\n\n";
                out.write(message.getBytes(StandardCharsets.UTF_8));
                out.flush();
                TimeUnit.MILLISECONDS.sleep(STREAM_PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            streams.release();
        }
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> parameters = new HashMap<>();
        if (raw == null || raw.isEmpty()) {
            return parameters;
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.put(decode(name), decode(value));
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // a stray %, which java.net.URI lets through in no path, but some clients send in a query
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(STOP_DELAY_SECONDS);
    }
}
