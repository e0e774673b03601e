package countersign.rules.json;

import com.fasterxml.jackson.core.JsonGenerator;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes rule documents in the form in which {@link RuleDocuments} reads them; absent members are left out. */
public final class RuleDocumentWriter {
    private final JsonGenerator json;

    /** @param json stands where a value may be written; stays open */
    public RuleDocumentWriter(JsonGenerator json) {
        this.json = json;
    }

    public void document(RuleDocument document) throws IOException {
        json.writeStartObject();
        optional("imds", document.imds(), this::item);
        optional("wireserver", document.wireserver(), this::item);
        optional("hostga", document.hostga(), this::item);
        json.writeEndObject();
    }

    public void item(RuleItem item) throws IOException {
        json.writeStartObject();
        json.writeStringField("defaultAccess", item.defaultAccess());
        json.writeStringField("mode", item.mode());
        json.writeStringField("id", item.id());
        optional("rules", item.rules(), this::rules);
        json.writeEndObject();
    }

    public void rules(AccessControlRules rules) throws IOException {
        json.writeStartObject();
        optional("privileges", rules.privileges(), list(this::privilege));
        optional("roles", rules.roles(), list(this::role));
        optional("identities", rules.identities(), list(this::identity));
        optional("roleAssignments", rules.roleAssignments(), list(this::assignment));
        json.writeEndObject();
    }

    public void privilege(Privilege privilege) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", privilege.name());
        json.writeStringField("path", privilege.path());
        if (!privilege.queryParameters().isEmpty()) {
            json.writeObjectFieldStart("queryParameters");
            for (Map.Entry<String, String> parameter : privilege.queryParameters().entrySet()) {
                json.writeStringField(parameter.getKey(), parameter.getValue());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    public void identity(Identity identity) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", identity.name());
        optional("userName", identity.userName(), this::text);
        optional("groupName", identity.groupName(), this::text);
        optional("exePath", identity.exePath(), this::text);
        optional("processName", identity.processName(), this::text);
        json.writeEndObject();
    }

    private void role(Role role) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", role.name());
        json.writeFieldName("privileges");
        list(this::text).write(role.privileges());
        json.writeEndObject();
    }

    private void assignment(RoleAssignment assignment) throws IOException {
        json.writeStartObject();
        json.writeStringField("role", assignment.role());
        json.writeFieldName("identities");
        list(this::text).write(assignment.identities());
        json.writeEndObject();
    }

    private void text(String text) throws IOException {
        json.writeString(text);
    }

    @FunctionalInterface
    private interface Value<T> {
        void write(T value) throws IOException;
    }

    private <T> void optional(String member, Optional<T> value, Value<T> writer) throws IOException {
        if (value.isPresent()) {
            json.writeFieldName(member);
            writer.write(value.get());
        }
    }

    private <T> Value<List<T>> list(Value<T> element) {
        return values -> {
            json.writeStartArray();
            for (T value : values) {
                element.write(value);
            }
            json.writeEndArray();
        };
    }
}
