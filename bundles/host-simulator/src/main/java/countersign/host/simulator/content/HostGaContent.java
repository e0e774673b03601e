package countersign.host.simulator.content;

import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;

/** HostGAPlugin accepts any path (host-endpoints.md section 7); three have documents, and the status upload is kept. */
public final class HostGaContent implements Content {
    private static final Header SETTINGS_TAG = new Header("ETag", "1");

    private final Storage storage;
    private final Response versions = Response.json(200, "[\"2015-09-01\"]");
    private final Response settings;
    private final Response sameSettings = Response.empty(304).with(SETTINGS_TAG);
    private final Response other = Response.json(200, "{}");

    public HostGaContent(Storage storage) {
        this.storage = storage;
        settings = Response.json(200, storage.document("vm-settings.json")).with(SETTINGS_TAG);
    }

    @Override
    public Response answer(Request request) {
        if (!Content.reads(request)) {
            if (request.method().equals("PUT") && request.path().equals("/status")) {
                storage.put(request.body());
            }
            return Response.empty(200);
        }
        return switch (request.path()) {
            case "/versions" -> versions;
            case "/vmSettings" -> SETTINGS_TAG.value().equals(request.single("if-none-match")) ? sameSettings : settings;
            case "/extensionArtifact" -> artifact(request.single("x-ms-artifact-location"));
            default -> other;
        };
    }

    private Response artifact(String location) {
        if (location == null) {
            return Response.error(400, "expected one x-ms-artifact-location");
        }
        return storage.get(location).map(blob -> Response.of(200, "application/octet-stream", blob))
                .orElseGet(() -> Response.error(404, "no such blob"));
    }
}
