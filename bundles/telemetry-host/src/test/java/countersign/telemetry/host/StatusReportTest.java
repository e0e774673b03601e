package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusReportTest {
    private static final String STATUS = "{\"version\":\"é\",\"status\":\"SUCCESS\",\"keyLatchStatus\":{\"status\":\"STOPPED\",\"states\":{\"status\":\"ERROR\"}},"
            + "\"proxyConnectionsCount\":7}";

    @Test
    void message_isTheMemberAsItStands() throws IOException {
        assertEquals(new StatusReport(true, STATUS), report("{\"timestamp\":\"tü\",\"proxyAgentStatus\":" + STATUS + ",\"proxyConnectionSummary\":[]}"));
    }

    @Test
    void success_isTheOverallStatusAlone() throws IOException {
        String failed = "{\"status\":\"ERROR\",\"keyLatchStatus\":{\"status\":\"SUCCESS\"}}";
        assertEquals(new StatusReport(false, failed), report("{\"proxyAgentStatus\":" + failed + "}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"proxyAgentStatus\":7}", "{\"other\":{\"proxyAgentStatus\":{}}}"})
    void otherDocuments_areRefused(String document) {
        assertThrows(IOException.class, () -> report(document));
    }

    private static StatusReport report(String document) throws IOException {
        return StatusReport.of(document.getBytes(StandardCharsets.UTF_8));
    }
}
