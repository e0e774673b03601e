package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this machine is, as far as it can be seen from inside (telemetry.md section 7.3). What cannot be read is {@code unknown} or 0. */
record Machine(String osVersion, long ramMegabytes, int processors, String architecture) {
    private static final Path OS_RELEASE = Path.of("/etc/os-release");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    Machine {
        requireNonNull(osVersion, "osVersion");
        requireNonNull(architecture, "architecture");
    }

    static Machine read() {
        return read(OS_RELEASE, MEMORY, Runtime.getRuntime().availableProcessors(), System.getProperty("os.arch"));
    }

    static Machine read(Path osRelease, Path memory, int processors, String javaArchitecture) {
        List<String> release = lines(osRelease);
        String osVersion = "Linux:" + value(release, "NAME=", "unknown") + "-" + value(release, "VERSION_ID=", "unknown");
        String kilobytes = value(lines(memory), "MemTotal:", "0").replaceAll("[^0-9]", "");
        return new Machine(osVersion, Long.parseLong("0" + kilobytes) / 1024, processors, uname(javaArchitecture));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String value(List<String> lines, String beginning, String otherwise) {
        return lines.stream()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .map(line -> line.substring(beginning.length()).strip().replaceAll("^[\"']|[\"']$", ""))
                .orElse(otherwise);
    }

    /** As {@code uname -m} says it. */
    private static String uname(String javaArchitecture) {
        return javaArchitecture.equals("amd64") ? "x86_64" : javaArchitecture;
    }
}
