package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.AttributionOutcome;
import countersign.attribution.AttributionOutcome.Unattributed;
import countersign.provisioning.ProvisionReport;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class LocalEndpointsTest {
    private static final String PROVISION = "GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: true\r\n\r\n";
    private static final String STATUS = "GET /gpa-aggregated-status HTTP/1.1\r\nHost: h\r\nMetadata: true\r\n\r\n";

    private final Rig rig = new Rig();

    LocalEndpointsTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    @Test
    void provision_isAnsweredAndTheConnectionStaysOpen() throws Exception {
        rig.provisioned = new ProvisionReport(false, "a \"b\"\r\n");
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(PROVISION);
            assertEquals(200, answer.status());
            assertEquals("application/json; charset=utf-8", answer.field("content-type"));
            assertEquals("{\"finished\":false,\"errorMessage\":\"a \\\"b\\\"\\u000d\\u000a\"}", answer.text());
            assertNull(answer.field("connection"));
            assertEquals(200, client.ask(PROVISION).status());
        }
        assertEquals(List.of("/false", "/false"), rig.provisionQueries);
        assertEquals(0, rig.service.received().size());
        Rig.await("both counted", () -> rig.count(Counters.Event.LOCAL_ANSWERS) == 2);
        assertEquals(0, rig.audits.size());
    }

    @Test
    void provision_handsOnTickAndNotify() throws IOException {
        try (RawClient client = rig.client()) {
            client.ask("GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: no\r\nx-ms-azure-time-tick: -170141183460469231731687303715884105728\r\nX-MS-Azure-Notify:\r\n\r\n");
        }
        assertEquals(List.of("-170141183460469231731687303715884105728/true"), rig.provisionQueries);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void provision_takesAnyPermittedMethodAndABody(String method) throws IOException {
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(method + " /provision HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\nContent-Length: 3\r\n\r\nabc").status());
            assertEquals(200, client.ask(method + " /provision? HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\n\r\n").status());
        }
    }

    @Test
    void provision_isOpenToClientsWithoutAttribution() throws IOException {
        rig.attributing = client -> new Unattributed(AttributionOutcome.Reason.NO_RECORD);
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(PROVISION).status());
        }
    }

    @Test
    void provision_withoutMetadata_is400() throws IOException {
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask("GET /provision HTTP/1.1\r\nHost: h\r\n\r\n");
            assertEquals(400, answer.status());
            assertEquals("", answer.text());
            assertEquals("close", answer.field("connection"));
            assertTrue(client.isClosedByAgent());
        }
        assertEquals(1, rig.count(Refusal.METADATA_MISSING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/provision?x=1", "/provision/", "/Provision", "/provision%20", "http://169.254.169.254/provision"})
    void otherSpellings_areForwarded(String target) throws IOException {
        try (RawClient client = rig.client()) {
            client.ask("GET " + target + " HTTP/1.1\r\nHost: h\r\nMetadata: true\r\n\r\n");
        }
        assertEquals(1, rig.service.received().size());
        assertEquals(List.of(), rig.provisionQueries);
    }

    @Test
    void status_isForElevatedCallersOnly() throws IOException {
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(STATUS);
            assertEquals(403, answer.status());
            assertEquals("close", answer.field("connection"));
        }
        rig.caller = Rig.caller(0, true);
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(STATUS);
            assertEquals(200, answer.status());
            assertEquals("{\"status\":1}", answer.text());
            assertEquals("application/json; charset=utf-8", answer.field("content-type"));
        }
        assertEquals(1, rig.count(Refusal.STATUS_NOT_ELEVATED));
    }

    @Test
    void status_onADirectConnection_is403() throws IOException {
        rig.attributing = client -> new Unattributed(AttributionOutcome.Reason.NO_RECORD);
        try (RawClient client = rig.client()) {
            assertEquals(403, client.ask(STATUS).status());
        }
    }

    @Test
    void status_withoutMetadata_is400BeforeAnythingElse() throws IOException {
        try (RawClient client = rig.client()) {
            assertEquals(400, client.ask("GET /gpa-aggregated-status HTTP/1.1\r\nHost: h\r\n\r\n").status());
        }
    }

    @Test
    void localQueries_needNeitherEndorserNorAuthorizer() throws IOException {
        rig.services.endorser.unbind(rig.endorser);
        rig.services.authorizer.unbind(rig.authorizer);
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(PROVISION).status());
        }
    }

    @Test
    void missingServices_are503() throws IOException {
        rig.caller = Rig.caller(0, true);
        rig.services.provisioning.unbind(rig.provisioning);
        rig.services.status.unbind(rig.status);
        try (RawClient client = rig.client()) {
            assertEquals(503, client.ask(PROVISION).status());
        }
        try (RawClient client = rig.client()) {
            assertEquals(503, client.ask(STATUS).status());
        }
        assertEquals(1, rig.count(Refusal.PROVISIONING_ABSENT));
        assertEquals(1, rig.count(Refusal.STATUS_ABSENT));
    }

    @Test
    void http10Client_mayKeepItsConnection() throws IOException {
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask("GET /provision HTTP/1.0\r\nMetadata: 1\r\nConnection: keep-alive\r\n\r\n");
            assertEquals("keep-alive", answer.field("connection"));
            answer = client.ask("GET /provision HTTP/1.0\r\nMetadata: 1\r\n\r\n");
            assertEquals("close", answer.field("connection"));
            assertTrue(client.isClosedByAgent());
        }
    }
}
