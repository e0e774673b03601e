package countersign.status.aggregate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Resident memory of this process in MB, as Linux tells it. */
record ProcessMemory(long resident, long peak) {
    /** Empty on a system without {@code /proc}. */
    static Optional<ProcessMemory> read() {
        try {
            return Optional.of(of(Files.readAllLines(Path.of("/proc/self/status"))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static ProcessMemory of(List<String> lines) {
        return new ProcessMemory(megabytes(lines, "VmRSS:"), megabytes(lines, "VmHWM:"));
    }

    private static long megabytes(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).replace("kB", "").strip()) / 1024;
            }
        }
        return 0;
    }
}
