package countersign.policy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The schema of rule documents, and validation by it. */
final class Schemas {
    private Schemas() {}

    static ObjectNode schema(RulesFile.Kind kind) {
        try (InputStream in = Schemas.class.getResourceAsStream("rules.schema.json")) {
            ObjectNode schema = (ObjectNode) new ObjectMapper().readTree(in);
            if (kind == RulesFile.Kind.LOCAL) {
                schema.put("title", "Local rule file");
                schema.put("$ref", "#/$defs/localFile");
            }
            return schema;
        } catch (IOException e) {
            throw new UncheckedIOException("the schema is part of this program", e);
        }
    }

    /** Every violation, in document order as far as the validator keeps it. */
    static List<Warning> validate(RulesFile.Kind kind, JsonNode document) {
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder().pathType(PathType.JSON_POINTER).locale(Locale.ROOT).build();
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema(kind), config);
        List<Warning> violations = new ArrayList<>();
        for (ValidationMessage message : schema.validate(document)) {
            String member = message.getInstanceLocation().toString();
            // "null or an item" fails twice for a broken item; that it is not null helps nobody.
            boolean alternative = message.getSchemaLocation().toString().endsWith("/anyOf/0/type");
            if (!alternative) {
                String text = message.getMessage();
                violations.add(new Warning(member, text.startsWith(member + ": ") ? text.substring(member.length() + 2) : text));
            }
        }
        return violations;
    }
}
