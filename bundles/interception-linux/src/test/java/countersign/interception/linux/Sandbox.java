package countersign.interception.linux;

import com.sun.jna.NativeLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Two network namespaces, {@code host} and {@code fabric}, where only the second has the guarded addresses; a private bpffs and a
 * cgroup of its own. Everything is removed by {@link #close}, also when the JVM is told to end.
 */
final class Sandbox implements AutoCloseable {
    static final String IMDS = "169.254.169.254";
    static final String WIRESERVER = "168.63.129.16";
    private static final Path CGROUP_ROOT = Path.of("/sys/fs/cgroup");
    private static final int COMMAND_SECONDS = 300;
    private static int sandboxes;

    final String host;
    final String fabric;
    final Path cgroup;
    final Path folder;
    final Path nettool;
    private final Path bpffs;
    private final Deque<Step> undo = new ArrayDeque<>();
    private final Thread hook = new Thread(this::undo);

    private Sandbox() throws IOException {
        String id = ProcessHandle.current().pid() + "-" + ++sandboxes;
        host = "csh" + id;
        fabric = "csf" + id;
        folder = Files.createTempDirectory("countersign-it");
        cgroup = Requirements.cgroup(CGROUP_ROOT).resolve("countersign-it-" + id);
        bpffs = folder.resolve("bpf");
        nettool = folder.resolve("nettool");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Makes a sandbox; needs what {@link #missing} looks for. */
    static Sandbox open() throws IOException {
        Sandbox sandbox = new Sandbox();
        try {
            sandbox.build();
            return sandbox;
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    /** What this machine lacks for kernel tests. */
    static List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (Libc.geteuid() != 0) {
            missing.add("root");
        }
        if (!Files.exists(Path.of("/sys/kernel/btf/vmlinux"))) {
            missing.add("kernel BTF");
        }
        if (FileSystems.type(Requirements.cgroup(CGROUP_ROOT)) != 0x63677270L) {
            missing.add("cgroup v2");
        }
        for (String tool : List.of("gcc", "ip", "nsenter", "mount", "setpriv")) {
            if (run(List.of("sh", "-c", "command -v " + tool)).status != 0) {
                missing.add(tool);
            }
        }
        try {
            Libbpf.load(Libbpf.SYSTEM_LIBRARY);
        } catch (IOException e) {
            missing.add(Libbpf.SYSTEM_LIBRARY);
        }
        return missing;
    }

    private void build() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        undo.push(() -> deleteTree(folder));
        must("gcc", "-O2", "-Wall", "-pthread", "-o", nettool.toString(), "src/test/c/nettool.c", "src/test/c/uring.c");
        Files.createDirectory(bpffs);
        must("mount", "-t", "bpf", "bpf", bpffs.toString());
        undo.push(() -> must("umount", bpffs.toString()));
        Files.createDirectory(cgroup);
        undo.push(this::removeCgroup);
        makeNetwork();
    }

    private void makeNetwork() {
        for (String namespace : List.of(host, fabric)) {
            must("ip", "netns", "add", namespace);
            undo.push(() -> must("ip", "netns", "del", namespace));
            must("ip", "-n", namespace, "link", "set", "lo", "up");
        }
        must("ip", "-n", host, "link", "add", "up0", "type", "veth", "peer", "name", "down0", "netns", fabric);
        must("ip", "-n", host, "addr", "add", "10.99.0.1/30", "dev", "up0");
        must("ip", "-n", fabric, "addr", "add", "10.99.0.2/30", "dev", "down0");
        must("ip", "-n", host, "link", "set", "up0", "up");
        must("ip", "-n", fabric, "link", "set", "down0", "up");
        for (String address : List.of(IMDS, WIRESERVER)) {
            must("ip", "-n", fabric, "addr", "add", address + "/32", "dev", "lo");
            must("ip", "-n", host, "route", "add", address + "/32", "via", "10.99.0.2");
        }
        Child server = startIn(fabric, false, List.of(nettool.toString(), "serve"));
        server.expect("serving");
    }

    /** A folder for pins, not made yet. */
    Path pins(String name) {
        return bpffs.resolve(name);
    }

    /** Starts an agent in {@code host} and waits until it said that it is up. */
    Child agent(Path pins, String... options) {
        List<String> command = new ArrayList<>(java("-Xmx256m"));
        command.addAll(List.of(TestAgent.class.getName(), cgroup.toString(), pins.toString()));
        command.addAll(List.of(options));
        return startIn(host, true, command);
    }

    /** The start of a command that runs a class of these tests. */
    static List<String> java(String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        return command;
    }

    /** Runs nettool as a guarded process in {@code host} and returns what it printed. */
    String client(String... arguments) {
        List<String> command = new ArrayList<>(List.of(nettool.toString()));
        command.addAll(List.of(arguments));
        return inHost(command);
    }

    /** Runs nettool in {@code host} as a process of a guarded cgroup of its own. */
    String clientInOtherCgroup(String... arguments) throws IOException {
        Path other = cgroup.resolve("other");
        if (!Files.exists(other)) {
            Files.createDirectory(other);
            undo.push(() -> Files.delete(other));
        }
        List<String> command = new ArrayList<>(List.of("sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", other.resolve("cgroup.procs").toString()));
        command.addAll(List.of("nsenter", "--net=/run/netns/" + host, nettool.toString()));
        command.addAll(List.of(arguments));
        return run(command).output.strip();
    }

    /** Runs any command as a guarded process in {@code host} and returns what it printed. */
    String inHost(List<String> command) {
        return run(wrap(host, true, command)).output.strip();
    }

    Child startClient(String... arguments) {
        List<String> command = new ArrayList<>(List.of(nettool.toString()));
        command.addAll(List.of(arguments));
        return startIn(host, true, command);
    }

    Child startIn(String namespace, boolean guarded, List<String> command) {
        try {
            Process process = new ProcessBuilder(wrap(namespace, guarded, command)).redirectErrorStream(true).start();
            undo.push(() -> kill(process));
            return new Child(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many entries a pinned flow table has. */
    int entries(Path pins, String map) throws IOException {
        int fd = open(new PinFolder(pins).map(map));
        try {
            return new BpfMap(map, fd).forEachKey(Layout.FlowKey.SIZE, key -> {});
        } finally {
            Libc.close(fd);
        }
    }

    @Override
    public void close() {
        undo();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down and the hook does the work.
        }
    }

    static void must(String... command) {
        Result result = run(List.of(command));
        if (result.status != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + result.output);
        }
    }

    /** Waits until {@code condition} holds; fails after a minute. */
    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited a minute in vain");
            }
            Thread.onSpinWait();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    record Result(int status, String output) {}

    private synchronized void undo() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (IOException | RuntimeException e) {
                System.err.println("sandbox not clean: " + e.getMessage());
            }
        }
    }

    private List<String> wrap(String namespace, boolean guarded, List<String> command) {
        List<String> wrapped = new ArrayList<>();
        if (guarded) {
            wrapped.addAll(List.of("sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", cgroup.resolve("cgroup.procs").toString()));
        }
        wrapped.addAll(List.of("nsenter", "--net=/run/netns/" + namespace));
        wrapped.addAll(command);
        return wrapped;
    }

    /** The MAC address of the fabric's end of the wire. */
    String fabricMac() {
        String line = run(List.of("ip", "-n", fabric, "-o", "link", "show", "down0")).output;
        return line.replaceFirst("(?s).*link/ether (\\S+).*", "$1");
    }

    /** Detaches a pinned link for good, as a hostile root would. */
    void detachLink(Path pins, Hook hook) {
        int link = open(new PinFolder(pins).link(hook.program()));
        int result = NativeLibrary.getInstance(Libbpf.SYSTEM_LIBRARY)
                .getFunction("bpf_link_detach")
                .invokeInt(new Object[] {link});
        Libc.close(link);
        if (result != 0) {
            throw new IllegalStateException("cannot detach " + hook);
        }
    }

    /** Opens a pinned map for reading and writing behind the agent's back. */
    BpfMap map(Path pins, String name) {
        return new BpfMap(name, open(new PinFolder(pins).map(name)));
    }

    private static int open(Path pin) {
        int fd = Libbpf.bpf_obj_get(Libc.text(pin));
        if (fd < 0) {
            throw new IllegalStateException("cannot open " + pin + ": " + Libc.describe(Libc.errno()));
        }
        return fd;
    }

    private void removeCgroup() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                Files.deleteIfExists(cgroup);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    private static void deleteTree(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    static Result run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                kill(process);
                throw new IllegalStateException("took longer than " + COMMAND_SECONDS + " s: " + command);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A running process to talk to line by line. */
    static final class Child {
        private final Process process;
        private final BufferedReader output;
        private final PrintWriter input;

        private Child(Process process) {
            this.process = process;
            output = process.inputReader(StandardCharsets.UTF_8);
            input = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        }

        /** Waits for a line that holds {@code text}; anything else before the end of output fails. */
        String expect(String text) {
            StringBuilder seen = new StringBuilder();
            try {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    if (line.contains(text)) {
                        return line;
                    }
                    seen.append(line).append('\n');
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            throw new IllegalStateException("ended without " + text + ":\n" + seen);
        }

        /** Sends a line. */
        void send(String line) {
            input.println(line);
        }

        /** Sends a line and returns the next line of output. */
        String ask(String line) {
            send(line);
            return expect("");
        }

        /** Asks until the answer is {@code expected}. */
        void await(String question, String expected) {
            Sandbox.await(() -> ask(question).equals(expected));
        }

        long pid() {
            return process.pid();
        }

        /** SIGKILL, and waits for the end. */
        void kill() {
            Sandbox.kill(process);
        }

        /** Ends its input and waits for the end. */
        void end() {
            input.close();
            process.onExit().join();
        }
    }
}
