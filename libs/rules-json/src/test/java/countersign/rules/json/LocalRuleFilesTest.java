package countersign.rules.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import countersign.policy.LocalRules;
import countersign.rules.json.LocalRuleFiles.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalRuleFilesTest {
    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void emptyObject_isValid() throws Exception {
        assertEquals(new LocalRules.Present(Optional.empty(), Optional.empty(), Optional.empty()), LocalRuleFiles.read(bytes("{}")));
    }

    @Test
    void byteOrderMark_isSkippedOnce() throws Exception {
        assertEquals(Optional.of(" allow "), LocalRuleFiles.read(bytes("\ufeff{'defaultAccess':' allow '}")).defaultAccess());
        assertThrows(MalformedJson.class, () -> LocalRuleFiles.read(bytes("\ufeff\ufeff{}")));
        assertThrows(MalformedJson.class, () -> LocalRuleFiles.read(bytes("\ufeff")));
    }

    @Test
    void positionalArray_isReadForComparisonOnly() throws Exception {
        byte[] file = bytes("['allow','pos',null]");
        assertThrows(MalformedJson.class, () -> LocalRuleFiles.read(file));
        assertEquals(new LocalRules.Present(Optional.of("allow"), Optional.of("pos"), Optional.empty()), LocalRuleFiles.readAsReference(file));
        assertThrows(MalformedJson.class, () -> LocalRuleFiles.readAsReference(bytes("['allow','pos']")));
        assertThrows(MalformedJson.class, () -> LocalRuleFiles.readAsReference(bytes("['allow','pos',null,null]")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'defaultAccess':'maybe','id':' '} | defaultAccess: expected allow or deny, got \"maybe\"",
        "{'id':' '} | id: expected text, got an empty id although one is provided",
        "{'id':'\u0085\u00a0\u2003'} | id: expected text, got an empty id although one is provided",
        "{'rules':{'privileges':[{'name':' ','path':'/a'}]}} | privilege: expected a name, got an empty one",
        "{'rules':{'privileges':[{'name':'p','path':''}]}} | privilege \"p\": expected a path, got an empty one",
        "{'rules':{'privileges':[{'name':'p','path':'/a'},{'name':'p','path':'/b'}]}} | privilege \"p\" is defined twice",
        "{'rules':{'privileges':[{'name':'p','path':'/a'},{'name':'p','path':' '}]}} | privilege \"p\": expected a path, got an empty one",
        "{'rules':{'privileges':[{'name':'p','path':'/a'},{'name':'p','path':'/a','queryParameters':{'k':''}}]}} | privilege \"p\" is defined twice",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p']},{'name':'r','privileges':[]}]}} | role \"r\": expected at least one privilege, got an empty list",
        "{'rules':{'identities':[{'name':'i','userName':'u'},{'name':'i'}]}} | identity \"i\" is defined twice",
        "{'rules':{'privileges':[{'name':'p','path':'/a','queryParameters':{' ':'1'}}]}} | privilege \"p\": expected a query parameter name, got an empty one",
        "{'rules':{'privileges':[{'name':'p','path':'/a','queryParameters':{'k':' '}}]}} | privilege \"p\": expected a value for query parameter \"k\", got an empty one",
        "{'rules':{'privileges':[{'name':'p','path':'/a','queryParameters':{'k':'1','K':'1'}}]}} | privilege \"p\": query parameter \"K\" is given twice in different case",
        "{'rules':{'roles':[{'name':'','privileges':['p']}]}} | role: expected a name, got an empty one",
        "{'rules':{'roles':[{'name':'r','privileges':[]}]}} | role \"r\": expected at least one privilege, got an empty list",
        "{'rules':{'roles':[{'name':'r','privileges':['p']}]}} | role \"r\": this file defines no privilege \"p\"",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p','p']}]}} | role \"r\": privilege \"p\" is named twice",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p']},{'name':'r','privileges':['p']}]}} | role \"r\" is defined twice",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['']}]}} | role \"r\": expected the name of a privilege, got an empty one",
        "{'rules':{'identities':[{'name':'i','userName':' '}]}} | identity \"i\": expected at least one of userName, groupName, exePath, processName that is not empty",
        "{'rules':{'identities':[{'name':'i','userName':'u'},{'name':'i','userName':'u'}]}} | identity \"i\" is defined twice",
        "{'rules':{'roleAssignments':[{'role':' ','identities':['i']}]}} | role assignment: expected a role, got an empty name",
        "{'rules':{'roleAssignments':[{'role':'r','identities':['i']}]}} | role assignment of \"r\": this file defines no such role",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p']}],'roleAssignments':[{'role':'r','identities':[]}]}} | role assignment of \"r\": expected at least one identity, got an empty list",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p']}],'roleAssignments':[{'role':'r','identities':['i']}]}} | role assignment of \"r\": this file defines no identity \"i\"",
    })
    void invalidFile_namesTheFirstError(String json, String message) {
        assertEquals(message, assertThrows(Invalid.class, () -> LocalRuleFiles.read(bytes(json))).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'defaultAccess':'maybe'} | /defaultAccess",
        "{'id':' '} | /id",
        "{'rules':{'privileges':[{'name':'p','path':'/a'},{'name':'p','path':'/b'}]}} | /rules/privileges/1/name",
        "{'rules':{'privileges':[{'name':'p','path':''}]}} | /rules/privileges/0/path",
        "{'rules':{'privileges':[{'name':'p','path':'/a','queryParameters':{'k':' '}}]}} | /rules/privileges/0/queryParameters",
        "{'rules':{'roles':[{'name':'r','privileges':[]}]}} | /rules/roles/0/privileges",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p','q']}]}} | /rules/roles/0/privileges/1",
        "{'rules':{'identities':[{'name':'i','userName':'u'},{'name':'j'}]}} | /rules/identities/1",
        "{'rules':{'roleAssignments':[{'role':'r','identities':['i']}]}} | /rules/roleAssignments/0/role",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p']}],'roleAssignments':[{'role':'r','identities':['i']}]}} | /rules/roleAssignments/0/identities/0",
    })
    void invalidFile_pointsToTheFirstError(String json, String member) {
        assertEquals(member, assertThrows(Invalid.class, () -> LocalRuleFiles.read(bytes(json))).member());
    }
}
