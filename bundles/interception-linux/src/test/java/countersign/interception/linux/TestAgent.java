package countersign.interception.linux;

import countersign.attribution.AttributionOutcome;
import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An agent without HTTP for the kernel tests: guards, accepts, and answers every connection with one line telling how it was
 * attributed. Runs in a process of its own and obeys the lines on its standard input, answering one line each.
 *
 * <p>Arguments: cgroup, pin folder, then options {@code name=value}.
 */
final class TestAgent {
    static final InetSocketAddress LISTENER = new InetSocketAddress("127.0.0.1", 3080);
    private static final int ACCEPTORS = 16;

    private final Settings settings;
    private final AtomicInteger paused = new AtomicInteger();
    private final List<Guard> superseded = new ArrayList<>();
    private final List<Thread> acceptors = new ArrayList<>();
    private final Queue<Long> times = new ConcurrentLinkedQueue<>();
    private volatile Guard guard;
    private volatile KernelAttribution attribution;
    private ServerSocketChannel listener;

    private TestAgent(Settings settings, Guard guard) {
        this.settings = settings;
        use(guard);
    }

    public static void main(String[] arguments) throws IOException {
        List<String> options = List.of(arguments).subList(2, arguments.length);
        Settings settings = new Settings(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                Libbpf.SYSTEM_LIBRARY,
                !options.contains("denyUnknownNetns=false"),
                !options.contains("egressGuard=false"),
                options.contains("rate") ? new Settings.Rate(2, 5) : Settings.Rate.OFF);
        long begin = System.nanoTime();
        TestAgent agent = new TestAgent(settings, Guard.start(settings, options.contains("tables=16") ? 16 : 0));
        String kept = agent.guard.redirected().toString();
        agent.listen();
        if (!options.contains("unclaimed")) {
            agent.guard.claim(LISTENER);
        }
        if (!options.contains("unredirected")) {
            agent.guard.redirect(Set.copyOf(Endpoint.ALL));
        }
        System.out.println("started in " + (System.nanoTime() - begin) / 1_000_000 + " ms, kept " + kept + ", ready " + agent.guard.ready());
        agent.obey();
    }

    private void use(Guard next) {
        guard = next;
        attribution = new KernelAttribution(next.accepted(), next::claimed, new ProcessReader(), new Users(System::nanoTime));
    }

    /** What a new agent does over pinned state, while this one goes on accepting. */
    private String reload() throws IOException {
        long begin = System.nanoTime();
        Guard next = Guard.start(settings);
        next.claim(LISTENER);
        superseded.add(guard); // open to the end: connections in flight still look up through it
        use(next);
        return "reloaded in " + (System.nanoTime() - begin) / 1_000_000 + " ms";
    }

    /** A connect of the agent itself, which must reach the host. */
    private static String connect() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            channel.socket().connect(new InetSocketAddress(Sandbox.IMDS, 80), 60_000);
            channel.socket().setSoTimeout(60_000);
            return new BufferedReader(new InputStreamReader(channel.socket().getInputStream(), StandardCharsets.UTF_8)).readLine();
        }
    }

    private void listen() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
        listener.bind(LISTENER, 1024);
        for (int i = 0; i < ACCEPTORS; i++) {
            Thread thread = new Thread(this::accept);
            thread.setDaemon(true);
            thread.start();
            acceptors.add(thread);
        }
    }

    /** A thread that is still in accept keeps the socket listening. */
    private void closeListener() throws IOException {
        listener.close();
        for (Thread acceptor : acceptors) {
            try {
                acceptor.join();
            } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted while closing");
            }
        }
        acceptors.clear();
    }

    private void accept() {
        while (true) {
            try (SocketChannel channel = listener.accept()) {
                awaitResumed();
                answer(channel);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // The client is gone; what it should have seen is the client's to tell.
            }
        }
    }

    private void answer(SocketChannel channel) throws IOException {
        InetSocketAddress client = (InetSocketAddress) channel.getRemoteAddress();
        InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
        long begin = System.nanoTime();
        AttributionOutcome outcome = attribution.attribute(client, local);
        times.add(System.nanoTime() - begin);
        String line = outcome.fold(
                attributed -> describe(attributed, record(client, local)), refused -> "unattributed " + refused.reason());
        channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private Optional<ConnectionRecord> record(InetSocketAddress client, InetSocketAddress local) {
        try {
            return guard.accepted().find(client, local, new Scratch());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String describe(AttributionOutcome.Attributed attributed, Optional<ConnectionRecord> found) {
        Caller caller = attributed.caller();
        if (found.isEmpty()) {
            return "attributed, then gone";
        }
        ConnectionRecord record = found.get();
        return String.format(
                "attributed endpoint=%s tgid=%d tid=%d uid=%d gid=%d euid=%d elevated=%b mapped=%b name=%s groups=%s exe=%s cmd=%s",
                attributed.endpoint(), caller.processId(), record.tid(), caller.uid(), record.gid(), record.euid(),
                caller.elevated(), (record.flags() & Layout.Record.V6MAPPED) != 0, caller.userName().orElse("-"),
                String.join(",", caller.groups()), caller.executable().orElse("-"), caller.commandLine().orElse("-"));
    }

    private void obey() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            try {
                System.out.println(perform(words));
            } catch (IOException e) {
                System.out.println("failed: " + e.getMessage());
            }
        }
        guard.close();
        superseded.forEach(Guard::close);
    }

    private String perform(String[] words) throws IOException {
        switch (words[0]) {
            case "counter":
                return Long.toString(guard.counters().get(words[1]));
            case "counters":
                return guard.counters().toString();
            case "repair":
                return guard.repair().toString();
            case "ready":
                return Boolean.toString(guard.ready());
            case "redirect":
                guard.redirect(words[1].equals("all") ? Set.copyOf(Endpoint.ALL) : Set.of());
                return guard.redirected().size() + " redirected";
            case "pause":
                paused.set(1);
                return "paused";
            case "resume":
                resume();
                return "resumed";
            case "attributed":
                Map<String, Long> counters = new LinkedHashMap<>();
                attribution.addCounters(counters);
                return Long.toString(counters.get("attributed"));
            case "median-us":
                long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
                return Long.toString(sorted[sorted.length / 2] / 1000);
            case "reload":
                return reload();
            case "connect":
                return connect();
            case "close-listener":
                closeListener();
                return "closed";
            case "listen-again":
                listen();
                return "listening, unmarked";
            default:
                throw new IOException("unknown command " + words[0]);
        }
    }

    private synchronized void resume() {
        paused.set(0);
        notifyAll();
    }

    private synchronized void awaitResumed() {
        boolean interrupted = false;
        while (paused.get() == 1) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
