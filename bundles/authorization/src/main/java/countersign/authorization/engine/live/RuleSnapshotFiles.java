package countersign.authorization.engine.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.IdentityRule;
import countersign.authorization.engine.decision.PrivilegeRule;
import countersign.authorization.engine.decision.Profile;
import countersign.files.AtomicFile;
import countersign.policy.Privilege;
import countersign.rules.json.RuleDocumentWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the rules in force to a file, for support tooling (authorization.md section 9.8, status.md section 9). Failures are logged only. */
final class RuleSnapshotFiles {
    private static final Logger log = LoggerFactory.getLogger(RuleSnapshotFiles.class);
    private static final int KEPT = 5;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH.mm.ss.SSS").withZone(ZoneOffset.UTC);

    private RuleSnapshotFiles() {}

    static void write(Path folder, PolicyCompiler.Result rules, Instant now) {
        try {
            Files.createDirectories(folder);
            List<Path> old = snapshots(folder);
            for (int i = 0; i <= old.size() - KEPT; i++) {
                Files.deleteIfExists(old.get(i));
            }
            long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
            String name = "AuthorizationRules_" + TIME.format(now) + "-" + nanos;
            new AtomicFile(folder.resolve(name + ".tmp"), folder.resolve(name + ".json"), "rw-r-----").write(json(rules));
        } catch (IOException e) {
            log.error("rule snapshot not written to {}: {}", folder, e.toString());
        }
    }

    private static List<Path> snapshots(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("AuthorizationRules_.*\\.json")).sorted().toList();
        }
    }

    static byte[] json(PolicyCompiler.Result rules) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes).setPrettyPrinter(new DefaultPrettyPrinter())) {
            json.writeStartObject();
            json.writeFieldName("inputRules");
            new RuleDocumentWriter(json).document(rules.effective());
            json.writeObjectFieldStart("computedRules");
            computed(json, "imds", rules.items().imds());
            computed(json, "wireserver", rules.items().wireserver());
            computed(json, "hostga", rules.items().hostga());
            json.writeEndObject();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void computed(JsonGenerator json, String service, Optional<CompiledItem> compiled) throws IOException {
        if (compiled.isEmpty()) {
            return;
        }
        CompiledItem item = compiled.get();
        json.writeObjectFieldStart(service);
        json.writeStringField("id", item.id());
        json.writeBooleanField("defaultAllowed", item.defaultAllow());
        json.writeStringField("mode", item.mode(Profile.COMPAT).label());
        privileges(json, item);
        assignments(json, item);
        identities(json, item);
        json.writeEndObject();
    }

    private static void privileges(JsonGenerator json, CompiledItem item) throws IOException {
        json.writeObjectFieldStart("privileges");
        for (PrivilegeRule rule : item.privileges()) {
            json.writeFieldName(rule.name());
            new RuleDocumentWriter(json).privilege(new Privilege(rule.name(), rule.path(), rule.query()));
        }
        json.writeEndObject();
    }

    private static void assignments(JsonGenerator json, CompiledItem item) throws IOException {
        json.writeObjectFieldStart("privilegeAssignments");
        for (int i = 0; i < item.privileges().size(); i++) {
            if (item.isAssigned(i)) {
                json.writeArrayFieldStart(item.privileges().get(i).name());
                for (int j = 0; j < item.holderCount(i); j++) {
                    json.writeString(item.holder(i, j).identity().name());
                }
                json.writeEndArray();
            }
        }
        json.writeEndObject();
    }

    private static void identities(JsonGenerator json, CompiledItem item) throws IOException {
        json.writeObjectFieldStart("identities");
        for (IdentityRule rule : item.identities()) {
            json.writeFieldName(rule.identity().name());
            new RuleDocumentWriter(json).identity(rule.identity());
        }
        json.writeEndObject();
    }
}
