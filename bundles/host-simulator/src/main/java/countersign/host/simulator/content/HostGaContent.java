package countersign.host.simulator.content;

import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;

/** HostGAPlugin accepts any path (host-endpoints.md section 7); two have documents. */
public final class HostGaContent implements Content {
    private final Response versions = Response.json(200, "[\"2015-09-01\"]");
    private final Response settings = Response.json(200, Content.resource("vm-settings.json")).with(new Header("ETag", "1"));
    private final Response other = Response.json(200, "{}");

    @Override
    public Response answer(Request request) {
        if (!Content.reads(request)) {
            return Response.empty(200);
        }
        return switch (request.path()) {
            case "/versions" -> versions;
            case "/vmSettings" -> settings;
            default -> other;
        };
    }
}
