package countersign.interception.linux;

import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The programs in force and everything they are told. Starting takes over what an earlier agent left pinned; closing leaves all of
 * it in force, so that guarded endpoints stay closed (interception.md section 5). Safe from any platform thread.
 */
final class Guard implements AutoCloseable {
    private final Kernel kernel;
    private final Links links;
    private final Policy policy;
    private final ConfigTable config;
    private final ListenerMark mark;
    private final RateBuckets buckets;
    private final CounterTable counters;
    private final AcceptedTable accepted;

    private KernelConfig current;
    private boolean egressGuard;
    private Set<Endpoint> wanted;
    private boolean proven;
    private boolean intact = true;
    private volatile Optional<InetSocketAddress> claimed;

    private Guard(Settings settings, PinFolder pins, Kernel kernel) throws InterceptionException {
        Path cgroup = Requirements.cgroup(settings.cgroupRoot());
        this.kernel = kernel;
        links = new Links(kernel, pins, cgroup);
        policy = new Policy(kernel.map("policy"));
        config = new ConfigTable(kernel.map("config"));
        refuseSecondAgent();
        current = describeSelf(settings, cgroup, config.proxyPort());
        mark = new ListenerMark(kernel.map("listeners"), kernel.map("targets"), current.homeNetns());
        buckets = new RateBuckets(kernel.map("buckets"));
        counters = new CounterTable(kernel.map("stats"));
        accepted = new AcceptedTable(kernel.map("accepted"), current.homeNetns());
        egressGuard = settings.egressGuard();
        policy.remove(Canary.ADDRESS);
        wanted = redirected();
        // Who takes over in a running agent is asked about connections before it is told of the listener.
        claimed = mark.inForce();
    }

    /** Checks the machine, loads and attaches. With nothing redirected yet, or by an earlier agent, this changes nobody's traffic. */
    static Guard start(Settings settings) throws InterceptionException {
        return start(settings, 0);
    }

    /** As {@link #start(Settings)}, with flow tables of {@code tableEntries} places when they are made anew; 0 for the usual size. */
    static Guard start(Settings settings, int tableEntries) throws InterceptionException {
        Requirements.check(settings);
        Libbpf.load(settings.libbpf());
        PinFolder pins = new PinFolder(settings.pinFolder());
        pins.prepare();
        int lock = pins.lock();
        try {
            Guard guard = over(Kernel.load(pins, tableEntries), settings, pins);
            guard.enforceOrClose();
            return guard;
        } finally {
            Libc.close(lock);
        }
    }

    /** See {@link countersign.interception.Interceptor#claim}. */
    synchronized void claim(InetSocketAddress listener) throws InterceptionException {
        mark.set(listener);
        write(current.withProxyPort(listener.getPort()));
        claimed = Optional.of(listener);
        prove(listener);
    }

    /** See {@link countersign.interception.Interceptor#redirect}. */
    synchronized void redirect(Set<Endpoint> endpoints) throws InterceptionException {
        policy.set(endpoints);
        wanted = Set.copyOf(endpoints);
    }

    synchronized Set<Endpoint> redirected() throws InterceptionException {
        Set<Endpoint> endpoints = new LinkedHashSet<>();
        policy.addresses().forEach(address -> Endpoint.at(address).ifPresent(endpoints::add));
        return endpoints;
    }

    synchronized boolean ready() {
        return proven && intact;
    }

    /** The listener that redirected connections may reach. Never blocks. */
    Optional<InetSocketAddress> claimed() {
        return claimed;
    }

    AcceptedTable accepted() {
        return accepted;
    }

    synchronized Map<String, Long> counters() throws InterceptionException {
        return counters.read();
    }

    /** Puts those settings in force that need no new start. */
    synchronized void apply(Settings settings) throws InterceptionException {
        write(current.with(settings));
        egressGuard = settings.egressGuard();
        attachOrDetachEgress();
    }

    /**
     * Compares the kernel with what it was told and repairs the difference: attachments, configuration, policy, listener.
     *
     * @return what was found wrong and is right again; empty when all was well
     * @throws InterceptionException when a repair failed; the guard is not {@link #ready} until one succeeds
     */
    synchronized List<String> repair() throws InterceptionException {
        intact = false;
        List<String> repaired = new ArrayList<>();
        for (Hook hook : links.broken(expectedHooks())) {
            links.attach(hook);
            repaired.add("program " + hook.program() + " was not attached as expected");
        }
        if (!config.holds(current)) {
            config.write(current);
            repaired.add("the configuration was changed");
        }
        if (!redirected().equals(wanted) || policy.addresses().size() != wanted.size()) {
            policy.set(wanted);
            repaired.add("the policy was changed");
        }
        if (claimed.isPresent() && !mark.isSet(claimed.get())) {
            mark.set(claimed.get());
            repaired.add("the listener's mark or target was changed");
        }
        if (claimed.isPresent() && (!repaired.isEmpty() || !proven)) {
            prove(claimed.get());
        }
        buckets.removeIdle(System.nanoTime());
        intact = true;
        return repaired;
    }

    /** Lets go of the kernel without changing what is in force. */
    @Override
    public synchronized void close() {
        proven = false;
        links.close();
        kernel.close();
    }

    private static Guard over(Kernel kernel, Settings settings, PinFolder pins) throws InterceptionException {
        try {
            return new Guard(settings, pins, kernel);
        } catch (InterceptionException e) {
            kernel.close();
            throw e;
        }
    }

    private void enforceOrClose() throws InterceptionException {
        try {
            enforce();
        } catch (InterceptionException e) {
            close();
            throw e;
        }
    }

    /** The configuration comes first: with it a successor may bind the guarded port and is exempt itself. */
    private synchronized void enforce() throws InterceptionException {
        config.write(current);
        buckets.prepare();
        for (Hook hook : expectedHooks()) {
            links.attach(hook);
        }
        attachOrDetachEgress();
    }

    private void attachOrDetachEgress() throws InterceptionException {
        if (egressGuard) {
            links.attach(Hook.EGRESS);
        } else {
            links.detach(Hook.EGRESS);
        }
    }

    private List<Hook> expectedHooks() {
        return Arrays.stream(Hook.values()).filter(hook -> hook != Hook.EGRESS || egressGuard).toList();
    }

    private void prove(InetSocketAddress listener) throws InterceptionException {
        proven = false;
        new Canary(policy, accepted, current.tgid(), current.startTicks()).sing(listener);
        proven = true;
    }

    private void write(KernelConfig next) throws InterceptionException {
        config.write(next);
        current = next;
    }

    private void refuseSecondAgent() throws InterceptionException {
        int other = config.livingAgent();
        if (other != 0 && other != ProcessHandle.current().pid()) {
            throw new InterceptionException("another agent, process " + other + ", guards this machine. Stop it first");
        }
    }

    private static KernelConfig describeSelf(Settings settings, Path cgroup, int proxyPort) throws InterceptionException {
        try {
            return new KernelConfig(
                    (int) ProcessHandle.current().pid(),
                    ProcessStat.ownStartTicks(),
                    FileSystems.inode(cgroup),
                    Sockets.netnsCookie(),
                    proxyPort,
                    settings.denyUnknownNetns(),
                    settings.rate(),
                    inRootCgroup());
        } catch (IOException e) {
            throw new InterceptionException("cannot read /proc/self: " + e.getMessage(), e);
        }
    }

    /** Whether even the agent lies in the root of cgroup v2, as everything does where cgroup v1 is in use. */
    private static boolean inRootCgroup() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/cgroup")).contains("0::/");
    }
}
