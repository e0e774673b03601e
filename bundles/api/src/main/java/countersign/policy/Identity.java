package countersign.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** Selectors that a caller must all meet; an absent one is ignored (authorization.md section 6.3). */
public record Identity(
        String name, Optional<String> userName, Optional<String> groupName, Optional<String> exePath, Optional<String> processName) {
    public Identity {
        requireNonNull(name, "name");
        requireNonNull(userName, "userName");
        requireNonNull(groupName, "groupName");
        requireNonNull(exePath, "exePath");
        requireNonNull(processName, "processName");
    }
}
