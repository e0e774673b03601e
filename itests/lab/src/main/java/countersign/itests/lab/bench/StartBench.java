package countersign.itests.lab.bench;

import countersign.itests.lab.Lab;
import countersign.itests.lab.Place;
import countersign.itests.lab.Shell;
import countersign.itests.lab.User;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How long things take to start. */
final class StartBench {
    private StartBench() {}

    /** Milliseconds from exec of one start of the agent. */
    record Start(long listening, long guarding, long endorsed) {}

    /** Starts and stops the agent several times; the first time it latches a key, then it finds one. */
    static List<Start> agent(Stage stage, int times) throws IOException {
        List<Start> starts = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            if (i > 0) {
                stage.agent().stop();
            }
            long endorsed = stage.startAgentAndAwaitEndorsement(stage.lab().config()).toMillis();
            starts.add(new Start(stage.agent().untilListening().toMillis(), stage.agent().untilGuarding().toMillis(), endorsed));
        }
        return starts;
    }

    /** Median milliseconds of {@code countersign status} against the running agent, and of a JVM that does nothing. */
    record Status(double status, double empty) {}

    /** Interleaved, with the same wrapping processes around both. */
    static Status status(Stage stage, int times) throws IOException {
        Lab lab = stage.lab();
        Place place = lab.guest(User.ROOT);
        List<String> status = place.command(List.of(lab.checkout().image().resolve("bin/countersign").toString(), "status"));
        // The options bin/countersign gives its short commands.
        Path jar = lab.folder().resolve("lib/countersign.itests.lab-0.1.0.jar");
        List<String> empty = place.command(List.of(Lab.javaProgram(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
                "-Xshare:auto", "-cp", jar.toString(), Empty.class.getName()));
        double[] statusMillis = new double[times];
        double[] emptyMillis = new double[times];
        for (int i = 0; i < times; i++) {
            emptyMillis[i] = timed(empty);
            statusMillis[i] = timed(status);
        }
        return new Status(median(statusMillis), median(emptyMillis));
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double timed(List<String> command) throws IOException {
        long before = System.nanoTime();
        Shell.Result result = Shell.attempt(command);
        double millis = (System.nanoTime() - before) / 1e6;
        if (result.exit() != 0) {
            throw new IOException(command.get(command.size() - 1) + ": exit status " + result.exit() + ": " + result.output().strip());
        }
        return millis;
    }
}
