package countersign.attribution;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * The process behind a connection, with its user: facts of the kernel, and detail that provably describes the same process.
 *
 * @param uid real user id at connect time, in the initial user namespace
 * @param userName account name of {@code uid}; empty when there is none
 * @param groups primary and supplementary group names of that account (not the process credentials), may be empty
 * @param processId thread group id in the initial pid namespace
 * @param processStart start time of the thread group leader, in clock ticks (1/100 s) since boot; with the id it names one process for ever
 * @param executable path of the executable; empty when it could not be proven to be the one that connected
 * @param commandLine first four non-empty arguments joined by blanks, secrets replaced; empty when unknown
 * @param elevated real and effective uid were both 0 in the initial user namespace
 */
public record Caller(
        long uid,
        Optional<String> userName,
        List<String> groups,
        int processId,
        long processStart,
        Optional<String> executable,
        Optional<String> commandLine,
        boolean elevated) {

    public Caller {
        if (uid < 0 || uid > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("uid: expected 0 to 4294967295, got " + uid);
        }
        if (elevated && uid != 0) {
            throw new IllegalArgumentException("elevated: expected only for uid 0, got uid " + uid);
        }
        requireNonNull(userName, "userName");
        groups = List.copyOf(groups);
        requireNonNull(executable, "executable");
        requireNonNull(commandLine, "commandLine");
    }

    /** Last component of {@link #executable} (authorization.md section 6.3); not the kernel's {@code comm}. */
    public Optional<String> processName() {
        return executable.map(path -> path.substring(path.lastIndexOf('/') + 1));
    }
}
