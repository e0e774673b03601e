package countersign.policy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.authorization.Decision;
import countersign.authorization.Stage;
import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalError;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.decision.Subject;
import countersign.policy.LocalRules;
import countersign.policy.PolicyContribution;
import countersign.policy.RuleDocument;
import countersign.rules.json.LocalRuleFiles;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.RuleDocuments;
import countersign.rules.json.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One case of a vector file (authorization.md section 11). Members that a case does not have are not compared. */
final class VectorCase {
    /** The case says nothing about the profile. */
    static final List<String> NOTHING_EXPECTED = List.of("nothing expected");

    private final JsonNode json;
    private final int index;
    private final List<String> failures = new ArrayList<>();
    private boolean readAsReference;

    VectorCase(JsonNode json, int index) {
        this.json = json;
        this.index = index;
    }

    String name() {
        String id = json.path("id").asText("case " + index);
        return json.has("title") ? Text.shorten(id + " " + json.get("title").asText(), 120) : Text.shorten(id, 120);
    }

    String id() {
        return Text.shorten(json.path("id").asText("case " + index), 120);
    }

    /** Whether the case's local file was taken although the agent refuses it: positional arrays (authorization.md Q11), in compat. */
    boolean wasReadAsReference() {
        return readAsReference;
    }

    /** What is not as expected; empty when all is. */
    List<String> run(Profile profile) {
        String member = profile == Profile.STRICT ? "expectedStrict" : "expected";
        if (!json.hasNonNull("expected") && !json.hasNonNull("expectedStrict")) {
            return List.of("expected an object with the member expected, expectedStrict or both");
        }
        if (!json.hasNonNull(member)) {
            return NOTHING_EXPECTED;
        }
        try {
            compare(profile, required(json, member));
        } catch (IllegalArgumentException | CompileException e) {
            failures.add(e.getMessage());
        }
        return List.copyOf(failures);
    }

    private void compare(Profile profile, String expected) throws CompileException {
        RuleDocument document;
        try {
            document = document();
        } catch (MalformedJson e) {
            same("result", expected, "document-rejected");
            sameIfGiven("decidedBy", profile == Profile.COMPAT, "parse");
            if (json.path("canonical").isObject()) {
                canonical(facts());
            }
            return;
        }
        Facts facts = facts();
        LocalRules local = local(facts.destination(), profile);
        PolicyCompiler.Result compiled = PolicyCompiler.compile(document, Optional.of(new PolicyContribution.Local(local, local)));
        CompiledPolicy policy = new CompiledPolicy(0, Settings.of(CanonicalMode.OFF), new DecisionIds("vector"), compiled.items());
        Decision decision = policy.decide(facts, profile);
        same("result", expected, decision.fold(allow -> "allow", audited -> "allow-audited", deny -> "deny"));
        Stage stage = decision.explanation().stage();
        sameIfGiven("decidedBy", profile == Profile.COMPAT, stage.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        sameIfGiven("agentStatus", profile == Profile.COMPAT, status(decision, stage));
        sameIfGiven("effectiveRuleId", true, policy.items().of(facts.destination()).map(CompiledItem::id).orElse("none"));
        sameIfGiven("canonicalDecision", profile == Profile.COMPAT, policy.canonicalDecision(facts).orElse("none"));
        if (json.path("canonical").isObject()) {
            canonical(facts);
        }
    }

    private void canonical(Facts facts) {
        JsonNode expected = json.get("canonical");
        Canonical canonical = Canonicalizer.canonicalize(facts.method(), facts.target());
        String actual = canonical instanceof Canonical.Form form ? form.render() : ((Canonical.Refused) canonical).error().code();
        same("canonical", expected.has("form") ? expected.get("form").asText() : expected.path("error").asText(), actual);
    }

    private RuleDocument document() throws MalformedJson {
        JsonNode text = json.path("rulesText");
        String rules = text.isTextual() ? text.asText() : json.path("rules").isMissingNode() ? "null" : json.get("rules").toString();
        return RuleDocuments.parse(rules.getBytes(StandardCharsets.UTF_8));
    }

    /** HostGAPlugin's case names a file that must not be used: it is there for WireServer. */
    private LocalRules local(Destination destination, Profile profile) {
        JsonNode content = json.path("localRuleFile");
        if (!content.isTextual() || destination.service().isEmpty()) {
            return new LocalRules.Missing();
        }
        byte[] file = content.asText().getBytes(StandardCharsets.UTF_8);
        LocalRules asAgent = local(() -> LocalRuleFiles.read(file));
        if (profile == Profile.STRICT) {
            return asAgent;
        }
        LocalRules asReference = local(() -> LocalRuleFiles.readAsReference(file));
        readAsReference = asReference instanceof LocalRules.Present && !asReference.equals(asAgent);
        return asReference;
    }

    @FunctionalInterface
    private interface Reader {
        LocalRules.Present read() throws MalformedJson, LocalRuleFiles.Invalid;
    }

    private static LocalRules local(Reader reader) {
        try {
            return reader.read();
        } catch (MalformedJson | LocalRuleFiles.Invalid e) {
            return new LocalRules.Unusable(e.getMessage());
        }
    }

    private Facts facts() {
        JsonNode request = required("request");
        String method = required(request, "method");
        String url = required(request, "url");
        JsonNode caller = json.path("caller");
        List<String> groups = new ArrayList<>();
        caller.path("userGroups").forEach(group -> groups.add(group.asText()));
        String exe = caller.path("exePath").asText("");
        Subject subject = new Subject(
                caller.path("userName").asText(Subject.UNKNOWN_USER), groups, exe,
                caller.path("processName").asText(exe.substring(exe.lastIndexOf('/') + 1)), caller.path("elevated").asBoolean(false));
        return new Facts(destination(), method, url, subject);
    }

    private Destination destination() {
        String name = required(json, "destination");
        return switch (name) {
            case "imds" -> Destination.IMDS;
            case "wireserver" -> Destination.WIRESERVER;
            case "hostga" -> Destination.HOSTGA;
            case "proxyagent" -> Destination.AGENT;
            case "other" -> Destination.OTHER;
            default -> throw new IllegalArgumentException("destination: expected imds, wireserver, hostga, proxyagent or other, got " + Text.quote(name));
        };
    }

    private static String status(Decision decision, Stage stage) {
        return decision.fold(allow -> "null", audited -> "null", deny -> stage == Stage.METHOD ? "405" : "403");
    }

    private void sameIfGiven(String member, boolean applies, String actual) {
        if (applies && json.has(member)) {
            same(member, json.get(member).asText("null"), actual);
        }
    }

    private void same(String what, String expected, String actual) {
        // Either code is right for an overlong sequence (canonicalization.md section 2).
        String other = actual.replace(CanonicalError.OVERLONG.code(), CanonicalError.UTF8.code());
        if (!expected.equals(actual) && !expected.equals(other)) {
            failures.add(what + ": expected " + Text.quote(expected) + ", got " + Text.quote(actual));
        }
    }

    private JsonNode required(String member) {
        if (!json.path(member).isObject()) {
            throw new IllegalArgumentException(member + ": expected an object");
        }
        return json.get(member);
    }

    private static String required(JsonNode object, String member) {
        if (!object.path(member).isTextual()) {
            throw new IllegalArgumentException(member + ": expected a string");
        }
        return object.get(member).asText();
    }
}
