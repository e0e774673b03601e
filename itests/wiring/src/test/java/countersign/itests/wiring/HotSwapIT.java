package countersign.itests.wiring;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import countersign.attribution.Attribution;
import countersign.authorization.Authorizer;
import countersign.endorsement.Endorser;
import countersign.interception.Interceptor;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.PolicyContribution;
import countersign.policy.PolicySource;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.TelemetryExporter;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
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
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;

/** Services taken away and replaced while requests flow, against a host that verifies every signature. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HotSwapIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String QUERY = "?api-version=2021-02-01";
    private static final String COVERED = "/metadata/instance";
    private static final String ALLOWED = COVERED + QUERY;
    private static final String FORBIDDEN = "/metadata/identity/oauth2/token" + QUERY;
    private static final String STATUS = """
            {"authorizationScheme": "Azure-HMAC-SHA256", "keyDeliveryMethod": "http", "requiredClaimsHeaderPairs": [],
             "secureChannelEnabled": true, "version": "2.0",
             "authorizationRules": {"imds": {"defaultAccess": "deny", "mode": "enforce", "id": "swap-1", "rules": {
               "privileges": [{"name": "instance", "path": "/metadata/instance"}],
               "roles": [{"name": "reader", "privileges": ["instance"]}],
               "identities": [{"name": "alice", "userName": "alice"}],
               "roleAssignments": [{"role": "reader", "identities": ["alice"]}]}},
              "wireserver": {"defaultAccess": "deny", "mode": "enforce", "id": "swap-2"}}}
            """;

    @Inject
    private BundleContext context;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private Simulator host;

    @Configuration
    public Option[] image() throws Exception {
        AgentUnderTest.configure("enforce");
        return options(AgentUnderTest.image());
    }

    @Before
    public void agentLatchesAKeyAndServes() throws Exception {
        assumeTrue("needs root: the guarded addresses exist only in a network namespace of its own", System.getProperty("countersign.namespace") != null);
        register(Interceptor.class, new AgentUnderTest.NoInterception(), 0);
        register(Attribution.class, AgentUnderTest.everythingIsAlice(), 0);
        host = Simulator.start();
        host.serve(STATUS);
        Await.until("a key is latched", PATIENCE, host::latched);
        Await.equal("allowed", 200, () -> Load.status(http, ALLOWED));
        Await.equal("forbidden", 403, () -> Load.status(http, FORBIDDEN));
    }

    @After
    public void takeBackWhatTheTestRegistered() throws Exception {
        registrations.forEach(ServiceRegistration::unregister);
        if (host != null) {
            host.close();
        }
    }

    @Test
    public void withoutAttribution_requestsAreRefusedAndNothingIsForwarded() throws Exception {
        ServiceRegistration<?> attribution = registrations.remove(1);
        attribution.unregister();
        assertRefusedUnforwarded();
    }

    @Test
    public void withoutAuthorizer_requestsAreRefusedAndNothingIsForwarded() throws Exception {
        withoutProviderOf(Authorizer.class);
    }

    @Test
    public void withoutEndorser_requestsAreRefusedAndNothingIsForwarded() throws Exception {
        withoutProviderOf(Endorser.class);
    }

    @Test
    public void authorizationBundle_isReplacedUnderLoad() throws Exception {
        replaceUnderLoad(Authorizer.class);
    }

    @Test
    public void endorserBundle_isReplacedUnderLoad() throws Exception {
        replaceUnderLoad(Endorser.class);
    }

    @Test
    public void attributionService_isReplacedUnderLoad() throws Exception {
        try (Load load = new Load(4, ALLOWED, FORBIDDEN)) {
            for (int i = 1; i <= 20; i++) {
                ServiceRegistration<?> old = registrations.remove(registrations.size() - 1);
                register(Attribution.class, AgentUnderTest.everythingIsAlice(), i);
                old.unregister();
                awaitProgress(load);
            }
            assertNothingLost(load);
        }
    }

    @Test
    public void exporters_comeAndGoUnderLoad_andAPermanentOneMissesNothing() throws Exception {
        Queue<Long> seen = new ConcurrentLinkedQueue<>();
        register(TelemetryExporter.class, recorder(seen), 0);
        int answered;
        try (Load load = new Load(2, ALLOWED, FORBIDDEN)) {
            for (int i = 0; i < 10; i++) {
                ServiceRegistration<?> throwing = context.registerService(TelemetryExporter.class, event -> {
                    throw new IllegalStateException("an exporter that always fails");
                }, null);
                ServiceRegistration<?> slow = context.registerService(TelemetryExporter.class, event -> sleep(), null);
                awaitProgress(load);
                throwing.unregister();
                slow.unregister();
            }
            load.stop();
            assertNothingLost(load);
            answered = load.answered();
        }
        Await.until("every answered request has its event", PATIENCE, () -> seen.size() >= answered);
        assertEquals("events are delivered once", seen.size(), seen.stream().distinct().count());
    }

    @Test
    public void policySource_ofHigherRankIsAddedAndRemovedUnderLoad() throws Exception {
        try (Load load = new Load(4, ALLOWED, FORBIDDEN)) {
            for (int i = 0; i < 20; i++) {
                ServiceRegistration<?> source = context.registerService(PolicySource.class, samePolicyPlus("/metadata/versions"), ranking(100));
                Await.equal("the added privilege is in force", 200, () -> Load.status(http, "/metadata/versions"));
                source.unregister();
                Await.equal("the added privilege is gone", 403, () -> Load.status(http, "/metadata/versions"));
            }
            assertNothingLost(load);
        }
    }

    @Test
    public void configurationFile_changedOnARunningAgent_takesEffectWithoutRestart() throws Exception {
        String besideSegment = COVERED + "-backup" + QUERY;
        assertEquals("strict: whole segments", 403, Load.status(http, besideSegment));
        long started = proxyStarted();
        AgentUnderTest.configure("off");
        Await.until("compat is in force: prefixes need no segment boundary", PATIENCE, () -> Load.status(http, besideSegment) != 403);
        AgentUnderTest.configure("enforce");
        Await.equal("strict is in force again", 403, () -> Load.status(http, besideSegment));
        assertEquals("no bundle was restarted", started, proxyStarted());
    }

    private void withoutProviderOf(Class<?> service) throws Exception {
        Bundle provider = context.getServiceReference(service).getBundle();
        provider.stop();
        try {
            assertRefusedUnforwarded();
        } finally {
            provider.start();
        }
        Await.equal("it serves again", 200, () -> Load.status(http, ALLOWED));
    }

    private void assertRefusedUnforwarded() throws Exception {
        String path = COVERED + "/absent";
        assertEquals(503, Load.status(http, path + QUERY));
        assertEquals("requests that reached the host", 0, host.seen(path));
    }

    private void replaceUnderLoad(Class<?> service) throws Exception {
        Path folder = Files.createTempDirectory("countersign-next");
        Bundle current = context.getServiceReference(service).getBundle();
        String name = current.getSymbolicName();
        try (Load load = new Load(4, ALLOWED, FORBIDDEN)) {
            for (int generation = 1; generation <= 10; generation++) {
                Bundle next = install(Image.nextVersion(name, folder, (int) (System.nanoTime() & 0xFFFFFF)));
                next.start();
                current.stop();
                current.uninstall();
                current = next;
                awaitProgress(load);
            }
            assertNothingLost(load);
        }
    }

    private Bundle install(Path jar) throws BundleException {
        return context.installBundle(jar.toUri().toString());
    }

    private static void awaitProgress(Load load) throws InterruptedException {
        int answered = load.answered();
        Await.until("requests are answered", PATIENCE, () -> load.answered() >= answered + 20);
    }

    private static void assertNothingLost(Load load) {
        load.stop();
        assertEquals("lost or misjudged of " + load.answered(), Map.of(), load.surprises());
        assertTrue(load.answered() > 100);
    }

    private <S> void register(Class<S> type, S service, int rank) {
        registrations.add(context.registerService(type, service, ranking(rank)));
    }

    private long proxyStarted() {
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().equals("countersign.proxy.jetty")) {
                return bundle.getLastModified();
            }
        }
        throw new AssertionError("no proxy");
    }

    private static Dictionary<String, Object> ranking(int rank) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("service.ranking", rank);
        return properties;
    }

    private static TelemetryExporter recorder(Queue<Long> requests) {
        return (AgentEvent event) -> {
            if (event instanceof AuditEvent audit) {
                requests.add(audit.requestId());
            }
        };
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static PolicySource samePolicyPlus(String path) {
        AccessControlRules rules = new AccessControlRules(
                Optional.of(List.of(new Privilege("instance", COVERED, Map.of()), new Privilege("more", path, Map.of()))),
                Optional.of(List.of(new Role("reader", List.of("instance", "more")))),
                Optional.of(List.of(new Identity("alice", Optional.of("alice"), Optional.empty(), Optional.empty(), Optional.empty()))),
                Optional.of(List.of(new RoleAssignment("reader", List.of("alice")))));
        RuleDocument document = new RuleDocument(
                Optional.of(new RuleItem("deny", "enforce", "added", Optional.of(rules))), Optional.empty(), Optional.empty());
        return new PolicySource() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Optional<PolicyContribution> current() {
                return Optional.of(new PolicyContribution.Host(document));
            }

            @Override
            public Subscription subscribe(Runnable onChange) {
                return () -> {};
            }
        };
    }
}
