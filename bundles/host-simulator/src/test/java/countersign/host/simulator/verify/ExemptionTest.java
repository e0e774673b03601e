package countersign.host.simulator.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.RawRequest;
import countersign.host.simulator.http.Request;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExemptionTest {
    static Iterable<JsonNode> vectors() {
        return Vectors.ALL.get("exemptions");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void vector_isDecidedAsPublished(JsonNode vector) {
        assertEquals(vector.get("exempt").asBoolean(),
                Exemption.applies(Service.WIRESERVER, request(vector.get("method").asText(), vector.get("target").asText())));
    }

    @ParameterizedTest
    @CsvSource({"WIRESERVER, true, true", "HOSTGA, true, false", "IMDS, false, false"})
    void exemption_holdsOnlyAtItsServices(Service service, boolean log, boolean telemetry) {
        assertEquals(log, Exemption.applies(service, request("PUT", "/vmAgentLog")));
        assertEquals(telemetry, Exemption.applies(service, request("POST", "/machine/?comp=telemetrydata")));
    }

    private static Request request(String method, String target) {
        return RawRequest.read(method, target, List.of(new Header("Host", "h")), new byte[0]);
    }
}
