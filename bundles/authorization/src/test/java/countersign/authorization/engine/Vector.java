package countersign.authorization.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CanonicalMode;
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
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One conformance case (authorization.md section 11). */
record Vector(JsonNode json) {
    static List<Vector> all() throws IOException {
        try (InputStream in = Vector.class.getResourceAsStream("/vectors/authorization.json")) {
            List<Vector> vectors = new ArrayList<>();
            new ObjectMapper().readTree(in).forEach(node -> vectors.add(new Vector(node)));
            return vectors;
        }
    }

    String text(String member) {
        return json.get(member).asText();
    }

    CompiledPolicy policy(Profile profile) throws MalformedJson, CompileException {
        String rules = json.has("rulesText") ? text("rulesText") : json.get("rules").toString();
        RuleDocument document = RuleDocuments.parse(rules.getBytes(StandardCharsets.UTF_8));
        var local = new PolicyContribution.Local(local("imds", profile), local("wireserver", profile));
        PolicyCompiler.Result compiled = PolicyCompiler.compile(document, Optional.of(local));
        CanonicalMode mode = profile == Profile.STRICT ? CanonicalMode.ENFORCE : CanonicalMode.OFF;
        return new CompiledPolicy(1, Settings.of(mode), new DecisionIds("vector"), compiled.items());
    }

    Facts facts() {
        JsonNode caller = json.get("caller");
        List<String> groups = new ArrayList<>();
        caller.get("userGroups").forEach(group -> groups.add(group.asText()));
        Subject subject = new Subject(caller.get("userName").asText(), groups, caller.get("exePath").asText(),
                caller.get("processName").asText(), caller.get("elevated").asBoolean());
        JsonNode request = json.get("request");
        return new Facts(destination(), request.get("method").asText(), request.get("url").asText(), subject);
    }

    private Destination destination() {
        return switch (text("destination")) {
            case "proxyagent" -> Destination.AGENT;
            default -> Destination.valueOf(text("destination").toUpperCase(Locale.ROOT));
        };
    }

    private LocalRules local(String service, Profile profile) {
        boolean own = text("destination").equals(service) || text("destination").equals("hostga") && service.equals("wireserver");
        if (!json.has("localRuleFile") || !own) {
            return new LocalRules.Missing();
        }
        byte[] file = text("localRuleFile").getBytes(StandardCharsets.UTF_8);
        try {
            return profile == Profile.STRICT ? LocalRuleFiles.read(file) : LocalRuleFiles.readAsReference(file);
        } catch (MalformedJson | LocalRuleFiles.Invalid e) {
            return new LocalRules.Unusable(e.getMessage());
        }
    }

    @Override
    public String toString() {
        return text("id") + " " + text("title");
    }
}
