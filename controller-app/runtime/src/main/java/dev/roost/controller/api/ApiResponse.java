package dev.roost.controller.api;

import java.util.Map;

/**
 * An answer for a host to send.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body
 * @param headers further headers
 * @param body all of it, to be sent as UTF-8
 */
public record ApiResponse(int status, String contentType, Map<String, String> headers, String body) {
    public ApiResponse {
        headers = Map.copyOf(headers);
    }

    static ApiResponse of(int status, String contentType, String body) {
        return new ApiResponse(status, contentType, Map.of("Cache-Control", "no-store"), body);
    }
}
