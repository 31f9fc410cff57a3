package dev.roost.floodlight;

import dev.roost.controller.api.ApiRequest;
import dev.roost.controller.api.ApiResponse;
import dev.roost.controller.api.ApiRouter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.floodlightcontroller.restserver.RestletRoutable;
import org.restlet.Context;
import org.restlet.Request;
import org.restlet.Response;
import org.restlet.Restlet;
import org.restlet.data.CacheDirective;
import org.restlet.data.CharacterSet;
import org.restlet.data.MediaType;
import org.restlet.data.Reference;
import org.restlet.data.Status;
import org.restlet.representation.Representation;
import org.restlet.representation.StringRepresentation;

/**
 * Puts the API and the dashboard into Floodlight's REST interface, under the same paths as everywhere.
 *
 * <p>There is no stream of events: Floodlight's REST server has few threads, which dashboards would hold for as long as they are
 * open. They are told so, and ask every two seconds instead.
 */
final class RoostRoutable implements RestletRoutable {

    private final ApiRouter router;

    RoostRoutable(ApiRouter router) {
        this.router = router;
    }

    @Override
    public Restlet getRestlet(Context context) {
        return new Restlet(context) {
            @Override
            public void handle(Request request, Response response) {
                answer(request, response);
            }
        };
    }

    @Override
    public String basePath() {
        return ApiRouter.ROOT;
    }

    private void answer(Request request, Response response) {
        Reference resource = request.getResourceRef();
        String path = resource.getPath(true);
        if (path.equals(ApiRouter.STREAM_PATH)) {
            show(ApiRouter.noStreams(), response);
            return;
        }
        String body;
        try {
            body = body(request.getEntity());
        } catch (IOException e) {
            return; // the client has gone
        }
        if (body.length() > ApiRouter.MAX_BODY_BYTES) {
            show(ApiRouter.bodyTooLarge(path), response);
            return;
        }
        Map<String, String> query = resource.getQuery() == null
                ? Map.of()
                : resource.getQueryAsForm().getValuesMap();
        show(router.handle(new ApiRequest(request.getMethod().getName(), path, query, body)), response);
    }

    /** All of the body, or one octet too many of it. */
    private static String body(Representation entity) throws IOException {
        if (entity == null || !entity.isAvailable()) {
            return "";
        }
        try (InputStream in = entity.getStream()) {
            byte[] bytes = in.readNBytes(ApiRouter.MAX_BODY_BYTES + 1);
            boolean tooLong = bytes.length > ApiRouter.MAX_BODY_BYTES;
            return new String(bytes, tooLong ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        }
    }

    private static void show(ApiResponse answer, Response response) {
        response.setStatus(Status.valueOf(answer.status()));
        answer.headers().forEach((name, value) -> {
            // Restlet writes these two itself, and refuses to have them written for it.
            if (name.equals("Location")) {
                response.setLocationRef(value);
            } else if (name.equals("Cache-Control")) {
                response.setCacheDirectives(
                        List.of(value.equals("no-cache") ? CacheDirective.noCache() : CacheDirective.noStore()));
            } else {
                response.getHeaders().set(name, value);
            }
        });
        StringRepresentation body = new StringRepresentation(answer.body(), MediaType.valueOf(answer.contentType()));
        if (!answer.contentType().contains("charset")) {
            body.setCharacterSet(CharacterSet.UTF_8);
        }
        response.setEntity(body);
    }
}
