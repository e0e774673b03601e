package countersign.itests.wiring;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import countersign.attribution.Attribution;
import countersign.authorization.AccessRequest;
import countersign.authorization.Authorizer;
import countersign.authorization.Decision;
import countersign.authorization.Proposal;
import countersign.endpoint.Endpoint;
import countersign.interception.Interceptor;
import countersign.policy.AccessControlRules;
import countersign.policy.PolicyContribution;
import countersign.policy.PolicySource;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.NoticeEvent;
import countersign.telemetry.TelemetryExporter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The administrator's rule files and the reports on refusals, in the composed image. The platform's document is the test's. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PolicyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path FOLDER = AgentUnderTest.CONFIGURATION.resolveSibling("rules");
    private static final Path FILE = FOLDER.resolve("IMDS_Rules.json");
    private static final String MARKER =
            Base64.getEncoder().encodeToString("{\"id\":\"base\",\"useLocalFileRules\":true}".getBytes(StandardCharsets.UTF_8));
    private static final String WITHOUT_FILE = "base-useLocalFileRules-true";
    private static final String ALLOW = "{\"defaultAccess\":\"allow\",\"id\":\"site\"}";

    @Inject
    private BundleContext context;

    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final Queue<AgentEvent> events = new ConcurrentLinkedQueue<>();
    private final Platform platform = new Platform();

    /** Sends what the test wants. */
    private static final class Platform implements PolicySource {
        private final Queue<Runnable> subscribers = new ConcurrentLinkedQueue<>();
        private volatile RuleItem item = new RuleItem("deny", "enforce", MARKER, Optional.empty());

        void send(String defaultAccess, String mode, Optional<AccessControlRules> rules) {
            item = new RuleItem(defaultAccess, mode, MARKER, rules);
            subscribers.forEach(Runnable::run);
        }

        @Override
        public String name() {
            return "platform";
        }

        @Override
        public Optional<PolicyContribution> current() {
            return Optional.of(new PolicyContribution.Host(new RuleDocument(Optional.of(item), Optional.empty(), Optional.empty())));
        }

        @Override
        public Subscription subscribe(Runnable onChange) {
            subscribers.add(onChange);
            return () -> subscribers.remove(onChange);
        }
    }

    @Configuration
    public Option[] image() throws Exception {
        AgentUnderTest.configure("enforce");
        return options(AgentUnderTest.image());
    }

    @Before
    public void platformAsksForLocalRules_ofWhichThereAreNone() throws Exception {
        assumeTrue("needs root: rule files must be root's", System.getProperty("countersign.namespace") != null);
        Await.until("the rules folder is there", PATIENCE, () -> Files.isDirectory(FOLDER));
        Files.deleteIfExists(FILE);
        register(Interceptor.class, new AgentUnderTest.NoInterception());
        register(Attribution.class, AgentUnderTest.everythingIsAlice());
        register(TelemetryExporter.class, events::add);
        register(PolicySource.class, platform);
        awaitDecision("deny " + WITHOUT_FILE);
    }

    @After
    public void takeBackWhatTheTestRegistered() {
        registrations.forEach(ServiceRegistration::unregister);
    }

    @Test
    public void folder_isBesideTheKeys_andRootsAlone() throws Exception {
        assertEquals(AgentUnderTest.CONFIGURATION.resolveSibling("keys").resolveSibling("rules"), FOLDER);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(FOLDER)));
        assertEquals(0, Files.getAttribute(FOLDER, "unix:uid"));
    }

    @Test
    public void file_thatAppearsChangesAndVanishes_countsWithoutARestart() throws Exception {
        write(ALLOW);
        awaitDecision("allow " + WITHOUT_FILE + "_site");
        awaitNotice("IMDS WARN LocalFileRulesStateChanged: " + FILE + ": found");
        awaitNotice("IMDS INFO LocalRulesFileParseSuccess: " + FILE + ": id site, attempt 1");
        long epoch = authorizer().snapshot().epoch();
        write("{\"defaultAccess\":\"deny\",\"id\":\"other\"}");
        awaitDecision("deny " + WITHOUT_FILE + "_other");
        assertEquals("one change, one snapshot", epoch + 1, authorizer().snapshot().epoch());
        Files.delete(FILE);
        awaitDecision("deny " + WITHOUT_FILE);
        awaitNotice("IMDS WARN LocalFileRulesStateChanged: " + FILE + ": deleted");
    }

    @Test
    public void fileThatCannotBeUsed_failsClosed_untilItCan() throws Exception {
        platform.send("allow", "enforce", Optional.empty());
        awaitDecision("allow " + WITHOUT_FILE);
        write(ALLOW);
        awaitDecision("allow " + WITHOUT_FILE + "_site");
        write("{\"defaultAccess\":");
        awaitDecision("deny " + WITHOUT_FILE);
        awaitNotice("IMDS ERROR LocalRulesFileParseFailed: " + FILE + ": ");
        platform.send("allow", "audit", Optional.empty());
        awaitDecision("allow-audited " + WITHOUT_FILE);
        platform.send("allow", "enforce", Optional.empty());
        write("{\"defaultAccess\":\"perhaps\"}");
        awaitNotice("\"perhaps\"");
        awaitDecision("deny " + WITHOUT_FILE);
        write(ALLOW);
        awaitDecision("allow " + WITHOUT_FILE + "_site");
    }

    @Test
    public void fileThatCannotBeTrusted_failsClosed_untilItCan() throws Exception {
        platform.send("allow", "enforce", Optional.empty());
        Path elsewhere = Files.writeString(FOLDER.resolve("elsewhere"), ALLOW);
        Map<String, Stand> stands = Map.of(
                "expected a regular file that is no link", () -> Files.createSymbolicLink(FILE, elsewhere),
                "got mode 0664", () -> Files.setPosixFilePermissions(Files.writeString(FILE, ALLOW), PosixFilePermissions.fromString("rw-rw-r--")),
                "expected owner 0, got 65534", () -> Files.setAttribute(Files.writeString(FILE, ALLOW), "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS),
                "expected a regular file", () -> assertEquals(0, new ProcessBuilder("mkfifo", FILE.toString()).start().waitFor()),
                "expected at most 1048576 bytes, got 1048577", () -> Files.writeString(FILE, " ".repeat(1 << 20) + "x"));
        for (Map.Entry<String, Stand> stand : stands.entrySet()) {
            write(ALLOW);
            awaitDecision("allow " + WITHOUT_FILE + "_site");
            events.clear();
            Files.delete(FILE);
            stand.getValue().in();
            awaitDecision("deny " + WITHOUT_FILE);
            awaitNotice("IMDS ERROR LocalRulesFileMetadataReadFailed: " + FILE + ": ");
            awaitNotice(stand.getKey());
        }
    }

    @Test
    public void bundle_stoppedAndStarted_keepsItsRulesInForceMeanwhile_andTakesUpWhatChanged() throws Exception {
        write(ALLOW);
        awaitDecision("allow " + WITHOUT_FILE + "_site");
        Bundle bundle = bundle("countersign.policy.local");
        bundle.stop();
        Await.until("its timer has ended", PATIENCE, () -> Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith("countersign-rules")));
        write("{\"defaultAccess\":\"deny\",\"id\":\"later\"}");
        long epoch = authorizer().snapshot().epoch();
        platform.send("deny", "enforce", Optional.of(new AccessControlRules(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())));
        Await.until("rules are compiled without it", PATIENCE, () -> authorizer().snapshot().epoch() > epoch);
        assertEquals("rules do not vanish with their source", "allow " + WITHOUT_FILE + "_site", decision("/metadata/instance"));
        bundle.start();
        awaitDecision("deny " + WITHOUT_FILE + "_later");
        Files.delete(FILE);
        awaitDecision("deny " + WITHOUT_FILE);
    }

    @Test
    public void refusal_isReportedWithTheChangeThatLetsItPass_andNothingOfItIsToldToTheCaller() throws Exception {
        String target = "/metadata/identity/oauth2/token?resource=vault";
        HttpResponse<String> answer = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:3080" + target)).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(403, answer.statusCode());
        assertTrue(answer.body(), answer.body().matches("\\{\"decisionId\":\"[a-z0-9-]+\",\"stage\":\"rules\",\"endpoint\":\"imds\","
                + "\"canonicalPath\":\"/metadata/identity/oauth2/token\",\"epoch\":\\d+}"));

        String id = answer.body().replaceFirst(".*?:\"", "").replaceFirst("\".*", "");
        Path log = AgentUnderTest.CONFIGURATION.resolveSibling("log").resolve("ProxyAgent.Connection.log");
        Await.until("the event is logged", PATIENCE, () -> Files.readString(log).contains("\"decisionId\":\"" + id + "\""));
        String line = Files.readAllLines(log).stream().filter(text -> text.contains(id)).findFirst().orElseThrow();
        assertTrue(line, line.contains(",\"proposal\":{\"add\":{\"privileges\":[{\"name\":\"allow-path\",\"path\":\"/metadata/identity/oauth2/token\","
                + "\"queryParameters\":{\"resource\":\"vault\"}}],") && line.contains("{\"name\":\"allow-caller\",\"userName\":\"alice\",\"groupName\":\"alice\","
                + "\"exePath\":\"/usr/bin/curl\",\"processName\":\"curl\"}") && line.contains("\"alsoAllows\":[\"every path below "));

        Proposal.Change change = (Proposal.Change) audit(id).explanation().orElseThrow().remedy().proposal().orElseThrow();
        platform.send("deny", "enforce", Optional.of(change.additions()));
        Await.until("the change is in force", PATIENCE, () -> decision(target).startsWith("allow "));
        assertEquals("deny " + WITHOUT_FILE, decision(target.replace("vault", "other")));
    }

    @FunctionalInterface
    private interface Stand {
        void in() throws Exception;
    }

    private AuditEvent audit(String decisionId) throws InterruptedException {
        List<AuditEvent> found = new ArrayList<>();
        Await.until("the event is exported", PATIENCE, () -> {
            events.stream().filter(AuditEvent.class::isInstance).map(AuditEvent.class::cast)
                    .filter(event -> event.explanation().map(why -> why.decisionId().equals(decisionId)).orElse(false)).forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private Authorizer authorizer() {
        return context.getService(context.getServiceReference(Authorizer.class));
    }

    /** Outcome and effective rule set. */
    private String decision(String target) {
        Decision decision = authorizer().snapshot().decide(new AccessRequest(Endpoint.IMDS.address(), "GET", target, AgentUnderTest.ALICE));
        return decision.fold(allow -> "allow ", audited -> "allow-audited ", deny -> "deny ") + decision.explanation().ruleSetId();
    }

    private void awaitDecision(String expected) throws InterruptedException {
        Await.until("the decision is " + expected, PATIENCE, () -> decision("/metadata/instance").equals(expected));
    }

    private void awaitNotice(String part) throws InterruptedException {
        Await.until("a notice says " + part, PATIENCE, () -> events.stream().filter(NoticeEvent.class::isInstance).map(NoticeEvent.class::cast)
                .anyMatch(notice -> (notice.module() + " " + notice.level() + " " + notice.name() + ": " + notice.message()).contains(part)));
    }

    private static void write(String content) throws IOException {
        Path next = Files.writeString(FOLDER.resolve("next"), content);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        Files.move(next, FILE, StandardCopyOption.ATOMIC_MOVE);
    }

    private Bundle bundle(String symbolicName) {
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().equals(symbolicName)) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + symbolicName);
    }

    private <S> void register(Class<S> type, S service) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("service.ranking", 100);
        registrations.add(context.registerService(type, service, properties));
    }
}
