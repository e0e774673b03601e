package countersign.host.simulator.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.host.simulator.http.Body;
import countersign.host.simulator.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelemetryStoreTest {
    private static final String GENERIC = "FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F";
    private static final String STATUS = "69B669B9-4AF8-4C50-BDC4-6006FA76E975";
    private static final String COMMON = text("KeywordName", "{&quot;CpuArchitecture&quot;:&quot;x&quot;}") + text("TenantName", "t")
            + text("RoleName", "r") + text("RoleInstanceName", "") + text("ContainerId", "c") + text("ResourceGroupName", "g")
            + text("SubscriptionId", "s") + text("VMId", "v") + number("ImageOrigin", "1") + text("OSVersion", "o") + number("RAM", "1")
            + number("Processors", "2") + number("EventPid", "3") + number("EventTid", "4") + text("GAVersion", "0") + text("ExecutionMode", "ProxyAgent")
            + text("TaskName", "task") + text("OpcodeName", "time");
    private static final String EVENT = "<Event id=\"7\"><![CDATA[" + COMMON + text("EventName", "MicrosoftAzureGuestProxyAgent")
            + text("CapabilityUsed", "INFO") + text("Context1", "]]&gt; &amp;") + text("Context2", "time") + text("Context3", "module") + "]]></Event>";
    private static final String REPORT = "<Event id=\"1\"><![CDATA[" + COMMON + text("ExtensionType", "Monitoring") + flag("IsInternal", "True")
            + text("Name", "n") + text("Version", "0") + text("Operation", "op") + flag("OperationSuccess", "False") + text("Message", "m")
            + number("Duration", "9") + "]]></Event>";
    private static final String GOOD = document(provider(GENERIC, EVENT + EVENT) + provider(STATUS, REPORT));

    private final TelemetryStore store = new TelemetryStore();

    @Test
    void documentOfAProxyAgent_isAcceptedAndShown() {
        assertEquals(200, post(GOOD).status());
        JsonNode shown = store.toJson();
        assertEquals("1 0 3", shown.get("accepted") + " " + shown.get("refused") + " " + shown.get("events").size());
        JsonNode event = shown.get("events").get(0);
        assertEquals(GENERIC + " 7", event.get("provider").asText() + " " + event.get("id").asText());
        assertEquals("]]> &", event.get("parameters").get("Context1").asText());
        store.reset();
        assertEquals(0, store.toJson().get("events").size());
    }

    @Test
    void documentOfAGuestAgent_isHeldToItsXmlOnly() {
        String event = "<Event id=\"1\"><![CDATA[" + text("Name", "n") + text("ExecutionMode", "IAAS") + "]]></Event>";
        assertEquals(200, post(document("\n " + provider(STATUS, event) + "\n")).status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "id=\"7\"|id=\"1\"|expected event id 7 of this provider",
        "FFF0196F|AFF0196F|expected a known provider id",
        "<![CDATA[|x<![CDATA[|expected one CDATA section in Event",
        "<![CDATA[<Param|<![CDATA[<Other|expected Param elements in the CDATA section",
        "Value=\"task\"|Value=\"ta<sk\"|expected well-formed XML in the CDATA section, got something else",
        "Value=\"task\"|Value=\"ta\u0001sk\"|expected a well-formed document, got something else at column *",
        "Value=\"task\"|Value=\"ta]]>sk\"|expected one CDATA section in Event",
        "Name=\"RAM\" Value=\"1\"|Name=\"RAM\" Value=\"x\"|expected a number as RAM",
        "Value=\"False\"|Value=\"false\"|expected True or False as OperationSuccess",
        "T=\"mt:bool\"|T=\"mt:other\"|expected mt:wstr, mt:uint64 or mt:bool as type of IsInternal",
        "Name=\"TenantName\"|Name=\"Tenantname\"|expected these parameters in order: KeywordName TenantName *",
        "<Provider id=|' <Provider id='|expected this beginning: declaration, TelemetryData, Provider",
        "</Provider>|'</Provider> '|expected no white space between elements",
        "</TelemetryData>|</Telemetry>|expected a well-formed document, got something else at column *",
        "version=\"1.0\">|version=\"2.0\">|expected version 1.0 of TelemetryData",
        "<TelemetryData|<!DOCTYPE x [<!ENTITY e \"y\">]><TelemetryData|expected *"})
    void flaw_isRefusedWithItsReason(String right, String wrong, String reason) {
        Response answer = post(GOOD.replaceFirst(java.util.regex.Pattern.quote(right), java.util.regex.Matcher.quoteReplacement(wrong)));
        assertEquals(400, answer.status());
        String told = store.toJson().get("refusals").get(0).asText();
        assertEquals(reason, reason.endsWith("*") ? told.substring(0, Math.min(told.length(), reason.length() - 1)) + "*" : told);
        assertEquals(0, store.toJson().get("accepted").asInt());
    }

    @Test
    void documentAtTheLimit_isRefused() {
        String filled = GOOD.replaceFirst("Value=\"task\"", "Value=\"" + "x".repeat(65_535 - GOOD.length() + 4) + "\"");
        assertEquals(65_535, filled.length());
        assertEquals(200, post(filled).status());
        assertEquals(400, post(filled.replaceFirst("xx", "xxx")).status());
        assertEquals(413, store.post(new Body(2 << 20, "", null)).status());
    }

    @Test
    void sameProviderTwice_andNoEvents_areRefused() {
        assertEquals(400, post(document(provider(GENERIC, EVENT) + provider(GENERIC, EVENT))).status());
        assertEquals(400, post(document("")).status());
        assertEquals(400, post("").status());
        assertEquals(List.of("expected one Provider element for each kind", "expected at least one event"),
                List.of(store.toJson().get("refusals").get(0).asText(), store.toJson().get("refusals").get(1).asText()));
    }

    private Response post(String document) {
        return store.post(Body.of(document.getBytes(StandardCharsets.UTF_8)));
    }

    private static String document(String providers) {
        return "<?xml version=\"1.0\"?><TelemetryData version=\"1.0\">" + providers + "</TelemetryData>";
    }

    private static String provider(String id, String events) {
        return "<Provider id=\"" + id + "\">" + events + "</Provider>";
    }

    private static String text(String name, String value) {
        return param(name, value, "wstr");
    }

    private static String number(String name, String value) {
        return param(name, value, "uint64");
    }

    private static String flag(String name, String value) {
        return param(name, value, "bool");
    }

    private static String param(String name, String value, String type) {
        return "<Param Name=\"" + name + "\" Value=\"" + value + "\" T=\"mt:" + type + "\" />";
    }
}
