package countersign.host.simulator.content;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Versions, instance (whole or any member of it), scheduled events and identity tokens. */
public final class ImdsContent implements Content {
    private static final String INSTANCE = "/metadata/instance";
    private static final long TOKEN_SECONDS = 86_400;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HostClock clock;
    private final JsonNode instance;
    private final Response wholeInstance;
    private final Response versions;
    private final Response events = Response.json(200, "{\"DocumentIncarnation\":1,\"Events\":[]}");

    public ImdsContent(HostClock clock) {
        this.clock = clock;
        try {
            instance = JSON.readTree(Content.resource("instance.json"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the built-in instance document", e);
        }
        wholeInstance = Response.json(200, instance.toString());
        versions = Response.json(200, "{\"apiVersions\":[\"2018-02-01\",\"2019-06-04\",\"2021-02-01\",\"2021-08-01\",\"2021-10-01\"]}");
    }

    @Override
    public Response answer(Request request) {
        if (!"true".equalsIgnoreCase(request.single("metadata"))) {
            return Response.error(400, "Bad request. Required metadata header not specified");
        }
        if (!Content.reads(request)) {
            return Response.error(405, "Method not allowed");
        }
        String path = request.path();
        if (path.equals("/metadata/versions")) {
            return versions;
        }
        boolean inInstance = path.equals(INSTANCE) || path.startsWith(INSTANCE + "/");
        boolean token = path.equals("/metadata/identity/oauth2/token");
        if (!inInstance && !token && !path.equals("/metadata/scheduledevents")) {
            return Response.error(404, "Not found");
        }
        String version = request.parameter("api-version");
        if (version == null || !version.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
            return Response.error(400, "Bad request. api-version was not specified in the request");
        }
        return token ? token(request) : inInstance ? instance(request, path.substring(INSTANCE.length())) : events;
    }

    private Response instance(Request request, String below) {
        if (below.isEmpty() || below.equals("/")) {
            return wholeInstance;
        }
        JsonNode node = instance;
        for (String member : below.substring(1).split("/")) {
            node = node.isArray() && member.matches("[0-9]{1,4}") ? node.path(Integer.parseInt(member)) : node.path(member);
        }
        if (node.isMissingNode()) {
            return Response.error(404, "Not found");
        }
        if ("text".equals(request.parameter("format")) && node.isValueNode()) {
            return Response.of(200, "text/plain; charset=utf-8", node.asText().getBytes(StandardCharsets.UTF_8));
        }
        return Response.json(200, node.toString());
    }

    private Response token(Request request) {
        String resource = request.parameter("resource");
        if (resource == null || resource.isEmpty()) {
            return Response.json(400,
                    "{\"error\":\"invalid_request\",\"error_description\":\"Required query variable 'resource' is missing\"}");
        }
        String audience;
        try {
            audience = URLDecoder.decode(resource, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Response.json(400, "{\"error\":\"invalid_resource\",\"error_description\":\"resource: bad percent escape\"}");
        }
        long now = clock.now().getEpochSecond();
        ObjectNode reply = JSON.createObjectNode();
        reply.put("access_token", jwt(audience, now)).put("client_id", "5ca1ab1e-0000-4000-8000-000000000001")
                .put("expires_in", Long.toString(TOKEN_SECONDS)).put("expires_on", Long.toString(now + TOKEN_SECONDS))
                .put("ext_expires_in", Long.toString(TOKEN_SECONDS)).put("not_before", Long.toString(now))
                .put("resource", audience).put("token_type", "Bearer");
        return Response.json(200, reply.toString());
    }

    /** Looks like a token to clients that decode it, and says of itself that nobody signed it. */
    private static String jwt(String audience, long now) {
        ObjectNode claims = JSON.createObjectNode().put("aud", audience).put("iss", "simulated-host")
                .put("nbf", now).put("exp", now + TOKEN_SECONDS);
        return base64("{\"alg\":\"none\",\"typ\":\"JWT\"}") + '.' + base64(claims.toString()) + '.' + base64("simulated");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
