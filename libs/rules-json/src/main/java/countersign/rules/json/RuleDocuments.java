package countersign.rules.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.LocalRules;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.rules.json.ObjectReader.ValueReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads rule documents as authorization.md section 2 defines them. One wrong member refuses the whole document. Stateless; safe from any
 * thread.
 */
public final class RuleDocuments {
    /** Largest document read from bytes: 1 MiB (authorization.md Q14). */
    public static final int MAX_BYTES = 1 << 20;

    private static final RuleDocuments STRICT = new RuleDocuments(false);
    private static final RuleDocuments REFERENCE = new RuleDocuments(true);

    private final boolean positional;

    private RuleDocuments(boolean positional) {
        this.positional = positional;
    }

    /**
     * Reads the value of {@code authorizationRules}.
     *
     * @param parser stands at the value's first token, afterwards at its last; {@code null} gives {@link RuleDocument#EMPTY}
     * @throws MalformedJson for a document that is refused; other exceptions are the parser's
     */
    public static RuleDocument read(JsonParser parser) throws IOException {
        return STRICT.document(parser);
    }

    /** As {@link #read}, from a file or message that holds nothing else. */
    public static RuleDocument parse(byte[] document) throws MalformedJson {
        return JsonBytes.read(document, MAX_BYTES, STRICT::document);
    }

    /** The content of a local rule file after authorization.md section 9.3, not yet checked after section 9.4: see {@link LocalRuleFiles}. */
    static LocalRules.Present parseLocal(byte[] file) throws MalformedJson {
        return JsonBytes.read(JsonBytes.withoutMark(file), MAX_BYTES, STRICT::localRules);
    }

    /** As {@link #parseLocal}, with the reference's positional arrays (authorization.md Q11), to compare with it. */
    static LocalRules.Present parseLocalAsReference(byte[] file) throws MalformedJson {
        return JsonBytes.read(JsonBytes.withoutMark(file), MAX_BYTES, REFERENCE::localRules);
    }

    private RuleDocument document(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return RuleDocument.EMPTY;
        }
        ObjectReader object = open(parser, "imds", "wireserver", "hostga");
        Optional<RuleItem> imds = Optional.empty();
        Optional<RuleItem> wireserver = Optional.empty();
        Optional<RuleItem> hostga = Optional.empty();
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "imds" -> imds = object.optional(this::item);
                case "wireserver" -> wireserver = object.optional(this::item);
                default -> hostga = object.optional(this::item);
            }
        }
        return new RuleDocument(imds, wireserver, hostga);
    }

    private RuleItem item(JsonParser parser) throws IOException {
        ObjectReader object = open(parser, "defaultAccess", "mode", "id", "rules");
        String defaultAccess = null;
        String mode = null;
        String id = null;
        Optional<AccessControlRules> rules = Optional.empty();
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "defaultAccess" -> defaultAccess = object.string();
                case "mode" -> mode = object.string();
                case "id" -> id = object.string();
                default -> rules = object.optional(this::rules);
            }
        }
        return new RuleItem(object.require("defaultAccess", defaultAccess), object.require("mode", mode), object.require("id", id), rules);
    }

    private LocalRules.Present localRules(JsonParser parser) throws IOException {
        ObjectReader object = open(parser, "defaultAccess", "id", "rules");
        Optional<String> defaultAccess = Optional.empty();
        Optional<String> id = Optional.empty();
        Optional<AccessControlRules> rules = Optional.empty();
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "defaultAccess" -> defaultAccess = object.optionalString();
                case "id" -> id = object.optionalString();
                default -> rules = object.optional(this::rules);
            }
        }
        return new LocalRules.Present(defaultAccess, id, rules);
    }

    private AccessControlRules rules(JsonParser parser) throws IOException {
        ObjectReader object = open(parser, "privileges", "roles", "identities", "roleAssignments");
        Optional<List<Privilege>> privileges = Optional.empty();
        Optional<List<Role>> roles = Optional.empty();
        Optional<List<Identity>> identities = Optional.empty();
        Optional<List<RoleAssignment>> assignments = Optional.empty();
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "privileges" -> privileges = object.optional(listOf(this::privilege));
                case "roles" -> roles = object.optional(listOf(this::role));
                case "identities" -> identities = object.optional(listOf(this::identity));
                default -> assignments = object.optional(listOf(this::assignment));
            }
        }
        return new AccessControlRules(privileges, roles, identities, assignments);
    }

    private Privilege privilege(JsonParser parser) throws IOException {
        ObjectReader object = open(parser, "name", "path", "queryParameters");
        String name = null;
        String path = null;
        Map<String, String> query = Map.of();
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "name" -> name = object.string();
                case "path" -> path = object.string();
                default -> query = object.optional(RuleDocuments::queryParameters).orElse(Map.of());
            }
        }
        return new Privilege(object.require("name", name), object.require("path", path), query);
    }

    private static Map<String, String> queryParameters(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw ObjectReader.expected(parser, "an object of strings");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (Text.hasUnpairedSurrogate(key)) {
                throw MalformedJson.at(parser, "expected Unicode text, got half of a surrogate pair");
            }
            parser.nextToken();
            // The later value wins and takes the later place: compilation needs the order when keys differ in case only.
            parameters.remove(key);
            parameters.put(key, ObjectReader.string(parser));
        }
        return parameters;
    }

    private Role role(JsonParser parser) throws IOException {
        ObjectReader object = open(parser, "name", "privileges");
        String name = null;
        List<String> privileges = null;
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "name" -> name = object.string();
                default -> privileges = object.list(ObjectReader::string);
            }
        }
        return new Role(object.require("name", name), object.require("privileges", privileges));
    }

    private Identity identity(JsonParser parser) throws IOException {
        ObjectReader object = open(parser, "name", "userName", "groupName", "exePath", "processName");
        String name = null;
        Optional<String> userName = Optional.empty();
        Optional<String> groupName = Optional.empty();
        Optional<String> exePath = Optional.empty();
        Optional<String> processName = Optional.empty();
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "name" -> name = object.string();
                case "userName" -> userName = object.optionalString();
                case "groupName" -> groupName = object.optionalString();
                case "exePath" -> exePath = object.optionalString();
                default -> processName = object.optionalString();
            }
        }
        return new Identity(object.require("name", name), userName, groupName, exePath, processName);
    }

    private RoleAssignment assignment(JsonParser parser) throws IOException {
        ObjectReader object = open(parser, "role", "identities");
        String role = null;
        List<String> identities = null;
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "role" -> role = object.string();
                default -> identities = object.list(ObjectReader::string);
            }
        }
        return new RoleAssignment(object.require("role", role), object.require("identities", identities));
    }

    private static <T> ValueReader<List<T>> listOf(ValueReader<T> element) {
        return parser -> ObjectReader.list(parser, element);
    }

    private ObjectReader open(JsonParser parser, String... members) throws IOException {
        return ObjectReader.open(parser, positional, members);
    }
}
