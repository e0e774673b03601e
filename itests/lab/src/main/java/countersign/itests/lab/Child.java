package countersign.itests.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process of the lab. Its standard error goes to a file; its standard output is remembered line by line with the time each
 * line came, and copied to a file beside the other. Safe from any thread.
 */
public final class Child implements AutoCloseable {
    /** Answers that talkers hand on may be long; the log is for people. */
    private static final int KEPT_CHARACTERS = 400;

    private final String name;
    private final Process process;
    private final Path errors;
    private final long started;
    private final List<Line> lines = new ArrayList<>();
    private boolean ended;

    /** One line of output; {@code after} is the time since the process was started. */
    public record Line(Duration after, String text) {}

    private Child(String name, Process process, Path errors, long started) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        this.started = started;
    }

    static Child start(String name, List<String> command, Map<String, String> environment, Path errors) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
        builder.environment().putAll(environment);
        long started = System.nanoTime();
        Child child = new Child(name, builder.start(), errors, started);
        Thread reader = new Thread(child::read, name + " output");
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** The process's standard input. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** The file with the process's standard error. */
    public Path errors() {
        return errors;
    }

    /** Everything it has printed so far. */
    public synchronized List<Line> lines() {
        return List.copyOf(lines);
    }

    /**
     * Waits for a line.
     *
     * @return the first line from index {@code from} on that fits
     * @throws IOException if it did not come in time or the process ended before
     */
    public synchronized Line await(int from, Predicate<String> fits, String what, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        int next = from;
        while (true) {
            for (; next < lines.size(); next++) {
                if (fits.test(lines.get(next).text())) {
                    return lines.get(next);
                }
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (ended || left <= 0) {
                String end = ended ? exit().map(code -> "it ended with status " + code).orElse("it closed its output")
                        : "not within " + patience.toMillis() + " ms";
                throw new IOException(name + ": expected " + what + ", but " + end + lastWords());
            }
            sleep(left);
        }
    }

    /** Sends SIGTERM; after {@code patience} SIGKILL. Returns the exit status, or empty if it had to be killed. */
    public Optional<Integer> stop(Duration patience) throws IOException {
        process.destroy();
        if (waitFor(patience)) {
            return exit();
        }
        kill();
        return Optional.empty();
    }

    /** Sends SIGKILL and waits until the process is gone. */
    public void kill() throws IOException {
        process.destroyForcibly();
        waitFor(Duration.ofSeconds(10));
    }

    /** Waits for the process to end by itself. */
    public boolean waitFor(Duration patience) throws IOException {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + name, e);
        }
    }

    /** The exit status, once it has ended. */
    public Optional<Integer> exit() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    @Override
    public void close() throws IOException {
        stop(Duration.ofSeconds(5));
    }

    /** The end of its standard error; empty if it wrote none. */
    public String lastWords() throws IOException {
        List<String> all = Files.readAllLines(errors, StandardCharsets.ISO_8859_1);
        return all.isEmpty() ? "" : "; its last words: " + String.join(" / ", all.subList(Math.max(0, all.size() - 4), all.size()));
    }

    private void read() {
        Path copy = errors.resolveSibling(errors.getFileName().toString().replaceFirst("err$", "out"));
        try (Writer kept = Files.newBufferedWriter(copy); InputStream output = process.getInputStream();
                BufferedReader reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            String text;
            while ((text = reader.readLine()) != null) {
                add(new Line(Duration.ofNanos(System.nanoTime() - started), text));
                kept.write(text.substring(0, Math.min(text.length(), KEPT_CHARACTERS)) + "\n");
                kept.flush();
            }
        } catch (IOException e) {
            // The process was killed while we were reading; what it printed until then is kept.
        } finally {
            end();
        }
    }

    private synchronized void add(Line line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    private void sleep(long millis) throws IOException {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + name, e);
        }
    }
}
