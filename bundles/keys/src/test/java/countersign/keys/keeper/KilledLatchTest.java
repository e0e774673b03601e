package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.host.client.RealClient;
import countersign.keys.ChannelState;
import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import countersign.keys.vault.file.RealVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at each step of a latch: the key before it is never lost, and the next start ends with a key that the host accepted. */
@Timeout(1800)
class KilledLatchTest {
    private static final int CHAINS = 2;
    private static final int KILLS = Integer.getInteger("countersign.kills", 100);

    @TempDir Path temp;

    @Test
    void kill_atEveryStepOfTheLatch_losesNothing() throws Exception {
        Map<String, Integer> kills = new ConcurrentSkipListMap<>();
        ExecutorService chains = Executors.newFixedThreadPool(CHAINS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int chain = 0; chain < CHAINS; chain++) {
                int number = chain;
                running.add(chains.submit(() -> {
                    killAgainAndAgain(number, kills);
                    return null;
                }));
            }
            for (Future<?> chain : running) {
                chain.get();
            }
        } finally {
            chains.shutdownNow();
        }
        assertEquals(KILLS, kills.values().stream().mapToInt(Integer::intValue).sum());
        System.out.println("killed " + KILLS + " times at " + kills);
    }

    private void killAgainAndAgain(int chain, Map<String, Integer> kills) throws Exception {
        Path folder = temp.resolve("keys" + chain);
        try (HttpHost host = new HttpHost()) {
            recover(host, folder);
            List<String> steps = stepsOfOneRotation(host, folder);
            // So many that nothing is missing, so few that each chain comes to each of them.
            assertTrue(steps.size() >= 18 && steps.size() <= 100 / CHAINS, steps.toString());
            SigningKey good = recover(host, folder);
            for (int i = chain; i < KILLS; i += CHAINS) {
                int step = 1 + i / CHAINS % steps.size();
                rotate(host);
                String killed = killAt(host, folder, step);
                assertEquals(name(steps.get(step - 1)), killed);
                kills.merge(killed, 1, Integer::sum);
                assertTrue(RealVault.in(folder, ignored -> {}).load(good.guid()).filter(good::sameKeyAs).isPresent(), "lost the good key at step " + step);
                good = recover(host, folder);
            }
        }
    }

    private List<String> stepsOfOneRotation(HttpHost host, Path folder) throws Exception {
        rotate(host);
        try (AgentHandle agent = new AgentHandle(host, folder, 0)) {
            agent.tell("poll");
            agent.await("POLLED");
            return agent.lines().stream().filter(line -> line.startsWith("STEP")).toList();
        }
    }

    /** The name of the step it stood at. */
    private static String killAt(HttpHost host, Path folder, int step) throws Exception {
        try (AgentHandle agent = new AgentHandle(host, folder, step)) {
            agent.tell("poll");
            agent.await("STANDING");
            assertEquals(137, agent.kill());
            List<String> lines = agent.lines();
            return name(lines.get(lines.size() - 2));
        }
    }

    private static String name(String step) {
        return step.replaceFirst("[0-9a-f]{8}-[0-9a-f-]{27}", "GUID");
    }

    /** What a start does: two turns of an agent that remembers nothing, then everything is in order. */
    private static SigningKey recover(HttpHost host, Path folder) throws Exception {
        KeyVault vault = RealVault.in(folder, ignored -> {});
        KeyRingOnly ring = new KeyRingOnly();
        SecureChannel channel = new SecureChannel(RealClient.to(host.address(), new PlainEndorser()), answer -> {}, vault, ring, System::nanoTime, 1);
        channel.poll();
        channel.poll();
        SigningKey key = ring.state.key().orElseThrow();
        assertEquals(named(host), key.guid());
        assertTrue(vault.load(key.guid()).orElseThrow().sameKeyAs(key));
        synchronized (host.model()) {
            assertTrue(host.model().accepts(key));
        }
        assertTidy(folder);
        return key;
    }

    private static void assertTidy(Path folder) throws IOException {
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        List<Path> files = new ArrayList<>();
        try (Stream<Path> found = Files.list(folder)) {
            found.forEach(files::add);
        }
        for (Path file : files) {
            assertTrue(file.toString().endsWith(".key"), "left behind: " + files);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        // Current and previous, also when the end came before pruning.
        assertTrue(files.size() <= 2, files.toString());
    }

    private static void rotate(HttpHost host) {
        synchronized (host.model()) {
            host.model().rotate();
        }
    }

    private static String named(HttpHost host) {
        synchronized (host.model()) {
            return host.model().named();
        }
    }

    private static final class KeyRingOnly extends SilentOutput {
        private ChannelState state = ChannelState.UNKNOWN;

        @Override
        public void channel(ChannelState next) {
            state = next;
        }
    }
}
