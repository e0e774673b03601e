package countersign.itests.lab;

import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.agent.AgentConfig;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.BystanderMain;
import countersign.itests.lab.client.Curl;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadMain;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.client.TalkerMain;
import countersign.itests.lab.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A guest machine and its host on one cable, both network namespaces of this machine, with the simulated host running. Everything
 * is removed by {@link #close}, also when the JVM is told to end. What a killed JVM left behind is removed by the next lab.
 *
 * <p>The guest has two cgroups: {@link #guest} is the one whose sockets the agent guards, {@link #unguarded} lies beside it and shows
 * what would happen without the agent.
 */
public final class Lab implements AutoCloseable {
    /** Small and quick to start; these processes only hand bytes on. */
    private static final List<String> SMALL_JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-XX:-UsePerfData");
    private static final AtomicInteger LABS = new AtomicInteger();

    private final Cleanup cleanup;
    private final Checkout checkout;
    private final Path folder;
    private final Network network;
    private final Cgroup guarded;
    private final Cgroup unguarded;
    private final Path bpffs;
    private final AtomicInteger processes = new AtomicInteger();
    private Host host;

    private Lab(Checkout checkout, String name, Cleanup cleanup) throws IOException {
        this.cleanup = cleanup;
        this.checkout = checkout;
        this.folder = folder(Path.of(System.getProperty("java.io.tmpdir"), name));
        Cgroup all = Cgroup.create(Cgroup.mount().resolve(name), cleanup);
        this.guarded = Cgroup.create(all.folder().resolve("guarded"), cleanup);
        this.unguarded = Cgroup.create(all.folder().resolve("unguarded"), cleanup);
        this.network = Network.create(name, cleanup);
        this.bpffs = mountBpffs();
        // Ordinary users have to read this, and a checkout may lie in a home directory that is closed to them.
        Checkout.copy(checkout.lib(), folder.resolve("lib"));
    }

    /** Opens a lab and starts the host. Check {@link Requirements} before. */
    public static Lab open(Checkout checkout) throws IOException {
        Leftovers.remove();
        String name = Leftovers.PREFIX + ProcessHandle.current().pid() + "-" + LABS.incrementAndGet();
        Cleanup cleanup = new Cleanup();
        try {
            Lab lab = new Lab(checkout, name, cleanup);
            lab.host = Host.start(lab);
            return lab;
        } catch (IOException | RuntimeException e) {
            cleanup.close();
            throw e;
        }
    }

    public Checkout checkout() {
        return checkout;
    }

    public Host host() {
        return host;
    }

    public Network network() {
        return network;
    }

    /** A folder of this lab that all users can enter. */
    public Path folder() {
        return folder;
    }

    /** A private bpffs, so that pins end with the lab. */
    public Path bpffs() {
        return bpffs;
    }

    /** The cgroup whose sockets are guarded once the agent runs. */
    public Cgroup guarded() {
        return guarded;
    }

    /** In the guest, guarded. */
    public Place guest(User user) {
        return new Place(network.guest(), guarded, user);
    }

    /** In the guest, but in a cgroup that the agent was not told to guard: a way past the agent. */
    public Place unguarded(User user) {
        return new Place(network.guest(), unguarded, user);
    }

    /** In the host. */
    public Place hostSide() {
        return new Place(network.host(), unguarded, User.ROOT);
    }

    /** Starts a process; it ends with the lab at the latest. */
    public Child start(String name, Place place, Map<String, String> environment, List<String> command) throws IOException {
        Path errors = folder.resolve("log").resolve(processes.incrementAndGet() + "-" + name + ".err");
        Child child = Child.start(name, place.command(command), environment, errors);
        cleanup.before("process " + name, child::close);
        return child;
    }

    /** A client that asks what it is told; IPv4 sockets only, as most programs use them. */
    public Talker talker(Place place) throws IOException {
        return new Talker(start("talker", place, Map.of(), java("-Djava.net.preferIPv4Stack=true", TalkerMain.class)));
    }

    /** The same as Java programs are by default: an IPv6 socket also for IPv4 addresses. */
    public Talker defaultJavaTalker(Place place) throws IOException {
        return new Talker(start("talker6", place, Map.of(), java("-Djava.net.preferIPv4Stack=false", TalkerMain.class)));
    }

    /** Starts a service of the host that is none of the guarded ones; on UDP alone if something else has the TCP port. */
    public void bystander(String address, int port, boolean tcpToo) throws IOException {
        List<String> command = java("-Djava.net.preferIPv4Stack=true", BystanderMain.class);
        command.addAll(List.of(address, Integer.toString(port)));
        if (!tcpToo) {
            command.add("udp");
        }
        start("bystander", hostSide(), Map.of(), command).await(0, "ready"::equals, "the ready line", Duration.ofSeconds(60));
    }

    /** A load generator. */
    public Load load(Place place) throws IOException {
        List<String> command = List.of(javaProgram(), "-XX:+UseSerialGC", "-Xmx128m", "-Djava.net.preferIPv4Stack=true",
                "-cp", folder.resolve("lib") + "/*", LoadMain.class.getName());
        return new Load(start("load", place, Map.of(), command));
    }

    /** Runs curl once. */
    public Answer curl(Place place, String url, String... fields) throws IOException {
        return Curl.get(place, url, fields);
    }

    /** A configuration for this lab: own folders, own cgroup, one poll a second, strict decisions. */
    public AgentConfig config() {
        return AgentConfig.of(this);
    }

    /**
     * A copy of the image, in which bundles can come and go. Its agents report to {@link #statusFolder}, not to the machine's folder, and send
     * no telemetry: what they ask the host for would come among the requests that are counted.
     */
    public Path copyImage() throws IOException {
        return copyImage(Duration.ofDays(1));
    }

    /** The same with telemetry to the host, everything about it sped up so that this is a minute. */
    public Path copyImage(Duration telemetryMinute) throws IOException {
        Path copy = folder.resolve("image-" + processes.incrementAndGet());
        Checkout.copy(checkout.image(), copy);
        Files.writeString(copy.resolve("conf/jvm.options"), "\n-Dcountersign.statusFolder=" + statusFolder()
                + "\n-Dcountersign.telemetryMinute=" + telemetryMinute.toMillis() + "\n", StandardOpenOption.APPEND);
        return copy;
    }

    /** Where agents put {@code status.json} and snapshots of rules; the real one is a constant (status.md Q1). */
    public Path statusFolder() {
        return folder.resolve("log/status");
    }

    /** Starts the agent of an image in the guest; returns at once. */
    public Agent startAgent(Path image, AgentConfig config) throws IOException {
        return Agent.start(this, image, config);
    }

    /** The JVM that runs this. */
    public static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    @Override
    public void close() {
        cleanup.close();
    }

    private List<String> java(String option, Class<?> main) {
        List<String> command = new ArrayList<>(List.of(javaProgram()));
        command.addAll(SMALL_JVM);
        command.addAll(List.of(option, "-cp", folder.resolve("lib") + "/*", main.getName()));
        return command;
    }

    private Path folder(Path path) throws IOException {
        cleanup.before("folder " + path, () -> Leftovers.delete(path));
        Files.createDirectory(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(path.resolve("log"));
        cleanup.before("logs in " + path, () -> keepLogs(path.resolve("log")));
        return path;
    }

    /** The logs of the last lab that had this number stay, for whoever wonders why. */
    private void keepLogs(Path logs) throws IOException {
        Path kept = checkout.reports().resolve("lab-logs").resolve(folder.getFileName().toString().replaceFirst("[0-9]+-", ""));
        Leftovers.delete(kept);
        Files.createDirectories(kept.getParent());
        Checkout.copy(logs, kept);
    }

    private Path mountBpffs() throws IOException {
        Path mount = Files.createDirectory(folder.resolve("bpffs"));
        cleanup.before("bpffs " + mount, () -> Leftovers.unmount(mount));
        Shell.run("mount", "-t", "bpf", "bpf", mount.toString());
        return mount;
    }

    /** Waits until {@code state} holds. */
    public static void await(String what, Duration patience, Check state) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!state.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("expected within " + patience.toMillis() + " ms: " + what);
            }
            pause();
        }
    }

    /** A moment between two looks at something that cannot notify us. */
    static void pause() throws IOException {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting", e);
        }
    }

    /** Something that becomes true. */
    @FunctionalInterface
    public interface Check {
        boolean holds() throws IOException;
    }

    static Stream<Path> list(Path folder) throws IOException {
        return Files.isDirectory(folder) ? Files.list(folder) : Stream.empty();
    }
}
