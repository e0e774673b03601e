package countersign.policy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.rules.json.Text;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Finds members that rules do not have: they are ignored, which helps nobody who has mistyped one. */
final class UnknownMembers {
    private final List<Warning> warnings = new ArrayList<>();
    private final RulesFile.Kind kind;
    private final JsonNode schema;

    private UnknownMembers(RulesFile.Kind kind) {
        this.kind = kind;
        this.schema = Schemas.schema(kind);
    }

    /** @param document already valid */
    static List<Warning> find(RulesFile.Kind kind, JsonNode document) {
        UnknownMembers search = new UnknownMembers(kind);
        search.visit("", document, search.resolve(search.schema));
        return search.warnings;
    }

    private void visit(String at, JsonNode value, JsonNode form) {
        if (value.isArray() && form.has("items")) {
            for (int i = 0; i < value.size(); i++) {
                visit(at + '/' + i, value.get(i), resolve(form.get("items")));
            }
        }
        if (!value.isObject() || !form.has("properties")) {
            return;
        }
        Iterator<String> names = value.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            JsonNode known = form.get("properties").get(name);
            if (known != null) {
                visit(at + '/' + name, value.get(name), resolve(known));
            } else {
                warnings.add(new Warning(at + '/' + name.replace("~", "~0").replace("/", "~1"),
                        "the member " + Text.quote(name) + " is not known and ignored" + hint(at, name, form.get("properties"))));
            }
        }
    }

    private String hint(String at, String name, JsonNode properties) {
        List<String> known = new ArrayList<>();
        properties.fieldNames().forEachRemaining(known::add);
        if (kind == RulesFile.Kind.LOCAL && at.isEmpty()) {
            // A document whose only member is mistyped looks like a local file.
            known.addAll(List.of("imds", "wireserver", "hostga", "authorizationRules", "inputRules"));
        }
        return new Words(known).hint(name);
    }

    /** Follows references, and of "null or something" takes the something. */
    private JsonNode resolve(JsonNode form) {
        JsonNode at = form;
        while (at.has("$ref") || at.has("anyOf")) {
            at = at.has("$ref") ? schema.at(at.get("$ref").asText().substring(1)) : at.get("anyOf").get(1);
        }
        return at;
    }
}
