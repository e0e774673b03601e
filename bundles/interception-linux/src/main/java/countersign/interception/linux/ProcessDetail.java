package countersign.interception.linux;

import java.util.Optional;

/** What {@code /proc} adds to a {@link ConnectionRecord}. */
sealed interface ProcessDetail {
    /** Each part only when it provably describes the process that connected. */
    record Known(Optional<String> executable, Optional<String> commandLine) implements ProcessDetail {}

    /** The executable's path is not UTF-8. */
    record UndecodablePath() implements ProcessDetail {}

    Known NOTHING = new Known(Optional.empty(), Optional.empty());
}
