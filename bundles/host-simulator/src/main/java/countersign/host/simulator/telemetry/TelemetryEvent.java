package countersign.host.simulator.telemetry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;

/**
 * One event of a telemetry document.
 *
 * @param provider id of the element it stood in
 * @param parameters in order of arrival
 */
record TelemetryEvent(String provider, String id, List<Parameter> parameters) {
    /** One {@code Param} element. */
    record Parameter(String name, String value, String type) {
        Parameter {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(type, "type");
        }
    }

    TelemetryEvent {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(id, "id");
        parameters = List.copyOf(parameters);
    }

    /** Whether a proxy agent sent it: guest agents name another mode, and arrange their parameters otherwise. */
    boolean ofProxyAgent() {
        return parameters.stream().noneMatch(each -> each.name().equals("ExecutionMode") && !each.value().equals("ProxyAgent"));
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("provider", provider).put("id", id);
        ObjectNode values = json.putObject("parameters");
        parameters.forEach(each -> values.put(each.name(), each.value()));
        return json;
    }
}
