package countersign.itests.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs short commands to their end. */
public final class Shell {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Shell() {}

    /** What a command left behind; {@code output} holds standard output and standard error. */
    public record Result(int exit, String output) {}

    /**
     * Runs a command that has to succeed.
     *
     * @return what it printed
     * @throws IOException if it failed; the message holds command and output
     */
    public static String run(String... command) throws IOException {
        Result result = attempt(List.of(command));
        if (result.exit() != 0) {
            throw new IOException(String.join(" ", command) + ": exit status " + result.exit() + ": " + result.output().strip());
        }
        return result.output();
    }

    /** Runs a command that may fail. */
    public static Result attempt(List<String> command) throws IOException {
        Path output = Files.createTempFile("countersign-", ".out");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException(String.join(" ", command) + ": not done after " + PATIENCE.toSeconds() + " s");
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command.get(0), e);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
