package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import countersign.attribution.Caller;
import java.util.List;

/**
 * A caller as rules see it (authorization.md section 6.3).
 *
 * @param userName {@value #UNKNOWN_USER} when unknown
 * @param groups empty when unknown
 * @param exePath empty when unknown
 * @param processName last component of the path, empty when unknown
 */
public record Subject(String userName, List<String> groups, String exePath, String processName, boolean elevated) {
    public static final String UNKNOWN_USER = "undefined";
    /** Elevated, and described by no rule that anybody would write. */
    public static final Subject SOMEBODY = new Subject("\u0001somebody", List.of(), "/\u0001/somewhere", "\u0001something", true);

    public Subject {
        requireNonNull(userName, "userName");
        groups = List.copyOf(groups);
        requireNonNull(exePath, "exePath");
        requireNonNull(processName, "processName");
    }

    public static Subject of(Caller caller) {
        return new Subject(
                caller.userName().orElse(UNKNOWN_USER),
                caller.groups(),
                caller.executable().orElse(""),
                caller.processName().orElse(""),
                caller.elevated());
    }
}
