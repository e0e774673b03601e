package countersign.summary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import countersign.telemetry.AuditEvent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestSummaryTest {
    private static final Caller CURL = new Caller(
            1000, Optional.of("www"), List.of("www", "adm"), 77, 5, Optional.of("/usr/bin/curl"), Optional.of("curl -s http://x/"), false);

    @Test
    void attributedRequest_namesCallerAndDestination() {
        assertEquals(
                new RequestSummary(3, "GET", "/metadata/instance", "127.0.0.1", 40000, "169.254.169.254", 80, 1000, "www", List.of("www", "adm"),
                        "/usr/bin/curl", "curl -s http://x/", false, "200 OK", 12, ""),
                RequestSummary.of(event(Optional.of(Endpoint.IMDS), Optional.of(CURL), 200)));
    }

    @Test
    void unattributedRequest_hasTheWordsForNothing() {
        assertEquals(
                new RequestSummary(3, "GET", "/metadata/instance", "127.0.0.1", 40000, "None", 0, 0, "empty", List.of(), "empty", "empty", false,
                        "421 Misdirected Request", 12, ""),
                RequestSummary.of(event(Optional.empty(), Optional.empty(), 421)));
    }

    @Test
    void callerWithoutAccountPathAndCommandLine_hasTheWordsForUnknown() {
        Caller caller = new Caller(4242, Optional.empty(), List.of(), 77, 5, Optional.empty(), Optional.empty(), false);
        RequestSummary summary = RequestSummary.of(event(Optional.of(Endpoint.HOSTGA), Optional.of(caller), 403));
        assertEquals("undefined", summary.userName());
        assertEquals("", summary.processFullPath());
        assertEquals("undefined", summary.processCmdLine());
        assertEquals(32526, summary.port());
    }

    @Test
    void statusText_hasCodeAndPhrase() {
        assertEquals("403 Forbidden", StatusText.of(403));
        assertEquals("299 <unknown status code>", StatusText.of(299));
        assertEquals("0 No Answer", StatusText.of(0));
    }

    private static AuditEvent event(Optional<Endpoint> endpoint, Optional<Caller> caller, int status) {
        return new AuditEvent(Instant.EPOCH, 3, 2, "GET", "/metadata/instance", new InetSocketAddress("127.0.0.1", 40000), endpoint, caller, status,
                "", false, AuditEvent.EndorsementKind.NONE, Optional.empty(), Duration.ofMillis(12), "");
    }
}
