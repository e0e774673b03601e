package countersign.keys.keeper.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.policy.RuleDocument;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStatusReaderTest {
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String V1 = "{'authorizationScheme':'Azure-HMAC-SHA256','keyDeliveryMethod':'http','keyGuid':null,"
            + "'requiredClaimsHeaderPairs':['isRoot'],'secureChannelState':'Wireserver','version':'1.0'}";
    private static final String V2 = "{'authorizationScheme':'Azure-HMAC-SHA256','keyDeliveryMethod':'http','keyGuid':'" + GUID
            + "','keyIncarnationId':null,'requiredClaimsHeaderPairs':[],'secureChannelEnabled':true,'version':'2.0','authorizationRules':{"
            + "'imds':{'defaultAccess':'allow','mode':'enforce','id':'imds-rules-1'},"
            + "'wireserver':{'defaultAccess':'deny','mode':'Audit','id':'ws-rules-1'}}}";

    @ParameterizedTest
    @CsvSource({
        "Wireserver, wireserver, ENFORCE, AUDIT",
        "WIRESERVERANDIMDS, wireserverandimds, ENFORCE, ENFORCE",
        "Disabled, disabled, DISABLED, DISABLED",
    })
    void schema1_takesStateAndModesFromTheText(String text, String state, EndpointMode wireserver, EndpointMode imds) throws Exception {
        KeyStatus status = read(V1.replace("'Wireserver'", "'" + text + "'"));
        assertEquals(state, status.channelState());
        assertEquals(modes(wireserver, imds), status.modes());
        assertEquals(RuleDocument.EMPTY, status.rules());
    }

    @Test
    void schema2_takesStateAndModesFromTheItems() throws Exception {
        KeyStatus status = read(V2);
        assertEquals("WireServer Audit -  IMDS Enforce - HostGA Audit", status.channelState());
        assertEquals(modes(EndpointMode.AUDIT, EndpointMode.ENFORCE), status.modes());
        assertEquals(Optional.of(GUID), status.keyGuid());
        assertEquals("ws-rules-1", status.rules().wireserver().orElseThrow().id());
        assertTrue(status.enabled());
        assertEquals(Set.of(Endpoint.WIRESERVER, Endpoint.IMDS, Endpoint.HOSTGA), status.redirected());
    }

    @Test
    void absentItem_isDisabled() throws Exception {
        KeyStatus status = read(V2.replace("'wireserver'", "'hostga'"));
        assertEquals("WireServer Disabled -  IMDS Enforce - HostGA Disabled", status.channelState());
        assertEquals(Set.of(Endpoint.IMDS), status.redirected());
    }

    @Test
    void allDisabled_isNotTheSameAsOff() throws Exception {
        KeyStatus status = read(V2.replace("'enforce'", "'disabled'").replace("'Audit'", "'DISABLED'"));
        assertEquals("WireServer Disabled -  IMDS Disabled - HostGA Disabled", status.channelState());
        assertTrue(status.enabled());
        assertEquals(Set.of(), status.redirected());
    }

    @Test
    void channelOff_withModes_staysGuarded() throws Exception {
        KeyStatus status = read(V2.replace("true", "false"));
        assertEquals("disabled", status.channelState());
        assertFalse(status.enabled());
        assertEquals(modes(EndpointMode.AUDIT, EndpointMode.ENFORCE), status.modes());
        assertEquals(Optional.empty(), status.keyGuid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "'absent'"})
    void withoutRules_schema2IsOff(String rules) throws Exception {
        String document = V2.substring(0, V2.indexOf("'authorizationRules'"));
        KeyStatus status = read(rules.equals("null") ? document + "'authorizationRules':null}" : document + "'x':1}");
        assertEquals("disabled", status.channelState());
        assertEquals(Set.of(), status.redirected());
    }

    @Test
    void emptyRules_areRules() throws Exception {
        KeyStatus status = read(V2.substring(0, V2.indexOf("'authorizationRules'")) + "'authorizationRules':{}}");
        assertEquals("WireServer Disabled -  IMDS Disabled - HostGA Disabled", status.channelState());
    }

    @Test
    void unusableGuid_doesNotMatterWhileOff() throws Exception {
        assertEquals(Optional.empty(), read(V2.replace("true", "false").replace(GUID, "00000000-0000-0000-0000-000000000000")).keyGuid());
        assertEquals(Optional.empty(), read(V1.replace("'Wireserver'", "'disabled'").replace("'keyGuid':null", "'keyGuid':''")).keyGuid());
    }

    @Test
    void unknownMembers_areIgnored() throws Exception {
        assertEquals(read(V2), read(V2.replaceFirst("\\{", "{'x':[{'version':3}],'x':null,'Version':'3.0',")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "'secureChannelEnabled':true, | `` | version 2.0: expected secureChannelEnabled",
        "'2.0' | '3.0' | version: expected 1.0 or 2.0, got another text",
        "'2.0' | '1.0' | version 1.0: expected secureChannelState",
        "'2.0' | '2' | version: expected 1.0 or 2.0, got another text",
        "Azure-HMAC-SHA256 | azure-hmac-sha256 | authorizationScheme: expected Azure-HMAC-SHA256",
        "'http' | 'vtpm' | keyDeliveryMethod: expected http, the only one implemented",
        "'http' | 'HTTP' | keyDeliveryMethod: expected http, the only one implemented",
        "'enforce' | 'enforced' | authorizationRules: expected the modes disabled, audit or enforce",
        "'Audit' | ' audit' | authorizationRules: expected the modes disabled, audit or enforce",
        "3d9a6c1e-52b7 | ../../../etc | keyGuid: expected 8-4-4-4-12 hexadecimal digits that are not all zero",
    })
    void defectOfSchema2_isRefused(String what, String with, String message) {
        String document = V2.replace(what, with);
        if (message.startsWith("version 2.0")) {
            document = document.replaceFirst("\\{", "{'secureChannelState':'disabled',");
        }
        assertRefused(message, document);
    }

    @Test
    void emptyGuid_isRefusedWhileOn() {
        assertRefused("keyGuid: expected 8-4-4-4-12 hexadecimal digits that are not all zero", V2.replace(GUID, ""));
        assertRefused("keyGuid: expected 8-4-4-4-12 hexadecimal digits that are not all zero", V2.replace(GUID, "00000000-0000-0000-0000-000000000000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Audit", "", "off", "wireserver "})
    void unknownState_isRefused_whateverTheVersion(String state) {
        String message = "secureChannelState: expected Disabled, Wireserver or WireserverAndImds";
        assertRefused(message, V1.replace("'Wireserver'", "'" + state + "'"));
        assertRefused(message, V2.replaceFirst("\\{", "{'secureChannelState':'" + state + "',"));
    }

    @Test
    void neitherStateNorSwitch_isRefused() {
        assertRefused("expected secureChannelEnabled or secureChannelState", V1.replace("'secureChannelState':'Wireserver',", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "'secureChannelEnabled':true | 'secureChannelEnabled':'true'",
        "'keyIncarnationId':null | 'keyIncarnationId':-1",
        "'keyIncarnationId':null | 'keyIncarnationId':4294967296",
        "'keyIncarnationId':null | 'keyIncarnationId':1.5",
        "'requiredClaimsHeaderPairs':[] | 'requiredClaimsHeaderPairs':[1]",
        "'requiredClaimsHeaderPairs':[] | 'requiredClaimsHeaderPairs':{}",
        "'version':'2.0' | 'version':2.0",
        "'version':'2.0' | 'version':null",
        "'version':'2.0' | 'version':'2.0','version':'2.0'",
        "'id':'imds-rules-1' | 'id':7",
        "'mode':'enforce', | ``",
        "}}} | }}",
        "}}} | }}} {}",
        "'http' | 'ht\\tp",
    })
    void wrongForm_isRefusedWithItsPlaceOnly(String what, String with) {
        String document = V2.replace(what, with);
        RefusedStatusException refusal = assertThrows(RefusedStatusException.class, () -> read(document));
        assertTrue(refusal.getMessage().matches("expected a status document, got something else at line 1, column \\d+ of " + document.length() + " bytes"),
                refusal.getMessage());
    }

    private static void assertRefused(String message, String document) {
        assertEquals(message, assertThrows(RefusedStatusException.class, () -> read(document)).getMessage());
    }

    private static KeyStatus read(String document) throws RefusedStatusException {
        return KeyStatusReader.read(document.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Map<Endpoint, EndpointMode> modes(EndpointMode wireserver, EndpointMode imds) {
        return Map.of(Endpoint.WIRESERVER, wireserver, Endpoint.IMDS, imds, Endpoint.HOSTGA, wireserver);
    }
}
