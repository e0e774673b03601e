package countersign.host.client.metadata;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import java.util.List;

/**
 * What is used of the goal state (host-endpoints.md section 3).
 *
 * @param sharedConfigTarget request target of the shared config at WireServer, escapes unchanged
 */
record GoalState(String containerId, String sharedConfigTarget) {
    private static final List<String> MACHINE = List.of("ExpectedState", "ExpectHealthReport");
    private static final List<String> CONFIGURATION =
            List.of("HostingEnvironmentConfig", "ExtensionsConfig", "FullConfig", "Certificates", "ConfigName");

    GoalState {
        requireNonNull(containerId, "containerId");
        requireNonNull(sharedConfigTarget, "sharedConfigTarget");
    }

    /** All listed elements must be there, as the reference has it, although few are used. */
    static GoalState read(XmlElement root) throws MetadataException {
        if (!root.name().equals("GoalState")) {
            throw new MetadataException("expected the element GoalState, got another");
        }
        root.required("Version");
        number(root.required("Incarnation"), 10, "Incarnation");
        XmlElement machine = root.at("Machine");
        for (String element : MACHINE) {
            machine.required(element);
        }
        number(machine.required("StopRolesDeadlineHint"), 20, "StopRolesDeadlineHint");
        XmlElement container = root.at("Container");
        XmlElement instance = container.at("RoleInstanceList", "RoleInstance");
        instance.required("InstanceId");
        instance.required("State");
        for (String element : CONFIGURATION) {
            instance.required("Configuration", element);
        }
        return new GoalState(container.required("ContainerId"), target(instance.required("Configuration", "SharedConfig")));
    }

    private static void number(String text, int digits, String element) throws MetadataException {
        if (!text.matches("[0-9]{1," + digits + "}")) {
            throw new MetadataException(element + ": expected a number, got something else");
        }
    }

    /** Only WireServer itself may be asked with a signature (host-endpoints.md H2). */
    private static String target(String url) throws MetadataException {
        String host = "http://" + Endpoint.WIRESERVER.ip();
        for (String origin : List.of(host + ":80/", host + "/")) {
            if (url.startsWith(origin)) {
                String target = url.substring(origin.length() - 1);
                if (target.startsWith("/machine/") && target.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '#') && !target.contains("..")) {
                    return target;
                }
            }
        }
        throw new MetadataException("SharedConfig: expected a URL " + host + "/machine/…, got another");
    }
}
