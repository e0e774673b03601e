package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import countersign.endpoint.Endpoint;
import countersign.host.HostRequest;
import countersign.host.HostRequest.Signing;
import countersign.telemetry.host.Courier.Outcome;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** host-endpoints.md section 6 and H5. */
class CourierTest {
    private static final Duration RETRY = Duration.ofSeconds(15);
    private static final byte[] DOCUMENT = {'<', 'x', '/', '>'};

    private final FakeHost host = new FakeHost();
    private final FakePauses pauses = new FakePauses(Duration.ofDays(1));
    private final Courier courier = new Courier(host, pauses, RETRY);

    @Test
    void document_isPostedUnsigned() {
        assertSame(Outcome.DELIVERED, courier.deliver(DOCUMENT));
        HostRequest request = host.requests.get(0);
        assertEquals(Endpoint.WIRESERVER, request.endpoint());
        assertEquals("POST /machine/?comp=telemetrydata", request.method() + " " + request.target());
        assertEquals(List.of("x-ms-version=2012-11-30", "content-type=text/xml; charset=utf-8"),
                request.headers().stream().map(field -> field.name() + "=" + field.value()).toList());
        assertArrayEquals(DOCUMENT, request.body());
        assertEquals(new Signing.None(), request.signing());
        assertEquals(List.of(), pauses.pauses);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 199, 300, 401, 500})
    void hostThatRefuses_isAskedFiveTimes_withFourPauses(int status) {
        host.status = number -> status;
        assertSame(Outcome.LOST, courier.deliver(DOCUMENT));
        assertEquals(5, host.requests.size());
        assertEquals(Collections.nCopies(4, RETRY), pauses.pauses);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void anyAttempt_maySucceed(int good) {
        host.status = number -> number == good ? 299 : 503;
        assertSame(Outcome.DELIVERED, courier.deliver(DOCUMENT));
        assertEquals(good, host.requests.size());
        assertEquals(good - 1, pauses.pauses.size());
    }

    @Test
    void stopInAPause_endsAtOnce() {
        host.status = number -> 500;
        pauses.stopped = () -> pauses.pauses.size() == 2;
        assertSame(Outcome.STOPPED, courier.deliver(DOCUMENT));
        assertEquals(2, host.requests.size());
    }

    @Test
    void stopDuringTheLastAttempt_doesNotCountAsLost() {
        host.status = number -> 0;
        pauses.stopped = () -> host.requests.size() == 5;
        assertSame(Outcome.STOPPED, courier.deliver(DOCUMENT));
    }
}
