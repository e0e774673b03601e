package countersign.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.endpoint.Endpoint;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The sixteen decisions of the signing vectors are checked where the vectors are, in the hmac bundle. */
class ExemptRequestTest {
    @Test
    void exemption_countsOnlyWhereSuchRequestsAreServed() {
        assertEquals(Optional.of(ExemptRequest.AGENT_LOG), ExemptRequest.of(Endpoint.HOSTGA, "PUT", "/vmAgentLog"));
        assertEquals(Optional.of(ExemptRequest.AGENT_LOG), ExemptRequest.of(Endpoint.WIRESERVER, "PUT", "/vmAgentLog"));
        assertEquals(Optional.empty(), ExemptRequest.of(Endpoint.IMDS, "PUT", "/vmAgentLog"));
        assertEquals(Optional.of(ExemptRequest.TELEMETRY), ExemptRequest.of(Endpoint.WIRESERVER, "POST", "/Machine/?comp=telemetryData"));
        assertEquals(Optional.empty(), ExemptRequest.of(Endpoint.HOSTGA, "POST", "/machine/?comp=telemetrydata"));
    }
}
