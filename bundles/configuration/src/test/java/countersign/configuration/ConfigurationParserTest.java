package countersign.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationParserTest {
    private static final String REQUIRED =
            """
            "logFolder": "/var/log/azure-proxy-agent", "eventFolder": "/var/log/azure-proxy-agent/events",
            "latchKeyFolder": "/var/lib/azure-proxy-agent/keys", "monitorIntervalInSeconds": 60,
            "pollKeyStatusIntervalInSeconds": 15, "ebpfProgramName": "ebpf_cgroup.o\"""";

    private final ConfigurationParser parser = new ConfigurationParser(Map.of("ROOT", "/srv", "NESTED", "%ROOT%")::get);

    @Test
    void requiredMembersOnly_areThePropertiesAndNothingElse() throws Exception {
        assertEquals(
                Map.of(
                        "logFolder", "/var/log/azure-proxy-agent",
                        "eventFolder", "/var/log/azure-proxy-agent/events",
                        "latchKeyFolder", "/var/lib/azure-proxy-agent/keys",
                        "monitorIntervalInSeconds", 60L,
                        "pollKeyStatusIntervalInSeconds", 15L,
                        "ebpfProgramName", "ebpf_cgroup.o"),
                parse("{" + REQUIRED + "}"));
    }

    @Test
    void optionalMembers_keepNameAndType() throws Exception {
        Map<String, Object> properties = parse("{" + REQUIRED + ", \"maxEventFileCount\": 7, \"enableHttpProxyTrace\": true,"
                + " \"canonicalRequestMode\": \"Enforce\", \"fileLogLevel\": null}");
        assertEquals(7L, properties.get("maxEventFileCount"));
        assertEquals(true, properties.get("enableHttpProxyTrace"));
        assertEquals("Enforce", properties.get("canonicalRequestMode"));
        assertEquals(false, properties.containsKey("fileLogLevel"));
    }

    @Test
    void byteOrderMark_isSkipped() throws Exception {
        assertEquals(6, parse("\uFEFF{" + REQUIRED + "}").size());
    }

    @Test
    void unknownMembers_arePassedOnWhenPlainAndIgnoredOtherwise() throws Exception {
        Map<String, Object> properties = parse("{" + REQUIRED + ", \"hostGAPluginSupport\": 2, \"exporterOn\": false, \"exporterFolder\": \"/p\","
                + " \"list\": [1, {\"logFolder\": 3}], \"object\": {\"eventFolder\": 1}, \"nothing\": null, \"share\": 0.5,"
                + " \"LOGFOLDER\": \"/evil\", \"service.pid\": \"x\", \"huge\": 99999999999999999999}");
        assertEquals(9, properties.size());
        assertEquals(2L, properties.get("hostGAPluginSupport"));
        assertEquals(false, properties.get("exporterOn"));
        assertEquals("/p", properties.get("exporterFolder"));
        assertEquals("/var/log/azure-proxy-agent", properties.get("logFolder"));
    }

    @Test
    void unsigned64_aboveTheSignedRange_isLoweredToItsMaximum() throws Exception {
        String json = "{" + REQUIRED.replace("15", "18446744073709551615") + "}";
        assertEquals(Long.MAX_VALUE, parse(json).get("pollKeyStatusIntervalInSeconds"));
    }

    @ParameterizedTest
    @CsvSource({
        "%ROOT%/log, /srv/log",
        "%UNSET%/log, UNSET/log",
        "%NESTED%/log, %ROOT%/log",
        "a%ROOT%b%ROOT%c, a/srvb/srvc",
        "100%, 100%",
        "%%, ''",
        "'', ''"
    })
    void folderPlaceholder_isReplaced(String folder, String expected) throws Exception {
        assertEquals(expected, parse("{" + REQUIRED.replace("/var/log/azure-proxy-agent/events", folder) + "}").get("eventFolder"));
    }

    @Test
    void placeholder_outsideTheFolderFields_stays() throws Exception {
        assertEquals("%ROOT%/cg", parse("{" + REQUIRED + ", \"cgroupRoot\": \"%ROOT%/cg\"}").get("cgroupRoot"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"logFolder\": 5                    | line 1, column 15: logFolder: expected a string, got 5",
        "{\"logFolder\": null}                | line 1, column 15: logFolder: expected a string, got null",
        "{\"monitorIntervalInSeconds\": -1}   | line 1, column 30: monitorIntervalInSeconds: expected a whole number from 0, got -1",
        "{\"monitorIntervalInSeconds\": 1.5}  | line 1, column 30: monitorIntervalInSeconds: expected a whole number from 0, got 1.5",
        "{\"monitorIntervalInSeconds\": \"6\"}| line 1, column 30: monitorIntervalInSeconds: expected a whole number from 0, got a string",
        "{\"enableHttpProxyTrace\": 1}        | line 1, column 26: enableHttpProxyTrace: expected true or false, got 1",
        "{\"egressGuard\": \"yes\"}            | line 1, column 17: egressGuard: expected true or false, got a string",
        "{\"denyUnknownNetns\": \"on\"}        | line 1, column 22: denyUnknownNetns: expected true or false, got a string",
        "{\"evilTwins\": \"yes\"}              | line 1, column 15: evilTwins: expected true or false, got a string",
        "{\"rateLimitPerSecond\": \"5\"}       | line 1, column 24: rateLimitPerSecond: expected a whole number from 0, got a string",
        "{\"fileLogLevel\": [\"Info\"]}       | line 1, column 18: fileLogLevel: expected a string, got a list",
        "{\"logFolder\":\"\",\"logFolder\":\"\"} | line 1, column 17: logFolder: expected once, found again",
        "[]                                   | line 1, column 1: expected one JSON object",
        "{}                                   | logFolder: missing, expected a string"
    })
    void wrongDocument_isRefusedWithPositionMemberAndExpectation(String json, String message) {
        assertEquals(message, refusal(json.strip()));
    }

    @Test
    void brokenJson_isRefusedWithItsPosition() {
        String message = refusal("{\n  \"logFolder\": nope }");
        assertEquals("line 2, column 16: not JSON: Unrecognized token 'nope': was expecting (JSON String, Number, Array, Object or token"
                + " 'null', 'true' or 'false')", message);
    }

    @Test
    void secondDocument_isRefused() {
        assertEquals("line 1, column 3: expected nothing after the JSON object", refusal("{}{}"));
    }

    @Test
    void textThatIsNotUtf8_isRefusedWithItsPosition() {
        var e = assertThrows(InvalidConfigurationException.class, () -> parser.parse(new byte[] {'{', ' ', (byte) 0xFF}));
        assertEquals("byte 2: expected UTF-8", e.getMessage());
    }

    private String refusal(String json) {
        return assertThrows(InvalidConfigurationException.class, () -> parse(json)).getMessage();
    }

    private Map<String, Object> parse(String json) throws InvalidConfigurationException {
        return parser.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
