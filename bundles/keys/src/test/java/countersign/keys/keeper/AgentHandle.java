package countersign.keys.keeper;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An {@link AgentProcess} seen from the test. */
final class AgentHandle implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter commands;
    private final List<String> lines = new ArrayList<>();

    AgentHandle(HttpHost host, Path folder, int standAt, String... jvmOptions) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), AgentProcess.class.getName(), Integer.toString(host.address().getPort()),
                folder.toString(), Integer.toString(standAt)));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = process.inputReader();
        commands = process.outputWriter();
    }

    void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    /** The next line that starts so; everything on the way is kept. */
    String await(String start) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new IOException("the agent ended before it said " + start + ":\n" + String.join("\n", lines));
    }

    /** Everything it has said so far, as far as it was read. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Ends it with SIGKILL. */
    int kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
    }
}
