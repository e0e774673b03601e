package countersign.status.aggregate;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * State of one module (status.md section 2.2).
 *
 * @param facts what the module tells by name, in its order; not all of it is part of the document
 */
record ModuleStatus(State state, String message, Map<String, String> facts) {
    /** The three states of the contract. */
    enum State {
        UNKNOWN,
        RUNNING,
        STOPPED
    }

    ModuleStatus {
        requireNonNull(state, "state");
        requireNonNull(message, "message");
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    ModuleStatus(State state, String message) {
        this(state, message, Map.of());
    }
}
