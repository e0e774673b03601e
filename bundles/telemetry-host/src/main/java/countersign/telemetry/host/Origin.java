package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which program, process and thread an event is of; the last two as event records have them (telemetry.md section 3.1). */
record Origin(String version, String pid, String tid) {
    private static final Path THREAD = Path.of("/proc/thread-self");

    Origin {
        requireNonNull(version, "version");
        requireNonNull(pid, "pid");
        requireNonNull(tid, "tid");
    }

    /** The thread that calls, by its number in the kernel, or in this process where there is no {@code /proc} (telemetry.md Q16). */
    static Origin here(String version) {
        return new Origin(version, Long.toString(ProcessHandle.current().pid()), padded(Long.toString(thread())));
    }

    private static String padded(String tid) {
        return "0".repeat(Math.max(0, 8 - tid.length())) + tid;
    }

    private static long thread() {
        try {
            return Long.parseLong(Files.readSymbolicLink(THREAD).getFileName().toString());
        } catch (IOException | NumberFormatException | UnsupportedOperationException e) {
            return Thread.currentThread().getId();
        }
    }
}
