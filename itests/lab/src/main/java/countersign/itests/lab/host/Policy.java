package countersign.itests.lab.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Makes status documents of version 2.0 with rules (authorization.md section 2). */
public final class Policy {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode document = JSON.createObjectNode()
            .put("authorizationScheme", "Azure-HMAC-SHA256").put("keyDeliveryMethod", "http")
            .put("secureChannelEnabled", true).put("version", "2.0");
    private final ObjectNode rules = document.putObject("authorizationRules");

    /** Both services in force and open, as far as the elevation rule lets them be. */
    public static Policy open(String id) {
        return new Policy().service("wireserver", "enforce", "allow", id).service("imds", "enforce", "allow", id);
    }

    /** Sets a service's item without rules. */
    public Policy service(String service, String mode, String defaultAccess, String id) {
        rules.putObject(service).put("defaultAccess", defaultAccess).put("mode", mode).put("id", id);
        return this;
    }

    /** Adds to a service's item: only this user reaches paths that begin so. Call once per service. */
    public Policy reserve(String service, String path, String userName) {
        ObjectNode item = rules.withObject("/" + service + "/rules");
        item.putArray("privileges").addObject().put("name", "reserved").put("path", path);
        item.putArray("roles").addObject().put("name", "holders").putArray("privileges").add("reserved");
        item.putArray("identities").addObject().put("name", "holder").put("userName", userName);
        item.putArray("roleAssignments").addObject().put("role", "holders").putArray("identities").add("holder");
        return this;
    }

    public ObjectNode document() {
        return document.deepCopy();
    }
}
