package countersign.keys.keeper;

import com.sun.management.HotSpotDiagnosticMXBean;
import countersign.endpoint.Endpoint;
import countersign.files.AtomicFile;
import countersign.host.HostClient;
import countersign.host.HostRequest;
import countersign.host.HostResponse;
import countersign.host.client.RealClient;
import countersign.keys.ChannelState;
import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import countersign.keys.vault.file.RealVault;
import countersign.policy.RuleDocument;
import countersign.telemetry.NoticeEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The secure channel with the shipped client and vault in a process of its own, for tests that kill it or look into it. Takes the host's port,
 * the key folder and the number of the step at which to stand still (0: never); then one command per line: {@code poll}, {@code dump live|all FILE},
 * {@code end}. Every step and everything said goes to standard output.
 */
final class AgentProcess implements ChannelOutput {
    private final int standAt;
    private int steps;
    private ChannelState state = ChannelState.UNKNOWN;

    private AgentProcess(int standAt) {
        this.standAt = standAt;
    }

    public static void main(String[] args) throws Exception {
        AgentProcess process = new AgentProcess(Integer.parseInt(args[2]));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        Consumer<AtomicFile.Step> fileSteps = step -> process.step("file " + step);
        HostClient host = process.watched(RealClient.to(address, new PlainEndorser()));
        KeyVault vault = process.watched(RealVault.in(Path.of(args[1]), fileSteps));
        SecureChannel channel = new SecureChannel(host, answer -> System.out.println("SAID " + answer), vault, process, System::nanoTime, 1_000_000_000L);
        process.obey(channel);
    }

    private void obey(SecureChannel channel) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line = commands.readLine(); line != null && !line.equals("end"); line = commands.readLine()) {
            if (line.equals("poll")) {
                channel.poll();
                System.out.println("POLLED " + steps + " " + state.key().map(SigningKey::guid).orElse("none"));
            } else {
                String[] dump = line.split(" ");
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump[2], dump[1].equals("live"));
                System.out.println("DUMPED");
            }
        }
    }

    private void step(String name) {
        steps++;
        System.out.println("STEP " + steps + " " + name);
        if (steps == standAt) {
            System.out.println("STANDING");
            while (true) {
                // Until killed.
                Thread.onSpinWait();
            }
        }
    }

    private HostClient watched(HostClient client) {
        return new HostClient() {
            @Override
            public HostResponse send(HostRequest request) throws IOException {
                step("before " + request.method() + " " + request.target());
                HostResponse response = client.send(request);
                step("after " + request.method() + " " + request.target());
                return response;
            }
        };
    }

    private KeyVault watched(KeyVault vault) {
        return new KeyVault() {
            @Override
            public void store(SigningKey key) throws IOException {
                vault.store(key);
            }

            @Override
            public void confirm(String guid) throws IOException {
                step("before confirm");
                vault.confirm(guid);
                step("after confirm");
            }

            @Override
            public Optional<SigningKey> pending(String guid) throws IOException {
                return vault.pending(guid);
            }

            @Override
            public Optional<SigningKey> load(String guid) throws IOException {
                return vault.load(guid);
            }

            @Override
            public void prune(String current, Optional<String> previous) throws IOException {
                vault.prune(current, previous);
                step("after prune");
            }
        };
    }

    @Override
    public void channel(ChannelState next) {
        state = next;
        System.out.println("SAID " + next);
        step("published");
    }

    @Override
    public void rules(RuleDocument rules) {
        System.out.println("SAID " + rules);
    }

    @Override
    public void redirect(Set<Endpoint> wanted) {
        System.out.println("SAID " + wanted);
    }

    @Override
    public void latched() {
        System.out.println("SAID latched");
    }

    @Override
    public void reset() {
        System.out.println("SAID reset");
    }

    @Override
    public void report(ChannelReport report) {
        System.out.println("SAID " + report + " " + report.states());
    }

    @Override
    public void message(String text) {
        System.out.println("SAID " + text);
    }

    @Override
    public void success(String text) {
        System.out.println("SAID " + text);
    }

    @Override
    public void notice(NoticeEvent.Level level, String name, String text) {
        System.out.println("SAID " + level + " " + name + " " + text);
    }
}
