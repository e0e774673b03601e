package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.summary.RequestSummary;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryTextTest {
    @Test
    void summary_hasTheMembersOfTheSpecificationInOrder() {
        RequestSummary summary = RequestSummary.of(Events.request("www", 200, false));
        assertEquals("{\"id\":3,\"method\":\"GET\",\"url\":\"/metadata/instance\",\"clientIp\":\"127.0.0.1\",\"clientPort\":40000,"
                + "\"ip\":\"169.254.169.254\",\"port\":80,\"userId\":1000,\"userName\":\"www\",\"userGroups\":[\"www\"],"
                + "\"processFullPath\":\"/usr/bin/curl\",\"processCmdLine\":\"curl x\",\"runAsElevated\":false,"
                + "\"responseStatus\":\"403 Forbidden\",\"elapsedTime\":12,\"errorDetails\":\"\"}", SummaryText.of(summary, "403 Forbidden"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\"", "\u0001", "é", "😀"})
    void longestSummary_isWithinTheLimit_andJson(String character) throws Exception {
        String text = character.repeat(9000);
        String message = SummaryText.of(new RequestSummary(Long.MAX_VALUE, text, text, text, 65535, text, 65535, 4294967295L, text,
                Collections.nCopies(100, text), text, text, false, text, Long.MAX_VALUE, text), text);
        assertTrue(message.length() <= MessageText.LIMIT, message.length() + " characters");
        assertEquals(message, MessageText.of(message));
        JsonNode json = new ObjectMapper().readTree(message);
        assertEquals(16, json.size());
        assertTrue(json.get("url").asText().startsWith(character) && json.get("url").asText().endsWith("..."));
    }

    @Test
    void secrets_areRedactedWithinTheirMember() throws Exception {
        RequestSummary summary = RequestSummary.of(Events.request("www", "/x?sig=abc&client_secret", "curl client_secret", 200, false));
        JsonNode json = new ObjectMapper().readTree(SummaryText.of(summary, "200 OK"));
        assertEquals("/x?[REDACTED]&client_secret", json.get("url").asText());
        assertEquals("127.0.0.1", json.get("clientIp").asText(), "what follows stays, whatever the caller writes");
    }
}
