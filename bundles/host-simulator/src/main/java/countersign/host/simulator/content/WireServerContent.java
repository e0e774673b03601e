package countersign.host.simulator.content;

import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;
import countersign.host.simulator.telemetry.TelemetryStore;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Versions, goal state, the configuration documents it names, health and telemetry. */
public final class WireServerContent implements Content {
    private final Response versions = Response.xml(Content.resource("versions.xml"));
    private final Response certificates = Response.xml(Content.resource("certificates.xml"));
    private final Response goalState;
    private final Map<String, Response> configurations;
    private final TelemetryStore telemetry;

    /** @param authority where agents reach this service: goes into the addresses of the goal state, without {@code :80} */
    public WireServerContent(String authority, Storage storage, TelemetryStore telemetry) {
        this.telemetry = telemetry;
        goalState = Response.xml(Content.resource("goal-state.xml").replace("{authority}", authority));
        configurations = Map.of(
                "sharedconfig", Response.xml(Content.resource("shared-config.xml")),
                "hostingenvironmentconfig", Response.xml(Content.resource("hosting-environment-config.xml")),
                "extensionsconfig", Response.xml(storage.document("extensions-config.xml")));
    }

    @Override
    public Response answer(Request request) {
        String path = request.path();
        String comp = Objects.toString(request.parameter("comp"), "").toLowerCase(Locale.ROOT);
        boolean machine = path.equals("/machine") || path.equals("/machine/");
        if (Content.reads(request)) {
            if (path.equals("/") && comp.equals("versions")) {
                return versions;
            }
            if (machine && comp.equals("goalstate")) {
                return goalState;
            }
            if (path.startsWith("/machine/") && comp.equals("certificates")) {
                return certificates;
            }
            if (path.startsWith("/machine/") && comp.equals("config")) {
                String type = Objects.toString(request.parameter("type"), "").toLowerCase(Locale.ROOT);
                return configurations.getOrDefault(type, Response.error(404, "no such configuration"));
            }
        } else if (request.method().equals("POST") && machine && comp.equals("telemetrydata")) {
            return telemetry.post(request.body());
        } else if (request.method().equals("POST") && machine && isUpload(comp)
                || request.method().equals("POST") && path.equals("/HealthService")
                || request.method().equals("PUT") && path.equalsIgnoreCase("/vmAgentLog")) {
            return Response.empty(200);
        }
        return Response.error(404, "no such document");
    }

    private static boolean isUpload(String comp) {
        return comp.equals("health") || comp.equals("roleproperties");
    }
}
