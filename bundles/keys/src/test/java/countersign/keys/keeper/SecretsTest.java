package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every scenario with every logger at its finest: no key and no signature is said, and the heap at the end holds at most one copy of a key. */
@Timeout(900)
class SecretsTest {
    @TempDir Path temp;

    @Test
    void secrets_areNeitherSaidNorLeftInTheHeap() throws Exception {
        Path folder = temp.resolve("keys");
        Path all = temp.resolve("all.hprof");
        Path live = temp.resolve("live.hprof");
        String finest = "-Djava.util.logging.config.file=" + Path.of(getClass().getResource("/finest.properties").toURI());
        try (HttpHost host = new HttpHost(); AgentHandle agent = new AgentHandle(host, folder, 0, finest)) {
            String current = driveEveryScenario(host, agent, folder);
            agent.tell("dump all " + all);
            agent.await("DUMPED");
            agent.tell("dump live " + live);
            agent.await("DUMPED");
            List<String> secrets;
            synchronized (host.model()) {
                secrets = host.model().secrets();
            }
            assertTrue(secrets.size() >= 5 && host.signatures().size() >= 5, secrets.size() + " keys, " + host.signatures().size() + " signatures");
            assertNothingSaid(agent.lines(), secrets, host.signatures());
            // With what waits for the collector: buffers are overwritten, not just dropped.
            assertNoDigits(Files.readAllBytes(all), secrets);
            assertHeap(Files.readAllBytes(live), secrets, current);
        }
    }

    /** Returns the key that is in use at the end. */
    private static String driveEveryScenario(HttpHost host, AgentHandle agent, Path folder) throws IOException {
        poll(agent);
        for (ModelHost.StatusFault fault : ModelHost.StatusFault.values()) {
            tell(host, model -> model.fault(fault));
            poll(agent);
        }
        for (ModelHost.KeyFault fault : ModelHost.KeyFault.values()) {
            tell(host, ModelHost::rotate);
            tell(host, model -> model.fault(fault));
            poll(agent);
        }
        for (ModelHost.AttestFault fault : ModelHost.AttestFault.values()) {
            tell(host, ModelHost::rotate);
            tell(host, model -> model.fault(fault));
            poll(agent);
            poll(agent);
        }
        for (ModelHost.Document document : ModelHost.Document.values()) {
            tell(host, model -> model.serve(document));
            poll(agent);
        }
        damageFiles(folder);
        tell(host, model -> model.serve(ModelHost.Document.OFF));
        poll(agent);
        tell(host, model -> model.serve(ModelHost.Document.ENFORCE));
        poll(agent);
        assertFalse(poll(agent).endsWith("none"));
        synchronized (host.model()) {
            List<String> all = host.model().secrets();
            return all.get(all.size() - 1);
        }
    }

    private static void damageFiles(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".key")).toList()) {
                byte[] content = Files.readAllBytes(file);
                content[content.length - 3] = 'x';
                Files.write(file, content);
            }
        }
    }

    private static String poll(AgentHandle agent) throws IOException {
        agent.tell("poll");
        return agent.await("POLLED");
    }

    private interface Order {
        void to(ModelHost model);
    }

    private static void tell(HttpHost host, Order order) {
        synchronized (host.model()) {
            order.to(host.model());
        }
    }

    private static void assertNothingSaid(List<String> lines, List<String> keys, List<String> signatures) {
        String said = String.join("\n", lines).toLowerCase(Locale.ROOT);
        assertTrue(said.contains("taken for missing"), "the loggers were not heard: " + said.substring(0, Math.min(2000, said.length())));
        for (String key : keys) {
            for (int part = 0; part < key.length(); part += 16) {
                assertFalse(said.contains(key.substring(part, part + 16).toLowerCase(Locale.ROOT)), "a key was said");
            }
        }
        for (String signature : signatures) {
            assertFalse(said.contains(signature.substring(0, 16)), "a signature was said");
        }
        assertFalse(said.contains("azure-hmac-sha256 0"), "an authorization header was said");
    }

    private static void assertNoDigits(byte[] dump, List<String> keys) {
        Needles needles = new Needles();
        for (String key : keys) {
            for (String text : List.of(key, key.toLowerCase(Locale.ROOT))) {
                for (int part = 0; part < text.length(); part += 16) {
                    needles.add("digits as bytes", text.substring(part, part + 16).getBytes(StandardCharsets.US_ASCII));
                    needles.add("digits as chars", text.substring(part, part + 16).getBytes(StandardCharsets.UTF_16BE));
                    needles.add("digits as chars", text.substring(part, part + 16).getBytes(StandardCharsets.UTF_16LE));
                }
            }
        }
        assertEquals(List.of(), needles.in(dump));
    }

    private static void assertHeap(byte[] dump, List<String> keys, String current) {
        assertNoDigits(dump, keys);
        Needles needles = new Needles();
        keys.forEach(key -> needles.add(key.equals(current) ? "current" : "earlier " + keys.indexOf(key), HexFormat.of().parseHex(key)));
        List<String> found = needles.in(dump);
        assertEquals(1, found.stream().filter("current"::equals).count(), "copies of the key in use: " + found);
        assertEquals(found.size(), found.stream().distinct().count(), "a key is there twice: " + found);
    }
}
