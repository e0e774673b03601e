package countersign.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Milliseconds since this process was created: the shell of {@code bin/countersign} becomes the virtual machine, so its
 * time counts. The kernel gives both times in hundredths of a second.
 *
 * @param origin the creation, on the scale of {@link System#nanoTime()}
 */
record SinceExec(long origin) {

    static SinceExec start() {
        long now = System.nanoTime();
        return new SinceExec(now - ageNanos());
    }

    long millis() {
        return (System.nanoTime() - origin) / 1_000_000;
    }

    private static long ageNanos() {
        try {
            String uptime = Files.readString(Path.of("/proc/uptime"));
            String stat = Files.readString(Path.of("/proc/self/stat"));
            // The program's name may hold blanks and parentheses; the 20th field after the last one is the start time.
            String startTicks = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
            double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
            long nanos = Math.round(seconds * 100) * 10_000_000L - Long.parseLong(startTicks) * 10_000_000L;
            return Math.max(nanos, 0);
        } catch (IOException | RuntimeException e) {
            return 0; // not Linux: counted from here
        }
    }
}
