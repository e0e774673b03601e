package countersign.itests.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.itests.lab.agent.Memory;
import countersign.itests.lab.client.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What was measured.
 *
 * @param verdicts of the host's own verifier about all requests of the load, by reason
 */
record BenchReport(List<StartBench.Start> starts, StartBench.Status status, Memory idle, Memory loaded,
        Map<Traffic, Map<Way, Measured>> load, Map<String, Long> verdicts) {

    /** No request failed, and the host found every request that came through the agent rightly signed and no other wrongly. */
    boolean faultless() {
        return faults() == 0 && wrongSignatures() == 0 && sum(Way.AGENT, LoadResult::ok) == verdicts.getOrDefault("verified", 0L);
    }

    String table() {
        StringBuilder text = new StringBuilder();
        load.forEach((traffic, ways) -> {
            text.append(String.format("%n%-40s %10s %9s %9s %10s %10s %10s%n",
                    traffic.title, "req/s", "p50 ms", "p99 ms", "of direct", "of nginx", "CPU us/req"));
            ways.forEach((way, measured) -> text.append(row(way, measured, ways)));
            text.append(String.format(Locale.ROOT, "  %-38s %10s %+9.3f %+9.3f   (over direct)%n", "added by the agent", "",
                    added(ways, 50), added(ways, 99)));
        });
        text.append(String.format("%nmemory idle:        %s%nmemory after load:  %s%n", idle, loaded));
        text.append(String.format("start, median of %d: listening %d ms, guarding %d ms, first endorsed answer %d ms; first time, with latching, %d ms%n",
                starts.size(), median(StartBench.Start::listening), median(StartBench.Start::guarding), median(StartBench.Start::endorsed),
                starts.get(0).endorsed()));
        text.append(String.format(Locale.ROOT, "countersign status: %.0f ms, %.2f times an empty JVM (%.0f ms)%n",
                status.status(), status.status() / status.empty(), status.empty()));
        text.append(String.format("requests failed or misjudged: %d; signatures wrong or missing on the agent's way: %d; the host's verdicts: %s%n",
                faults(), wrongSignatures() + sum(Way.AGENT, LoadResult::ok) - verdicts.getOrDefault("verified", 0L), new TreeMap<>(verdicts)));
        return text.toString();
    }

    private static String row(Way way, Measured measured, Map<Way, Measured> ways) {
        LoadResult result = measured.load();
        return String.format(Locale.ROOT, "  %-38s %10.0f %9.3f %9.3f %9.1f%% %9.1f%% %10.0f%n", way.name().toLowerCase(Locale.ROOT), result.rate(),
                result.millis(50), result.millis(99), 100 * ratio(result, ways, Way.DIRECT), 100 * ratio(result, ways, Way.NGINX),
                measured.cpuMicrosPerRequest());
    }

    private static double ratio(LoadResult result, Map<Way, Measured> ways, Way to) {
        return result.rate() / ways.get(to).load().rate();
    }

    Path write(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        ObjectNode traffics = root.putObject("load");
        load.forEach((traffic, ways) -> {
            ObjectNode rows = traffics.putObject(traffic.name());
            ways.forEach((way, measured) -> {
                LoadResult result = measured.load();
                rows.putObject(way.name()).put("requestsPerSecond", result.rate()).put("p50Millis", result.millis(50))
                        .put("p99Millis", result.millis(99)).put("maxMillis", result.millis(100)).put("requests", result.requests())
                        .put("failed", result.failed()).put("misjudged", result.misjudged())
                        .put("ratioToDirect", ratio(result, ways, Way.DIRECT)).put("ratioToNginx", ratio(result, ways, Way.NGINX))
                        .put("cpuMicrosPerRequest", measured.cpuMicrosPerRequest());
            });
        });
        root.set("memoryIdleKiB", json.valueToTree(idle));
        root.set("memoryAfterLoadKiB", json.valueToTree(loaded));
        root.set("startsMillis", json.valueToTree(starts));
        root.set("statusMillis", json.valueToTree(status));
        root.set("hostVerdicts", json.valueToTree(verdicts));
        root.put("java", Runtime.version().toString()).put("processors", Runtime.getRuntime().availableProcessors())
                .put("kernel", System.getProperty("os.version"));
        Files.writeString(file, root.toPrettyString() + "\n");
        return file;
    }

    private static double added(Map<Way, Measured> ways, double percentile) {
        return ways.get(Way.AGENT).load().millis(percentile) - ways.get(Way.DIRECT).load().millis(percentile);
    }

    private long median(ToLongFunction<StartBench.Start> time) {
        return Math.round(StartBench.median(starts.stream().mapToDouble(time::applyAsLong).toArray()));
    }

    private long faults() {
        return load.values().stream().flatMap(ways -> ways.values().stream()).map(Measured::load)
                .mapToLong(result -> result.failed() + result.misjudged()).sum();
    }

    /** Unsigned requests are those of the other two ways. */
    private long wrongSignatures() {
        long all = verdicts.entrySet().stream().filter(e -> !e.getKey().equals("verified")).mapToLong(Map.Entry::getValue).sum();
        return all - sum(Way.DIRECT, LoadResult::ok) - sum(Way.NGINX, LoadResult::ok);
    }

    private long sum(Way way, ToLongFunction<LoadResult> what) {
        return load.values().stream().mapToLong(ways -> what.applyAsLong(ways.get(way).load())).sum();
    }
}
