package countersign.rules.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.policy.Privilege;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleDocumentsTest {
    private static RuleDocument parse(String json) throws MalformedJson {
        return RuleDocuments.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static String refusal(String json) {
        return assertThrows(MalformedJson.class, () -> parse(json)).getMessage();
    }

    @Test
    void nullDocument_isEmpty() throws Exception {
        assertEquals(RuleDocument.EMPTY, parse("null"));
        assertEquals(RuleDocument.EMPTY, parse(" {'imds':null} \n"));
    }

    @Test
    void item_keepsTextsAsWritten() throws Exception {
        RuleItem item = parse("{'imds':{'defaultAccess':' Allow','mode':'AUDIT','id':'','rules':null}}").imds().orElseThrow();
        assertEquals(new RuleItem(" Allow", "AUDIT", "", Optional.empty()), item);
    }

    @Test
    void absentAndEmptyLists_staySeparate() throws Exception {
        var rules = parse("{'wireserver':{'defaultAccess':'deny','mode':'enforce','id':'x','rules':{'privileges':[],'roles':null}}}")
                .wireserver().orElseThrow().rules().orElseThrow();
        assertEquals(Optional.of(List.of()), rules.privileges());
        assertEquals(Optional.empty(), rules.roles());
    }

    @Test
    void repeatedQueryParameter_laterValueWinsAndTakesTheLaterPlace() throws Exception {
        Privilege privilege = parse("{'imds':{'defaultAccess':'deny','mode':'enforce','id':'x','rules':{'privileges':"
                        + "[{'name':'p','path':'/a','queryParameters':{'A':'1','a':'2','A':'3'}}]}}}")
                .imds().orElseThrow().rules().orElseThrow().privileges().orElseThrow().get(0);
        assertEquals(List.of(Map.entry("a", "2"), Map.entry("A", "3")), List.copyOf(privilege.queryParameters().entrySet()));
    }

    @Test
    void unknownMembers_areIgnoredAlsoWhenRepeated() throws Exception {
        assertEquals(RuleDocument.EMPTY, parse("{'x':1,'x':{'x':[[]]},'Imds':[]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'imds':{'mode':'enforce','id':'x'}} | line 1, column 35, /imds: expected the member defaultAccess, which is missing",
        "{'imds':{'defaultAccess':'a',\\n 'mode':1}} | line 2, column 9, /imds/mode: expected a string, got a number",
        "{'imds':{'defaultAccess':null}} | line 1, column 26, /imds/defaultAccess: expected a string, got null",
        "{'imds':{'mode':'a','mode':'a'}} | line 1, column 21, /imds/mode: expected the member mode once, got it again",
        "{'imds':{'rules':{'identities':[{'name':'i','userName':'u','userName':null}]}}} | line 1, column 60, /imds/rules/identities/0/userName: expected the member userName once, got it again",
        "{'imds':{'rules':{'roles':[null]}}} | line 1, column 28, /imds/rules/roles/0: expected an object, got null",
        "{'imds':{'rules':{'roles':[{'name':'r'}]}}} | line 1, column 39, /imds/rules/roles/0: expected the member privileges, which is missing",
        "{'imds':[]} | line 1, column 9, /imds: expected an object, got a list",
        "['a'] | line 1, column 1: expected an object, got a list",
        "'text' | line 1, column 1: expected an object, got a string",
        "{} {} | line 1, column 4: expected nothing after the value",
        "{'imds':{'rules':{'privileges':[{'queryParameters':{'v':1}}]}}} | line 1, column 57, /imds/rules/privileges/0/queryParameters/v: expected a string, got a number",
        "{'imds':{'id':'\\ud800'}} | line 1, column 15, /imds/id: expected Unicode text, got half of a surrogate pair",
    })
    void wrongDocument_isRefusedWithPlaceMemberAndExpectation(String json, String message) {
        assertEquals(message, refusal(json.replace("\\n", "\n")));
    }

    @Test
    void halfOfASurrogatePair_isNoNameEither() {
        for (String half : List.of("\\ud800", "\\udc00")) {
            String refusal = refusal("{'imds':{'rules':{'privileges':[{'queryParameters':{'" + half + "':'v'}}]}}}");
            assertTrue(refusal.contains("surrogate"), refusal);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{'imds':}", "{'a':1,}", "{a:1}", "// x\n{}", "{'a':NaN}", "{'a':01}", "{'a':'\u0001'}", "{} x", "tru"})
    void text_thatIsNoJson_isRefused(String json) {
        assertTrue(refusal(json).startsWith("line "), json);
    }

    @Test
    void otherEncodings_areRefused() {
        byte[] utf16 = "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE);
        assertThrows(MalformedJson.class, () -> RuleDocuments.parse(utf16));
        byte[] latin = "{\n\"a\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("line 2, column 6: expected UTF-8, got byte 7 that is not",
                assertThrows(MalformedJson.class, () -> RuleDocuments.parse(latin)).getMessage());
        byte[] marked = "\ufeff{}".getBytes(StandardCharsets.UTF_8);
        assertThrows(MalformedJson.class, () -> RuleDocuments.parse(marked));
    }

    @Test
    void depth_upTo128LevelsIsRead() throws Exception {
        assertEquals(RuleDocument.EMPTY, parse("{'x':" + "[".repeat(127) + "]".repeat(127) + "}"));
        assertTrue(refusal("{'x':" + "[".repeat(128) + "]".repeat(128) + "}").contains("128"));
        assertTrue(refusal("[".repeat(1_000_000)).length() < 400);
    }

    @Test
    void hugeTexts_areRefusedWithoutBeingQuoted() throws Exception {
        String huge = "x".repeat(200_000);
        assertTrue(refusal("{'imds':{'id':'" + huge + "'}}").length() < 400);
        String longest = "x".repeat(65_536);
        assertTrue(refusal("{'imds':{'id':'" + longest + "'}}").contains("expected the member"));
        assertTrue(refusal("{'imds':{'id':'" + longest + "x'}}").contains("65536"));
        assertTrue(refusal("{'imds':{'" + huge + "':1}}").length() < 400);
        assertTrue(refusal(huge).length() < 400);
        assertEquals(RuleDocument.EMPTY, parse("{'ignored':'" + huge + "'}"));
        assertEquals("line 1, column 1: expected at most 1048576 bytes, got 10485760",
                assertThrows(MalformedJson.class, () -> RuleDocuments.parse(new byte[10 << 20])).getMessage());
    }
}
