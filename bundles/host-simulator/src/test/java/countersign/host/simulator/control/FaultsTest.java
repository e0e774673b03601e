package countersign.host.simulator.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Body;
import countersign.host.simulator.http.Request;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
    private final Faults faults = new Faults();

    @Test
    void count_isUsedUp_andTheNextFaultApplies() {
        Fault once = faults.add(null, json("{'count':1}"));
        Fault always = faults.add(null, json("{}"));
        assertEquals(once, faults.take(Service.IMDS, request("GET", "/")));
        assertEquals(always, faults.take(Service.IMDS, request("GET", "/")));
        assertEquals(0, once.describe().get("remaining").asInt());
        assertTrue(always.describe().get("remaining").isNull());
    }

    @ParameterizedTest
    @CsvSource({"imds, GET, /a/x/b?q, true", "wireserver, GET, /a/x/b, false", "imds, PUT, /a/x/b, false", "imds, GET, /a/x/bc, false",
        "imds, GET, /a//b, true", "imds, GET, /b, false"})
    void target_narrowsAFault(String service, String method, String target, boolean matches) {
        faults.add(null, json("{'service':'imds','method':'GET','path':'/a/*/b'}"));
        assertEquals(matches, faults.take(Service.of(service), request(method, target)) != null);
    }

    @Test
    void path_otherCharactersStandForThemselves() {
        faults.add(null, json("{'path':'/a.b*'}"));
        assertNull(faults.take(Service.IMDS, request("GET", "/axb")));
        assertNotNull(faults.take(Service.IMDS, request("GET", "/a.b+c")));
    }

    @Test
    void removed_appliesNoMore() {
        Fault fault = faults.add(null, json("{}"));
        assertTrue(faults.remove(fault.id()));
        assertTrue(fault.isRemoved());
        assertNull(faults.take(Service.IMDS, request("GET", "/")));
    }

    @Test
    void everyPreset_isAFault_andOwnMembersWin() {
        ObjectNode presets = faults.presets();
        assertEquals(20, presets.size());
        presets.fieldNames().forEachRemaining(name ->
                assertEquals(3, faults.add(name, json("{'count':3}")).describe().get("remaining").asInt(), name));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'action':'explode'}|action explode: expected pass, answer, patch, hang, cut or reset",
        "{'service':'mds'}|service mds: expected wireserver, imds or hostga",
        "{'count':'1'}|count \"1\": expected a whole number",
        "{'delayMillis':-1}|delayMillis -1: expected zero or more",
        "{'action':'answer','status':99}|status 99: expected 200 to 999",
        "{'action':'answer','headers':{'x':'a\\r\\nb'}}|header x: expected no control characters",
        "{'action':'answer','body':'0123456789','repeat':99999999}|repeat 99999999: expected an answer of at most 67108864 bytes",
        "{'actoin':'cut'}|fault member actoin: expected one of [action, afterBytes, body, contentType, count, delayMillis, headers, method, path, processed, remove, repeat, service, set, status]"})
    void documentThatIsNoFault_isRefused(String document, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> faults.add(null, json(document))).getMessage());
        assertEquals(0, faults.describe().size());
    }

    @Test
    void unknownPreset_isRefused() {
        assertEquals("fault preset x: see GET /faults/presets",
                assertThrows(IllegalArgumentException.class, () -> faults.add("x", json("{}"))).getMessage());
    }

    private static Request request(String method, String target) {
        return new Request(method, target, false, List.of(), Body.EMPTY);
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
