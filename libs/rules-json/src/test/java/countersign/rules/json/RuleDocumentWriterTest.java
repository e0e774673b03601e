package countersign.rules.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RuleDocumentWriterTest {
    @Test
    void document_readAndWritten_isTheSame() throws Exception {
        String json = """
                {"imds":{"defaultAccess":"Deny","mode":"audit","id":"","rules":{"privileges":[{"name":"p","path":"/A",\
                "queryParameters":{"k":"v","K":""}}],"roles":[{"name":"r","privileges":["p","q"]}],\
                "identities":[{"name":"i","userName":"u","groupName":"g","exePath":"/e","processName":"n"},{"name":"j"}],\
                "roleAssignments":[{"role":"r","identities":[]}]}},"hostga":{"defaultAccess":"","mode":"","id":"x","rules":{"roles":[]}}}""";
        StringWriter text = new StringWriter();
        try (var generator = new JsonFactory().createGenerator(text)) {
            new RuleDocumentWriter(generator).document(RuleDocuments.parse(json.getBytes(StandardCharsets.UTF_8)));
        }
        assertEquals(json, text.toString());
    }
}
