package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.Authorizer;
import countersign.authorization.Decision;
import countersign.authorization.Stage;
import countersign.endorsement.Endorser;
import countersign.hmac.RealEndorser;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Services that are missing, arrive, change and are replaced while requests flow (architecture.md section 4). */
@Timeout(180)
class ServicesTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Rig rig = new Rig();
    private final Rig brief = new Rig(Rig.brief(Rig.Time.ABSENCE));

    ServicesTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        rig.close();
        brief.close();
    }

    @Test
    void withoutAttribution_everyRequestIs503() throws Exception {
        brief.services.attribution.unbind(brief.attribution);
        assertAbsent(Refusal.ATTRIBUTION_ABSENT);
    }

    @Test
    void withoutAuthorizer_everyRequestIs503() throws Exception {
        brief.services.authorizer.unbind(brief.authorizer);
        assertAbsent(Refusal.AUTHORIZER_ABSENT);
    }

    @Test
    void withoutEndorser_everyRequestIs503() throws Exception {
        brief.services.endorser.unbind(brief.endorser);
        assertAbsent(Refusal.ENDORSER_ABSENT);
    }

    @Test
    void withoutTelemetry_requestsGoOn() throws Exception {
        rig.services.telemetry.unbind(rig.telemetry);
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(GET).status());
        }
    }

    @Test
    void failingTelemetry_harmsNoRequest() throws Exception {
        rig.services.telemetry.bind(event -> {
            throw new IllegalStateException("full");
        });
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(GET).status());
            assertEquals(200, client.ask(GET).status());
        }
    }

    @Test
    void absentAuthorizer_holdsNobodyElseUp() throws Exception {
        brief.services.authorizer.unbind(brief.authorizer);
        try (RawClient waiting = brief.client(); RawClient other = brief.client()) {
            waiting.send(GET);
            assertEquals(200, other.ask("GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\n\r\n").status());
            assertEquals(503, waiting.answer().status());
        }
    }

    @Test
    void authorizerThatReturnsInTime_isWaitedFor() throws Exception {
        try (RawClient client = rig.client()) {
            client.ask(GET);
            rig.services.authorizer.unbind(rig.authorizer);
            client.send(GET);
            CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(() -> rig.services.authorizer.bind(rig.authorizer));
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void policyChange_takesEffectOnTheNextRequestOfAnOpenConnection() throws Exception {
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(GET).status());
            rig.deciding = request -> new Decision.Deny(Rig.explanation(Stage.RULES));
            assertEquals(403, client.ask(GET).status());
            assertTrue(client.isClosedByAgent());
        }
        assertEquals(1, rig.service.received().size());
        assertEquals(1, rig.attributions.get());
    }

    @Test
    void attribution_isAskedOncePerConnection_beforeTheFirstByte() throws Exception {
        try (RawClient client = rig.client()) {
            Rig.await("attribution", () -> rig.attributions.get() == 1);
            client.ask(GET);
            client.ask(GET);
        }
        assertEquals(1, rig.attributions.get());
    }

    @Test
    void replacementUnderLoad_losesMisjudgesAndLeavesUnsignedNothing() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        rig.service.script((request, out, socket) -> {
            if (!HostVerifier.accepts(request)) {
                wrong.incrementAndGet();
            }
            out.write(RawService.OK.getBytes());
            return true;
        });
        rig.service.forgetRequests();
        rig.deciding = request -> request.target().startsWith("/no")
                ? new Decision.Deny(Rig.explanation(Stage.RULES))
                : new Decision.Allow(Rig.explanation(Stage.RULES));
        // Not on the common pool, which can be as small as one thread.
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CompletableFuture<?>[] clients = new CompletableFuture<?>[4];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = CompletableFuture.runAsync(() -> {
                while (running.get()) {
                    try (RawClient client = rig.client()) {
                        for (int j = 0; j < 20; j++) {
                            wrong.addAndGet(client.ask(GET).status() == 200 ? 0 : 1);
                        }
                        wrong.addAndGet(client.ask("GET /no HTTP/1.1\r\nHost: h\r\n\r\n").status() == 403 ? 0 : 1);
                        asked.addAndGet(21);
                    } catch (IOException e) {
                        wrong.incrementAndGet();
                    }
                }
            }, threads);
        }
        Authorizer authorizer = rig.authorizer;
        Endorser endorser = rig.endorser;
        for (int i = 0; i < 200 || asked.get() < 400 && wrong.get() == 0; i++) {
            Authorizer nextAuthorizer = () -> rig.authorizer.snapshot();
            Endorser nextEndorser = RealEndorser.with(() -> rig.channel, () -> Rig.DATE);
            rig.services.authorizer.unbind(authorizer);
            rig.services.endorser.bind(nextEndorser);
            Thread.sleep(5);
            rig.services.authorizer.bind(nextAuthorizer);
            rig.services.endorser.unbind(endorser);
            authorizer = nextAuthorizer;
            endorser = nextEndorser;
        }
        running.set(false);
        CompletableFuture.allOf(clients).get(60, TimeUnit.SECONDS);
        threads.shutdown();
        assertEquals(0, wrong.get(), "of " + asked.get() + ", counted: " + rig.listener().counters());
        Rig.await("all closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == rig.count(Counters.Event.CONNECTIONS_ACCEPTED));
        assertEquals(0, rig.listener().memoryUsed());
    }

    private void assertAbsent(Refusal refusal) throws Exception {
        for (int i = 0; i < 2; i++) {
            try (RawClient client = brief.client()) {
                Wire.Message answer = client.ask(GET);
                assertEquals(503, answer.status());
                assertEquals("close", answer.field("connection"));
                assertEquals(refusal.label(), brief.audit().reason());
            }
        }
        assertEquals(2, brief.count(refusal));
        assertEquals(0, brief.service.received().size());
    }
}
