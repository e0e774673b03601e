package countersign.status.aggregate;

import countersign.status.aggregate.ModuleStatus.State;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;

/**
 * Reads a health check as the state of a module:
 *
 * <ul>
 *   <li>OK and WARN are {@code RUNNING}, TEMPORARILY_UNAVAILABLE (not started yet, or failing before it ever ran) is {@code UNKNOWN},
 *       CRITICAL (ended) is {@code STOPPED};
 *   <li>the last entry that is not a debug entry is the message;
 *   <li>each debug entry {@code name=value} is a fact.
 * </ul>
 */
final class ModuleReports {
    private ModuleReports() {}

    /** @param check {@code null} when the module is not there */
    static ModuleStatus read(HealthCheck check) {
        if (check == null) {
            return new ModuleStatus(State.UNKNOWN, "not present");
        }
        try {
            return read(check.execute());
        } catch (RuntimeException | LinkageError e) {
            // Its bundle is going away, or it is wrong; either way its state is not known.
            return new ModuleStatus(State.UNKNOWN, "cannot be asked: " + e);
        }
    }

    private static ModuleStatus read(Result result) {
        String message = "";
        Map<String, String> facts = new LinkedHashMap<>();
        for (ResultLog.Entry entry : result) {
            int equals = entry.isDebug() ? entry.getMessage().indexOf('=') : -1;
            if (equals > 0) {
                facts.put(entry.getMessage().substring(0, equals), entry.getMessage().substring(equals + 1));
            } else if (!entry.isDebug()) {
                message = entry.getMessage();
            }
        }
        return new ModuleStatus(state(result.getStatus()), message, facts);
    }

    private static State state(Result.Status status) {
        return switch (status) {
            case OK, WARN -> State.RUNNING;
            case TEMPORARILY_UNAVAILABLE, HEALTH_CHECK_ERROR -> State.UNKNOWN;
            case CRITICAL -> State.STOPPED;
        };
    }
}
