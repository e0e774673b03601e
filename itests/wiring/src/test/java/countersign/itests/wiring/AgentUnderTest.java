package countersign.itests.wiring;

import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import countersign.attribution.Attribution;
import countersign.attribution.AttributionOutcome;
import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import countersign.interception.Interceptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ops4j.pax.exam.Option;

/** The image without its kernel part: attribution and interception are played by the test, all else is real. */
final class AgentUnderTest {
    private static final Path FOLDER = folder();
    static final Path CONFIGURATION = FOLDER.resolve("proxy-agent.json");

    /** An ordinary user with a proven executable, calling IMDS. */
    static final Caller ALICE = new Caller(1000, Optional.of("alice"), List.of("alice"), 4711, 100, Optional.of("/usr/bin/curl"), Optional.of("curl"), false);

    private AgentUnderTest() {}

    static Option image() {
        return composite(Image.bundlesWithout("countersign.interception.linux", "org.apache.felix.fileinstall"), folders());
    }

    /** Keeps the agent to a folder of the test's own, and from sending telemetry. */
    static Option folders() {
        return composite(
                junitBundles(),
                frameworkProperty("countersign.config").value(CONFIGURATION.toString()),
                frameworkProperty("countersign.telemetryMinute").value(Long.toString(Duration.ofDays(1).toMillis())),
                frameworkProperty("countersign.statusFolder").value(FOLDER.resolve("status").toString()));
    }

    /** Writes the agent's configuration file, whole or not at all. */
    static void configure(String canonicalRequestMode) throws IOException {
        Path next = FOLDER.resolve("proxy-agent.json.next");
        Files.writeString(next, """
                {"logFolder": "%1$s/log", "eventFolder": "%1$s/events", "latchKeyFolder": "%1$s/keys",
                 "monitorIntervalInSeconds": 60, "pollKeyStatusIntervalInSeconds": 1, "ebpfProgramName": "unused.o",
                 "fileLogLevel": "Info", "canonicalRequestMode": "%2$s"}
                """.formatted(FOLDER, canonicalRequestMode));
        Files.move(next, CONFIGURATION, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** Says of every connection that Alice made it, to IMDS. */
    static Attribution everythingIsAlice() {
        return (client, listener) -> new AttributionOutcome.Attributed(Endpoint.IMDS, ALICE);
    }

    /** Redirects nothing, and says so truthfully. */
    static final class NoInterception implements Interceptor {
        private volatile Set<Endpoint> redirected = Set.of();

        @Override
        public void claim(InetSocketAddress listener) {}

        @Override
        public void redirect(Set<Endpoint> endpoints) {
            redirected = Set.copyOf(endpoints);
        }

        @Override
        public Set<Endpoint> redirected() {
            return redirected;
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }
    }

    private static Path folder() {
        try {
            // Shared between the JVM's own class loader and the test probe's, hence a property and not a field.
            String known = System.getProperty("countersign.wiring.folder");
            if (known != null) {
                return Path.of(known);
            }
            Path folder = Files.createTempDirectory("countersign-wiring", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            System.setProperty("countersign.wiring.folder", folder.toString());
            return folder;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
