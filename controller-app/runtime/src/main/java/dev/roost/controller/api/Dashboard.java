package dev.roost.controller.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The dashboard's files, read from the jar once. */
final class Dashboard {
    /** Forbids everything but the page's own script, style and data; nobody may frame it. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'";

    private static final Map<String, ApiResponse> FILES = Map.of(
            "", file("index.html", "text/html; charset=utf-8"),
            "dashboard.css", file("dashboard.css", "text/css; charset=utf-8"),
            "dashboard.js", file("dashboard.js", "text/javascript; charset=utf-8"));

    private Dashboard() {}

    /** The file for a path under {@code /} or {@code /wm/roost/ui/}. */
    static Optional<ApiResponse> page(String path) {
        String ui = ApiRouter.ROOT + "/ui";
        if (path.equals(ui)) {
            return Optional.of(new ApiResponse(302, "text/plain", Map.of("Location", ui + "/"), ""));
        }
        String name = path.startsWith(ui + "/") ? path.substring(ui.length() + 1) : path.substring(1);
        return Optional.ofNullable(FILES.get(name));
    }

    private static ApiResponse file(String name, String contentType) {
        try (InputStream in = Dashboard.class.getResourceAsStream("dashboard/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks dashboard/" + name);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = Map.of(
                    "Content-Security-Policy",
                    POLICY,
                    "X-Content-Type-Options",
                    "nosniff",
                    "Cache-Control",
                    "no-cache");
            return new ApiResponse(200, contentType, headers, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
