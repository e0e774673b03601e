package countersign.itests.lab.bench;

import countersign.itests.lab.client.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One way under one traffic.
 *
 * @param cpuTicks processor time (1/100 s) of the process in between, nginx or the agent, for all requests; 0 on the direct way
 */
record Measured(LoadResult load, long cpuTicks) {
    private static final long MICROS_PER_TICK = 10_000;

    Measured plus(Measured other) {
        return new Measured(load.plus(other.load), cpuTicks + other.cpuTicks);
    }

    /** Processor time for one request, whatever else the machine did; 0 on the direct way. */
    double cpuMicrosPerRequest() {
        return (double) cpuTicks * MICROS_PER_TICK / load.requests();
    }

    /** Processor time a process has used so far, in user and kernel mode. */
    static long ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
}
