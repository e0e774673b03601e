package countersign.policy.tool;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.Finding;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.ItemSet;
import countersign.policy.LocalRules;
import countersign.policy.PolicyContribution;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.LocalRuleFiles;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.ObjectReader;
import countersign.rules.json.RuleDocuments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A file with rules, of either kind. */
record RulesFile(Path path, Kind kind, byte[] content) {
    private static final int MAX_BYTES = RuleDocuments.MAX_BYTES;
    /** What a local file is merged into when nothing else is given: nothing is allowed, and the file counts. */
    private static final String MARKER =
            Base64.getEncoder().encodeToString("{\"id\":\"base\",\"useLocalFileRules\":true}".getBytes(StandardCharsets.UTF_8));

    enum Kind {
        /** The value of {@code authorizationRules}. */
        DOCUMENT,
        /** An answer of the host with {@code authorizationRules} in it. */
        STATUS,
        /** A file of the administrator. */
        LOCAL,
        /** What an agent wrote about its rules in force, local files merged. */
        SNAPSHOT
    }

    RulesFile {
        requireNonNull(path, "path");
        requireNonNull(kind, "kind");
    }

    /** Reads a file's bytes: only a regular file, only up to the limit of rule documents. */
    static byte[] read(Path path) throws Trouble {
        if (!Files.isRegularFile(path)) {
            throw new Trouble(path + ": expected a regular file" + (Files.exists(path) ? "" : ", there is none"));
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new Trouble(path + ": expected at most " + MAX_BYTES + " bytes, got more");
            }
            return content;
        } catch (IOException e) {
            throw new Trouble(path + ": " + e, e);
        }
    }

    static RulesFile load(Path path) throws Trouble {
        byte[] content = read(path);
        try {
            return of(path, content);
        } catch (MalformedJson e) {
            throw new Trouble(path + ": " + e.getMessage(), e);
        }
    }

    static RulesFile of(Path path, byte[] content) throws MalformedJson {
        return new RulesFile(path, kindOf(content), content);
    }

    /** Whether it is one that local rules can be merged into. */
    boolean takesLocal() {
        return kind == Kind.DOCUMENT || kind == Kind.STATUS;
    }

    /** The platform's document; for a local file one that would be merged with it. */
    RuleDocument document() throws MalformedJson {
        return switch (kind) {
            case DOCUMENT -> RuleDocuments.parse(content);
            case STATUS -> JsonBytes.read(content, MAX_BYTES, parser -> member(parser, "authorizationRules"));
            case SNAPSHOT -> JsonBytes.read(content, MAX_BYTES, parser -> member(parser, "inputRules"));
            case LOCAL -> base();
        };
    }

    /** The local rules in this file. */
    LocalRules.Present local() throws MalformedJson, LocalRuleFiles.Invalid {
        return LocalRuleFiles.read(content);
    }

    /** As {@link #compile(LocalRules)}; a document that asks for local rules gets those of {@code other}, or none. */
    PolicyCompiler.Result compile(Optional<RulesFile> other) throws Trouble {
        Path read = other.map(RulesFile::path).orElse(path);
        try {
            LocalRules rules = other.isPresent() ? other.get().local() : new LocalRules.Missing();
            read = path;
            return compile(rules);
        } catch (MalformedJson | LocalRuleFiles.Invalid | CompileException e) {
            throw new Trouble(read + ": " + e.getMessage(), e);
        }
    }

    /** Compiles the file as the agent would. */
    PolicyCompiler.Result compile(LocalRules other) throws MalformedJson, LocalRuleFiles.Invalid, CompileException {
        if (kind == Kind.SNAPSHOT) {
            return compileEffective(document());
        }
        LocalRules rules = kind == Kind.LOCAL ? local() : other;
        return PolicyCompiler.compile(document(), Optional.of(new PolicyContribution.Local(rules, rules)));
    }

    private static PolicyCompiler.Result compileEffective(RuleDocument effective) throws CompileException {
        List<Finding> findings = new ArrayList<>();
        ItemSet items = new ItemSet(
                compile("imds", effective.imds(), findings),
                compile("wireserver", effective.wireserver(), findings),
                compile("hostga", effective.hostga(), findings));
        return new PolicyCompiler.Result(items, effective, findings);
    }

    private static Optional<CompiledItem> compile(String service, Optional<RuleItem> item, List<Finding> findings) throws CompileException {
        return item.isEmpty() ? Optional.empty() : Optional.of(PolicyCompiler.compile(service, item.get(), findings));
    }

    private static Kind kindOf(byte[] content) throws MalformedJson {
        return JsonBytes.read(JsonBytes.withoutMark(content), MAX_BYTES, parser -> {
            Kind kind = Kind.LOCAL;
            boolean empty = true;
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return Kind.DOCUMENT;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                empty = false;
                switch (parser.currentName()) {
                    case "imds", "wireserver", "hostga" -> kind = Kind.DOCUMENT;
                    case "authorizationRules" -> kind = Kind.STATUS;
                    case "inputRules" -> kind = Kind.SNAPSHOT;
                    default -> { }
                }
                parser.nextToken();
                parser.skipChildren();
            }
            return empty ? Kind.DOCUMENT : kind;
        });
    }

    private static RuleDocument member(JsonParser parser, String name) throws IOException {
        ObjectReader object = ObjectReader.open(parser, name);
        RuleDocument document = RuleDocument.EMPTY;
        while (object.next() != null) {
            document = RuleDocuments.read(parser);
        }
        return document;
    }

    private static RuleDocument base() {
        Optional<RuleItem> item = Optional.of(new RuleItem("deny", "enforce", MARKER, Optional.empty()));
        return new RuleDocument(item, item, Optional.empty());
    }
}
