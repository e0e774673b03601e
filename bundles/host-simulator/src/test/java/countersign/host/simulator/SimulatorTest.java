package countersign.host.simulator;

import static countersign.host.simulator.channel.Service.HOSTGA;
import static countersign.host.simulator.channel.Service.IMDS;
import static countersign.host.simulator.channel.Service.WIRESERVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.host.simulator.Client.Answer;
import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.channel.StatusDocument;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole simulator over real loopback sockets. */
class SimulatorTest {
    private static final String INSTANCE = "/metadata/instance?api-version=2021-02-01";

    private Simulator simulator;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(Options.loopback(StatusDocument.preset("enforce")));
        client = new Client(simulator);
    }

    @AfterEach
    void stop() throws IOException {
        simulator.close();
    }

    // Secure channel

    @Test
    void latch_goesThroughStatusKeyAttestation_andTheStatusNamesTheGuidAfterwardsOnly() throws Exception {
        assertTrue(client.status().json().get("keyGuid").isNull());
        client.acquire();
        assertTrue(client.status().json().get("keyGuid").isNull());
        Answer attested = client.attest();
        assertEquals(200, attested.status());
        assertEquals(client.guid, client.status().json().get("keyGuid").asText());
        assertEquals(200, client.signed(IMDS, "GET", INSTANCE, "metadata", "true").status());
        assertEquals("verified", client.lastEntry().get("reason").asText());
    }

    @Test
    void keyDocument_hasTheMembersOfTheSpecification() throws Exception {
        JsonNode document = client.requestKey().json();
        assertEquals("Azure-HMAC-SHA256", document.get("authorizationScheme").asText());
        assertTrue(document.get("guid").asText().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        assertEquals(1, document.get("incarnationId").asInt());
        assertTrue(document.get("key").asText().matches("[0-9A-F]{64}"));
        Instant.parse(document.get("issued").asText());
        assertEquals(document, client.requestKey().json());
    }

    @Test
    void keyRequest_withoutItsHeadersOrBody_is400() throws Exception {
        String head = "POST /secure-channel/key HTTP/1.1\r\nhost: h\r\n";
        assertEquals(400, client.send(WIRESERVER, head + "content-type: application/json\r\n\r\n").status());
        assertEquals(400, client.send(WIRESERVER, head + "metadata: True\r\n\r\n").status());
        assertEquals(400, client.send(WIRESERVER, head + "metadata: True\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").status());
        assertEquals(400, client.send(WIRESERVER, head + "metadata: True\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n{").status());
        assertEquals(400, client.unsigned(WIRESERVER, "GET", "/secure-channel/status").status());
    }

    @Test
    void attestation_withAnotherKey_isRefusedInEveryMode() throws Exception {
        client.acquire();
        String right = client.key;
        client.key = "0".repeat(64);
        for (String mode : new String[] {"enforce", "audit", "disabled"}) {
            client.control("PUT", "/status-document?preset=" + mode, "");
            assertEquals(403, client.attest().status(), mode);
            assertEquals("signature-mismatch", client.lastEntry().get("reason").asText());
        }
        assertTrue(client.control("GET", "/keys", "").get("latched").isNull());
        client.key = right;
        assertEquals(200, client.attest().status());
    }

    @Test
    void attestation_ofUnknownGuid_isRefused() throws Exception {
        client.acquire();
        client.guid = "0e57fabc-0000-4000-8000-000000000001";
        assertEquals(403, client.attest().status());
        assertEquals("key-unknown", client.lastEntry().get("reason").asText());
    }

    @Test
    void rotation_keepsTheOldKeyValidUntilTheNewOneIsAttested() throws Exception {
        client.latch();
        String rotated = client.control("POST", "/rotate", "").get("guid").asText();
        assertEquals(rotated, client.status().json().get("keyGuid").asText());
        Client old = new Client(simulator);
        old.guid = client.guid;
        old.key = client.key;
        assertEquals(200, old.signed(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        client.acquire();
        assertEquals(rotated, client.guid);
        assertEquals(200, old.signed(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        assertEquals(403, client.signed(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        assertEquals(200, client.attest().status());
        assertEquals(200, client.signed(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        assertEquals(403, old.signed(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        assertEquals("key-unknown", client.lastEntry().get("reason").asText());
    }

    @Test
    void disableAndEnable_keepTheKey() throws Exception {
        client.latch();
        client.control("POST", "/disable", "");
        client.control("POST", "/disable", "");
        assertFalse(client.status().json().get("secureChannelEnabled").asBoolean());
        assertEquals(200, client.unsigned(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        assertEquals("mode-disabled", client.lastEntry().get("reason").asText());
        client.control("POST", "/enable", "");
        assertEquals(client.guid, client.status().json().get("keyGuid").asText());
        assertEquals(401, client.unsigned(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        assertEquals(200, client.signed(WIRESERVER, "GET", "/machine?comp=goalstate").status());
    }

    @Test
    void documentOfVersion1_derivesItsModes() throws Exception {
        client.latch();
        client.control("PUT", "/status-document", "{'authorizationScheme':'Azure-HMAC-SHA256','keyDeliveryMethod':'http',"
                + "'secureChannelState':'Wireserver','version':'1.0'}");
        assertEquals(401, client.unsigned(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        assertEquals(401, client.unsigned(HOSTGA, "GET", "/versions").status());
        assertEquals(200, client.unsigned(IMDS, "GET", INSTANCE, "metadata", "true").status());
        assertEquals("serve-counted", client.lastEntry().get("verdict").asText());
    }

    // Verification

    @Test
    void beforeAnyKey_unsignedIsServedAndCounted() throws Exception {
        assertEquals(200, client.unsigned(WIRESERVER, "GET", "/machine?comp=goalstate").status());
        JsonNode entry = client.lastEntry();
        assertEquals("serve-counted", entry.get("verdict").asText());
        assertEquals("no-key-latched", entry.get("reason").asText());
        assertEquals("signature-missing", entry.get("signature").asText());
        assertEquals(2, entry.get("check").asInt());
    }

    @ParameterizedTest
    @CsvSource({"enforce, 401, refuse", "audit, 200, serve-counted"})
    void unsigned_dependsOnTheMode(String mode, int status, String verdict) throws Exception {
        client.latch();
        client.control("PUT", "/status-document?preset=" + mode, "");
        for (Service service : Service.values()) {
            String target = service == WIRESERVER ? "/?comp=versions" : service == IMDS ? INSTANCE : "/versions";
            assertEquals(status, client.unsigned(service, "GET", target, "metadata", "true").status(), service.text());
            assertEquals(verdict, client.lastEntry().get("verdict").asText());
            assertEquals(status, client.lastEntry().get("status").asInt());
        }
    }

    @Test
    void refusal_namesItsReason() throws Exception {
        client.latch();
        Answer refused = client.unsigned(HOSTGA, "GET", "/versions");
        assertEquals("{\"error\":\"signature-missing\"}", refused.body());
        assertEquals("signature-missing", refused.header("x-simulated-host"));
    }

    @Test
    void dateAndClaims_areCheckedOverTheWire() throws Exception {
        client.latch();
        client.date = Instant.now().minus(Duration.ofMinutes(16));
        assertEquals(403, client.signed(HOSTGA, "GET", "/versions").status());
        assertEquals("date", client.lastEntry().get("reason").asText());
        client.date = Instant.now();
        assertEquals(403, client.signed(HOSTGA, "GET", "/versions", "x-ms-azure-host-claims", "{}").status());
        assertEquals("claims", client.lastEntry().get("reason").asText());
        assertEquals(200, client.signed(HOSTGA, "GET", "/versions").status());
    }

    @Test
    void journalEntry_showsTheRequestAsReceived() throws Exception {
        client.latch();
        client.signed(IMDS, "GET", "/metadata/%49nstance?api-version=2021-02-01", "metadata", "true", "x-A", "b");
        JsonNode entry = client.lastEntry();
        assertEquals("imds", entry.get("service").asText());
        assertEquals("GET", entry.get("method").asText());
        assertEquals("/metadata/%49nstance?api-version=2021-02-01", entry.get("target").asText());
        assertEquals("[\"host\",\"168.63.129.16\"]", entry.get("headers").get(0).toString());
        assertEquals(0, entry.get("bodyLength").asInt());
        assertEquals("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", entry.get("bodySha256").asText());
        assertEquals("enforce", entry.get("mode").asText());
        assertEquals(client.guid, entry.get("keyGuid").asText());
        assertFalse(entry.get("isRoot").asBoolean(true));
        assertTrue(entry.get("fault").isNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nx: \u00e9\r\n\r\n", "GET /\u00e9 HTTP/1.1\r\nhost: a\r\n\r\n"})
    void ambiguousInput_is400_recorded_andEndsTheConnection(String raw) throws Exception {
        try (Socket socket = client.connect(IMDS)) {
            socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
            Answer answer = Client.read(socket);
            assertEquals(400, answer.status());
            assertEquals("close", answer.header("connection"));
            assertEquals(-1, socket.getInputStream().read());
        }
        assertEquals(400, client.lastEntry().get("status").asInt());
        assertEquals(0, client.lastEntry().get("check").asInt());
    }

    @Test
    void exemptUpload_isServedUnsigned_howeverLarge_othersAre413() throws Exception {
        client.latch();
        byte[] body = new byte[3 << 20];
        String head = "PUT %s HTTP/1.1\r\nhost: h\r\ncontent-length: " + body.length + "\r\n\r\n";
        String payload = new String(body, StandardCharsets.ISO_8859_1);
        assertEquals(200, client.send(HOSTGA, head.formatted("/vmAgentLog") + payload).status());
        assertEquals("exempt", client.lastEntry().get("reason").asText());
        assertEquals(body.length, client.lastEntry().get("bodyLength").asInt());
        assertEquals(413, client.send(HOSTGA, head.formatted("/other") + payload).status());
        assertEquals("body-too-large", client.lastEntry().get("reason").asText());
    }

    @Test
    void connection_isKeptAlive_andPipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (Socket socket = client.connect(HOSTGA)) {
            String first = "GET /versions HTTP/1.1\r\nhost: h\r\n\r\n";
            socket.getOutputStream().write((first + "GET /x HTTP/1.1\r\nhost: h\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertEquals("[\"2015-09-01\"]", Client.read(socket).body());
            assertEquals("{}", Client.read(socket).body());
            socket.getOutputStream().write(first.getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, Client.read(socket).status());
        }
        JsonNode entries = client.control("GET", "/journal", "").get("entries");
        assertEquals(3, entries.size());
        assertEquals(entries.get(0).get("connection"), entries.get(2).get("connection"));
    }

    // Content

    @Test
    void goalState_namesASharedConfigThatIsServed() throws Exception {
        String goalState = client.unsigned(WIRESERVER, "GET", "/machine?comp=goalstate").body();
        int from = goalState.indexOf("<SharedConfig>") + 14;
        String url = goalState.substring(from, goalState.indexOf("</SharedConfig>")).replace("&amp;", "&");
        InetSocketAddress address = simulator.address(WIRESERVER);
        String prefix = "http://127.0.0.1:" + address.getPort();
        assertTrue(url.startsWith(prefix + "/machine/") && url.contains("%5F"), url);
        Answer shared = client.unsigned(WIRESERVER, "GET", url.substring(prefix.length()));
        assertEquals("text/xml; charset=utf-8", shared.header("content-type"));
        assertTrue(shared.body().contains("<Deployment name=\""), shared.body());
    }

    @ParameterizedTest
    @CsvSource({"WIRESERVER, POST, /machine/?comp=telemetrydata, 400", "WIRESERVER, GET, /nothing, 404", "WIRESERVER, GET, /?comp=versions, 200",
        "WIRESERVER, GET, /machine/a/b?comp=config&type=extensionsConfig, 200", "WIRESERVER, GET, /machine/a/b?comp=certificates&incarnation=1, 200",
        "WIRESERVER, POST, /HealthService, 200", "HOSTGA, GET, /vmSettings, 200", "HOSTGA, PUT, /status, 200",
        "IMDS, GET, /metadata/versions, 200", "IMDS, GET, /metadata/instance, 400", "IMDS, GET, /metadata/instance?api-version=1, 400",
        "IMDS, GET, /metadata/instance/compute/nothing?api-version=2021-02-01, 404", "IMDS, GET, /metadata/scheduledevents?api-version=2020-07-01, 200",
        "IMDS, GET, /metadata/identity/oauth2/token?api-version=2018-02-01, 400", "IMDS, POST, /metadata/instance, 405", "IMDS, GET, /x, 404"})
    void content_isFoundOrNot(Service service, String method, String target, int status) throws Exception {
        assertEquals(status, client.unsigned(service, method, target, "metadata", "true").status());
    }

    @Test
    void imds_withoutMetadataHeader_is400() throws Exception {
        assertEquals(400, client.unsigned(IMDS, "GET", INSTANCE).status());
    }

    @Test
    void instance_hasTheRequiredMembers_andServesSingleOnes() throws Exception {
        JsonNode compute = client.unsigned(IMDS, "GET", INSTANCE, "metadata", "true").json().get("compute");
        for (String member : new String[] {"subscriptionId", "resourceGroupName", "vmId", "location", "name", "vmSize"}) {
            assertTrue(compute.path(member).isTextual(), member);
        }
        assertEquals("simulated-vm",
                client.unsigned(IMDS, "GET", "/metadata/instance/compute/name?api-version=2021-02-01&format=text", "metadata", "true").body());
    }

    @Test
    void token_isForTheResource_andExpiresBySimulatedTime() throws Exception {
        client.control("PUT", "/clock", "{'offsetSeconds':3600}");
        JsonNode token = client.unsigned(IMDS, "GET", "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault%2F",
                "metadata", "true").json();
        assertEquals("https://vault/", token.get("resource").asText());
        assertEquals("Bearer", token.get("token_type").asText());
        assertEquals(3, token.get("access_token").asText().split("\\.").length);
        long expected = Instant.now().getEpochSecond() + 3600 + 86_400;
        assertTrue(Math.abs(token.get("expires_on").asLong() - expected) < 60, token.toString());
    }

    // Controls and faults

    @Test
    void clock_movesDatesAndVerification() throws Exception {
        client.latch();
        client.control("PUT", "/clock", "{'offsetSeconds':3600}");
        Instant shown = HostClock.parse(client.status().header("x-ms-azure-host-date"));
        assertTrue(Duration.between(Instant.now().plusSeconds(3600), shown).abs().toSeconds() < 60);
        assertEquals(403, client.signed(HOSTGA, "GET", "/versions").status());
        client.date = shown;
        assertEquals(200, client.signed(HOSTGA, "GET", "/versions").status());
    }

    @Test
    void dateHeaders_canBeWrongOrAbsent() throws Exception {
        client.control("PUT", "/clock", "{'hostDateHeader':'yesterday'}");
        assertEquals("yesterday", client.status().header("x-ms-azure-host-date"));
        client.control("PUT", "/clock", "{'hostDateHeader':'absent'}");
        Answer dateOnly = client.status();
        assertEquals(null, dateOnly.header("x-ms-azure-host-date"));
        assertTrue(HostClock.parse(dateOnly.header("date")) != null);
        client.control("PUT", "/clock", "{'dateHeader':'absent'}");
        assertEquals(null, client.status().header("date"));
    }

    @Test
    void answerFault_appliesAsOftenAsAsked_andTheRequestTakesNoEffect() throws Exception {
        client.acquire();
        JsonNode fault = client.control("POST", "/faults?preset=attestation-refused&count=1", "");
        assertEquals(403, client.attest().status());
        assertEquals(fault.get("id"), client.lastEntry().get("fault"));
        assertEquals("verified", client.lastEntry().get("reason").asText());
        assertTrue(client.control("GET", "/keys", "").get("latched").isNull());
        assertEquals(200, client.attest().status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-malformed", "key-guid-path", "key-not-hex", "key-odd-length", "key-guid-zero", "key-wrong-scheme"})
    void wrongKeyDocuments_areServedOnce(String preset) throws Exception {
        client.control("POST", "/faults?preset=" + preset, "{'count':1}");
        Answer wrong = client.requestKey();
        Answer right = client.requestKey();
        assertEquals(200, wrong.status());
        assertNotEquals(right.body(), wrong.body());
        if (preset.equals("key-guid-path")) {
            assertEquals("../../../../tmp/escaped", wrong.json().get("guid").asText());
            assertEquals(right.json().get("key"), wrong.json().get("key"));
        }
        assertEquals(64, right.json().get("key").asText().length());
    }

    @ParameterizedTest
    @CsvSource({"status-500, 500", "status-garbage, 200", "status-not-json, 200", "status-unknown-version, 200", "status-huge, 200"})
    void wrongStatusDocuments_changeNoMode(String preset, int status) throws Exception {
        client.control("POST", "/faults?preset=" + preset, "");
        String good = client.control("GET", "/state", "").get("status").toString();
        Answer answer = client.status();
        assertEquals(status, answer.status());
        assertNotEquals(good, answer.body());
        assertEquals(preset.equals("status-huge"), answer.body().length() > 1 << 20);
        assertEquals("enforce", client.control("GET", "/state", "").get("modes").get("imds").asText());
        client.control("DELETE", "/faults", "");
        assertEquals(good, client.status().body());
    }

    @Test
    void delayFault_holdsTheAnswerBack() throws Exception {
        client.control("POST", "/faults", "{'service':'imds','delayMillis':300,'count':1}");
        long start = System.nanoTime();
        assertEquals(200, client.unsigned(HOSTGA, "GET", "/versions").status());
        assertEquals(200, client.unsigned(IMDS, "GET", "/metadata/versions", "metadata", "true").status());
        assertTrue(System.nanoTime() - start >= 300_000_000L);
    }

    @Test
    void hangFault_answersNothingUntilTakenBack() throws Exception {
        int id = client.control("POST", "/faults?preset=status-hang&count=1", "").get("id").asInt();
        try (Socket socket = client.connect(WIRESERVER)) {
            socket.getOutputStream().write("GET /secure-channel/status HTTP/1.1\r\nhost: h\r\nmetadata: True\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            JsonNode seen = client.control("GET", "/journal?path=/secure-channel/status&wait=60000", "").get("entries");
            assertEquals(0, seen.get(0).get("status").asInt());
            assertEquals(0, socket.getInputStream().available());
            assertEquals(200, client.status().status());
            client.control("DELETE", "/faults/" + id, "");
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void cutFault_endsTheConnection_afterSomeBytesIfAsked() throws Exception {
        client.control("POST", "/faults?preset=status-cut&count=1", "");
        assertEquals(0, client.status().status());
        assertEquals(200, client.status().status());
        client.control("POST", "/faults", "{'path':'/secure-channel/status','action':'cut','afterBytes':12,'count':1}");
        Answer cut = client.status();
        assertEquals("HTTP/1.1 200", cut.head());
        client.control("POST", "/faults", "{'path':'/secure-channel/status','action':'reset','count':1}");
        assertThrows(SocketException.class, () -> client.status());
    }

    @Test
    void cutAttestation_canTakeEffectAllTheSame() throws Exception {
        client.acquire();
        client.control("POST", "/faults?preset=attestation-answer-lost&count=1", "");
        assertEquals(0, client.attest().status());
        assertEquals(client.guid, client.control("GET", "/keys", "").get("latched").get("guid").asText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"POST|/faults|{'action':'explode'}|400", "PUT|/status-document|{'version':'3.0'}|400",
        "PUT|/status-document?preset=x||400", "PUT|/keys|{'guid':'x','key':'y'}|400", "PUT|/clock|{'offset':1}|400", "PUT|/clock|[]|400",
        "PUT|/clock|{|400", "GET|/journal?aftr=1||400", "GET|/journal?after=x||400", "PUT|/journal|{'capacity':-1}|400", "GET|/nothing||404",
        "GET|/rotate||404", "DELETE|/faults/99||404"})
    void wrongControl_isRefusedWithAReason(String method, String path, String body, int status) throws Exception {
        String before = client.control("GET", "/state", "").path("status").toString();
        var answer = client.controlAnswer(method, path, body == null ? "" : body);
        assertEquals(status, answer.statusCode());
        assertTrue(answer.body().startsWith("{\"error\":\""), answer.body());
        assertEquals(before, client.control("GET", "/state", "").path("status").toString());
    }

    @Test
    void reset_returnsToTheStart() throws Exception {
        client.latch();
        client.control("PUT", "/status-document?preset=audit", "");
        client.control("PUT", "/clock", "{'offsetSeconds':3600,'toleranceSeconds':1,'dateHeader':'x'}");
        client.control("POST", "/faults?preset=status-500", "");
        client.control("POST", "/reset", "");
        JsonNode state = client.control("GET", "/state", "");
        assertEquals("enforce", state.get("modes").get("wireserver").asText());
        assertTrue(state.get("keys").get("latched").isNull());
        assertEquals(0, state.get("clock").get("offsetSeconds").asInt());
        assertEquals(900, state.get("clock").get("toleranceSeconds").asInt());
        assertEquals(0, state.get("faults").size());
        assertEquals(0, client.control("GET", "/journal", "").get("entries").size());
        assertEquals(0, client.control("GET", "/counters", "").get("total").asInt());
        assertTrue(client.status().json().get("keyGuid").isNull());
    }

    @Test
    void controls_areNotReachableThroughTheServices() throws Exception {
        assertEquals(404, client.unsigned(WIRESERVER, "GET", "/state").status());
        assertEquals("control address 0.0.0.0: expected one address that guests cannot reach",
                assertThrows(IllegalArgumentException.class, () -> {
                    Options some = Options.loopback(StatusDocument.preset("enforce"));
                    new Options(some.wireserver(), some.imds(), some.hostga(), new InetSocketAddress("0.0.0.0", 0), some.document(), 0, false);
                }).getMessage());
    }

    @Test
    void takenAddress_failsWithAdvice_andLeavesNothingListening() throws Exception {
        Options free = Options.loopback(StatusDocument.preset("enforce"));
        InetSocketAddress wanted;
        try (Socket probe = new Socket()) {
            // An address where no other program takes the port in between.
            probe.bind(new InetSocketAddress("127.0.71.3", 0));
            wanted = (InetSocketAddress) probe.getLocalSocketAddress();
        }
        InetSocketAddress taken = simulator.address(IMDS);
        IOException refused = assertThrows(IOException.class,
                () -> Simulator.start(new Options(wanted, taken, free.hostga(), free.control(), free.document(), 0, false)));
        assertEquals("cannot listen on 127.0.0.1:" + taken.getPort() + " for imds: another program listens there. Stop it or choose another port",
                refused.getMessage());
        Simulator.start(new Options(wanted, free.imds(), free.hostga(), free.control(), free.document(), 0, false)).close();
    }
}
