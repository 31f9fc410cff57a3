package dev.roost.controller.api;

import java.util.Map;

/**
 * A request as a host received it.
 *
 * @param method GET, POST, ...
 * @param path the decoded path, beginning with a slash, without the query
 * @param query the decoded parameters of the query; the last one wins where a name comes twice
 * @param body the whole body as UTF-8 text; at most {@link ApiRouter#MAX_BODY_BYTES} octets, which the host has seen to
 */
public record ApiRequest(String method, String path, Map<String, String> query, String body) {
    public ApiRequest {
        query = Map.copyOf(query);
    }
}
