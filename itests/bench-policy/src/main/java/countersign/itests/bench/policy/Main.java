package countersign.itests.bench.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./countersign bench policy}: measures and prints one table. Words choose benchmarks by part of their names; {@code --quick} measures
 * for a second each; {@code --small} uses the heap, collector and compiler of the agent's image.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws RunnerException {
        List<String> words = List.of(args);
        boolean quick = words.contains("--quick");
        int seconds = quick ? 1 : 3;
        ChainedOptionsBuilder options = options(words).exclude(FirstBenchmark.class.getSimpleName()).forks(1)
                .warmupIterations(quick ? 2 : 3).warmupTime(TimeValue.seconds(seconds))
                .measurementIterations(quick ? 1 : 3).measurementTime(TimeValue.seconds(seconds));
        List<RunResult> results = new ArrayList<>(new Runner(options.build()).run());
        // A process each, nothing warm.
        results.addAll(new Runner(options(words).exclude("[.](?!" + FirstBenchmark.class.getSimpleName() + ")[A-Z]").forks(quick ? 3 : 10).build()).run());
        print(results);
    }

    private static ChainedOptionsBuilder options(List<String> words) {
        ChainedOptionsBuilder options = new OptionsBuilder().verbosity(VerboseMode.SILENT).addProfiler(GCProfiler.class).shouldFailOnError(true);
        if (words.contains("--small")) {
            options.jvmArgsAppend("-XX:+UseSerialGC", "-Xmx48m", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=16m");
        }
        words.stream().filter(word -> !word.startsWith("--")).forEach(word -> options.include("(?i)" + word));
        return options;
    }

    private static void print(Collection<RunResult> results) {
        System.out.printf(Locale.ROOT, "%-12s %-62s %12s %12s %12s %14s%n", "what", "with", "p50 us", "p99 us", "mean us", "B allocated");
        for (RunResult result : results) {
            BenchmarkParams params = result.getParams();
            List<String> with = new ArrayList<>();
            params.getParamsKeys().forEach(key -> with.add(key.equals("privileges") ? size(params.getParam(key)) : key + " " + shorten(params.getParam(key))));
            double micros = params.getTimeUnit() == TimeUnit.NANOSECONDS ? 1e-3 : 1;
            Result<?> time = result.getPrimaryResult();
            Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
            System.out.printf(Locale.ROOT, "%-12s %-62s %12.3f %12.3f %12.3f %14.0f%n", name(params), String.join(", ", with),
                    time.getStatistics().getPercentile(50) * micros, time.getStatistics().getPercentile(99) * micros, time.getScore() * micros,
                    allocated == null ? Double.NaN : allocated.getScore());
        }
    }

    private static String name(BenchmarkParams params) {
        return params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
    }

    private static String size(String privileges) {
        return privileges + " privileges, " + Documents.json(Integer.parseInt(privileges)).length / 1024 + " KiB";
    }

    private static String shorten(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
