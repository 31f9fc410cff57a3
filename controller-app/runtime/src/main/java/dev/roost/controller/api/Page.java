package dev.roost.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One part of a long list: which part a client asks for, and what came of it. The loop only collects what the rows are made
 * of; the thread of the request makes JSON of them.
 *
 * <p>A part ends with a cursor, which is given to the client as a link to the next one (RFC 8288) and comes back as {@code after}.
 * The body stays a plain array.
 */
final class Page {
    /** So many rows are collected well within the time of a turn. */
    static final int MAX_LIMIT = 10_000;

    private static final String JSON = "application/json";

    private final String path;
    private final int limit;
    private final List<Supplier<ObjectNode>> rows = new ArrayList<>();
    private String lastCursor = "";
    private boolean more;

    private Page(String path, int limit) {
        this.path = path;
        this.limit = limit;
    }

    /** Reads {@code limit}; {@code after} is for the list to read. */
    static Page of(ApiRequest request) throws ApiException {
        String asked = request.query().getOrDefault("limit", Integer.toString(MAX_LIMIT));
        if (!asked.matches("[0-9]{1,5}") || Integer.parseInt(asked) < 1 || Integer.parseInt(asked) > MAX_LIMIT) {
            throw new ApiException(
                    400, "malformed-limit", "limit is '" + asked + "'; wanted a number from 1 to " + MAX_LIMIT);
        }
        return new Page(request.path(), Integer.parseInt(asked));
    }

    /** How many rows are still to be looked for: one more than the client wants, to know whether there are more. */
    int missing() {
        return more ? 0 : Math.max(1, limit + 1 - rows.size());
    }

    /** Adds a row, and the cursor by which the list goes on after it; rows with the same cursor are not torn apart. */
    void add(String cursor, Supplier<ObjectNode> row) {
        more |= rows.size() >= limit && !cursor.equals(lastCursor);
        if (!more) {
            lastCursor = cursor;
            rows.add(row);
        }
    }

    ApiResponse toResponse() {
        ArrayNode list = Json.array();
        rows.forEach(row -> list.add(row.get()));
        Map<String, String> headers = more
                ? Map.of("Cache-Control", "no-store", "Link", link(lastCursor))
                : Map.of("Cache-Control", "no-store");
        return new ApiResponse(200, JSON, headers, Json.write(list));
    }

    private String link(String cursor) {
        String after = URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        return "<" + path + "?limit=" + limit + "&after=" + after + ">; rel=\"next\"";
    }
}
