package countersign.itests.lab.agent;

import countersign.itests.lab.Child;
import countersign.itests.lab.Lab;
import countersign.itests.lab.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A running agent. It lives in the guarded cgroup: its listener's accepted sockets have to be seen by the hooks, and its own
 * connections to the host pass because the kernel knows the process.
 */
public final class Agent {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Child process;
    private final Path image;
    private final AgentConfig config;

    private Agent(Child process, Path image, AgentConfig config) {
        this.process = process;
        this.image = image;
        this.config = config;
    }

    /** Writes the configuration and starts {@code bin/countersign agent}; returns at once. */
    public static Agent start(Lab lab, Path image, AgentConfig config) throws IOException {
        return start(lab, image, config, runFolder(lab));
    }

    /** The same with a run folder of its own, as an agent started by other means has. */
    public static Agent start(Lab lab, Path image, AgentConfig config, Path run) throws IOException {
        config.write();
        return launch(lab, image, config, run, List.of());
    }

    /** The same with whatever file is there already. */
    public static Agent startAsItIs(Lab lab, Path image, AgentConfig config) throws IOException {
        return launch(lab, image, config, runFolder(lab), List.of());
    }

    /** The same in a folder of its own, where a core may be as large as it likes. */
    public static Agent startWithCores(Lab lab, Path image, AgentConfig config, Path folder) throws IOException {
        return launch(lab, image, config, runFolder(lab), List.of("sh", "-c", "ulimit -c unlimited; cd \"$0\"; exec \"$@\"", folder.toString()));
    }

    /** Agents on one machine that all wait for {@link #go}, each with an image and a run folder, and the configuration file that is there already. */
    public static List<Agent> waiting(Lab lab, Map<Path, Path> imagesAndRunFolders, AgentConfig config) throws IOException {
        List<Agent> agents = new ArrayList<>();
        for (Map.Entry<Path, Path> each : imagesAndRunFolders.entrySet()) {
            agents.add(launch(lab, each.getKey(), config, each.getValue(), List.of("sh", "-c", "echo waiting; read go; exec \"$@\"", "sh")));
        }
        for (Agent agent : agents) {
            agent.line("waiting");
        }
        return agents;
    }

    private static Agent launch(Lab lab, Path image, AgentConfig config, Path run, List<String> by) throws IOException {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(image.resolve("bin/countersign").toString(), "agent", "--config", config.file().toString()));
        return new Agent(lab.start("agent", lab.guest(User.ROOT), environment(run), command), image, config);
    }

    /** Lets one that waits start. */
    public void go() throws IOException {
        process.input().write('\n');
        process.input().flush();
    }

    /** In it the framework keeps its copies of bundles. It lies in the lab: a killed agent cannot remove it. */
    private static Path runFolder(Lab lab) {
        return lab.folder().resolve("run");
    }

    private static Map<String, String> environment(Path run) throws IOException {
        return Map.of("JAVA_HOME", System.getProperty("java.home"), "RUNTIME_DIRECTORY", Files.createDirectories(run).toString());
    }

    /** Asks it whether provisioning has finished. */
    public List<String> statusCommand(String... options) {
        List<String> command = new ArrayList<>(
                List.of("env", "JAVA_HOME=" + System.getProperty("java.home"), image.resolve("bin/countersign").toString(), "status"));
        command.addAll(List.of(options));
        return command;
    }

    public long pid() {
        return process.pid();
    }

    public Child process() {
        return process;
    }

    public AgentConfig config() {
        return config;
    }

    /** Time from exec until the listener was bound. */
    public Duration untilListening() throws IOException {
        return line("countersign listening");
    }

    /** Time from exec until redirected connections could arrive. */
    public Duration untilGuarding() throws IOException {
        return line("countersign guarding");
    }

    /** Sends SIGTERM; the exit status, or empty if it had to be killed after 30 s. */
    public Optional<Integer> stop() throws IOException {
        return process.stop(Duration.ofSeconds(30));
    }

    /** Sends SIGKILL. */
    public void kill() throws IOException {
        process.kill();
    }

    /** The folder from which bundles are installed and uninstalled while the agent runs. */
    public Path bundles() {
        return image.resolve("bundles");
    }

    /** The only jar in the image whose name begins so. */
    public Path bundle(String symbolicName) throws IOException {
        try (var jars = Files.newDirectoryStream(bundles(), symbolicName + "-*.jar")) {
            var found = jars.iterator();
            if (!found.hasNext()) {
                throw new IOException(bundles() + ": expected a bundle " + symbolicName);
            }
            return found.next();
        }
    }

    /** Puts a jar into the image, under the name it has; it appears in one step. */
    public Path drop(Path jar) throws IOException {
        Path hidden = image.resolve(jar.getFileName() + ".part");
        Files.copy(jar, hidden);
        return Files.move(hidden, bundles().resolve(jar.getFileName()), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** One JSON object per line and request. */
    public List<String> auditLines() throws IOException {
        Path file = config.logFolder().resolve("ProxyAgent.Connection.log");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** Waits until the agent has said that a bundle {@code started} or {@code stopped} since it began to run. */
    public void awaitBundle(String symbolicName, String version, String state) throws IOException {
        line("countersign bundle " + symbolicName + " " + version + " " + state);
    }

    public Memory memory() throws IOException {
        return Memory.of(process.pid());
    }

    private Duration line(String beginning) throws IOException {
        return process.await(0, text -> text.startsWith(beginning), "'" + beginning + "'", PATIENCE).after();
    }
}
