package countersign.rules.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectReaderTest {
    private static Object first(String member, String json) throws MalformedJson {
        return JsonBytes.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), 1000, parser -> {
            ObjectReader object = ObjectReader.open(parser, "flag", "count");
            Object value = null;
            for (String name = object.next(); name != null; name = object.next()) {
                Object read = name.equals("flag") ? object.bool() : (Object) object.integer(0, 4_294_967_295L);
                value = name.equals(member) ? read : value;
            }
            return object.require(member, value);
        });
    }

    @Test
    void values_ofTheRightType_areRead() throws Exception {
        assertEquals(true, first("flag", "{'flag':true}"));
        assertEquals(4_294_967_295L, first("count", "{'count':4294967295,'flag':false}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'flag':'true'} | /flag: expected true or false, got a string",
        "{'flag':null} | /flag: expected true or false, got null",
        "{'count':-1} | /count: expected a whole number from 0 to 4294967295, got -1",
        "{'count':4294967296} | /count: expected a whole number from 0 to 4294967295, got 4294967296",
        "{'count':99999999999999999999999} | /count: expected a whole number from 0 to 4294967295, got a number out of range",
        "{'count':1.0} | /count: expected a whole number from 0 to 4294967295, got a number",
        "{'count':'1'} | /count: expected a whole number from 0 to 4294967295, got a string",
    })
    void values_ofAnotherType_areNotCoerced(String json, String message) {
        MalformedJson refusal = assertThrows(MalformedJson.class, () -> first("flag", json));
        assertEquals(message, refusal.member() + ": " + refusal.problem());
    }
}
