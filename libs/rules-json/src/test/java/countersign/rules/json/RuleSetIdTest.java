package countersign.rules.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleSetIdTest {
    private static String base64(String json) {
        return Base64.getEncoder().encodeToString(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'id':'corp','useLocalFileRules':true} | corp | true",
        "{'id':'corp','useLocalFileRules':false,'x':[1]} | corp | false",
        "{'useLocalFileRules':true} | `` | true",
        "{} | `` | false",
    })
    void marker_isRead(String json, String id, boolean useLocalFileRules) {
        assertEquals(new RuleSetId(id, useLocalFileRules), RuleSetId.of(" " + base64(json) + "\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'id':1,'useLocalFileRules':true}", "{'id':'x','useLocalFileRules':'true'}", "{'id':'x','useLocalFileRules':true} x",
        "['x',true]", "{'id':'x','id':'y','useLocalFileRules':true}", "no json"})
    void textThatIsNoMarker_isTheIdItself(String json) {
        assertEquals(new RuleSetId(base64(json), false), RuleSetId.of(base64(json)));
    }

    @Test
    void base64_isTakenToTheLetter() {
        String marker = base64("{'useLocalFileRules':true,'id':'abc'}");
        assertEquals("=", marker.substring(marker.length() - 1));
        String unpadded = marker.replace("=", "");
        assertEquals(new RuleSetId(unpadded, false), RuleSetId.of(unpadded));
        assertEquals(new RuleSetId("", false), RuleSetId.of(" "));
    }

    @Test
    void effectiveId_namesTheLogicalIdAndTheMarker() {
        assertEquals("sig-1-useLocalFileRules-false", RuleSetId.of(" sig-1").effective(" sig-1"));
        assertEquals("", RuleSetId.of("").effective(""));
    }
}
