package countersign.policy.tool;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.policy.LocalRules;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.LocalRuleFiles;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.RuleDocuments;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Validate a rule document or a local rule file.",
            "One line for each finding: FILE:LINE:COLUMN: level: member: text.",
            "Exit status: 0 nothing found, 1 warnings only, 2 the file is refused or cannot be read."
        })
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE")
    private Path file;

    @Option(names = "--local", description = "Take the file as a local rule file whatever its members are.")
    private boolean local;

    @Override
    public Integer call() throws Trouble {
        byte[] content = RulesFile.read(file);
        RulesFile rules;
        Places places;
        try {
            RulesFile found = RulesFile.load(file);
            rules = local ? new RulesFile(file, RulesFile.Kind.LOCAL, content) : found;
            places = Places.of(JsonBytes.withoutMark(content), RuleDocuments.MAX_BYTES);
        } catch (Trouble e) {
            return refused(e.getCause() instanceof MalformedJson malformed
                    ? line(malformed.line() + ":" + malformed.column(), "error", malformed.member(), malformed.problem())
                    : e.getMessage());
        } catch (MalformedJson e) {
            return refused(line(e.line() + ":" + e.column(), "error", e.member(), e.problem()));
        }
        JsonNode tree = tree(content);
        String at = switch (rules.kind()) {
            case STATUS -> "/authorizationRules";
            case SNAPSHOT -> "/inputRules";
            case DOCUMENT, LOCAL -> "";
        };
        JsonNode document = tree.at(JsonPointer.compile(at));
        List<Schemas.Violation> violations = Schemas.validate(rules.kind(), document.isNull() ? new ObjectMapper().createObjectNode() : document);
        violations.sort((one, other) -> places.compare(at + one.member(), at + other.member()));
        for (Schemas.Violation violation : violations) {
            print(line(places.of(at + violation.member()), "error", at + violation.member(), violation.message()));
        }
        Optional<String> refusal = refusal(rules, places);
        if (refusal.isPresent() && violations.isEmpty()) {
            print(refusal.get());
        }
        if (refusal.isPresent() || !violations.isEmpty()) {
            return Main.TROUBLE;
        }
        List<Warning> warnings = new ArrayList<>();
        UnknownMembers.find(rules.kind(), document).forEach(warning -> warnings.add(new Warning(at + warning.member(), warning.message())));
        warnings.addAll(lint(rules, at));
        warnings.sort((one, other) -> places.compare(one.member(), other.member()));
        warnings.forEach(warning -> print(line(places.of(warning.member()), "warning", warning.member(), warning.message())));
        return warnings.isEmpty() ? Main.OK : Main.FOUND;
    }

    /** Why the agent would refuse the file, by the agent's own reader: it also sees what a schema cannot say. */
    private Optional<String> refusal(RulesFile rules, Places places) throws Trouble {
        try {
            if (rules.kind() == RulesFile.Kind.LOCAL) {
                LocalRuleFiles.read(rules.content());
            } else {
                rules.document();
            }
            rules.compile(Optional.empty());
            return Optional.empty();
        } catch (LocalRuleFiles.Invalid e) {
            return Optional.of(line(places.of(""), "error", "", e.getMessage()));
        } catch (MalformedJson e) {
            return Optional.of(line(e.line() + ":" + e.column(), "error", e.member(), e.problem()));
        } catch (Trouble e) {
            return Optional.of(e.getCause() instanceof MalformedJson malformed
                    ? line(malformed.line() + ":" + malformed.column(), "error", malformed.member(), malformed.problem())
                    : line("1:1", "error", "", e.getMessage()));
        }
    }

    private static List<Warning> lint(RulesFile rules, String at) throws Trouble {
        if (rules.kind() == RulesFile.Kind.LOCAL) {
            LocalRules.Present present = rules.local();
            return Linter.lintLocal(present.defaultAccess(), present.rules());
        }
        RuleDocument document = rules.document();
        List<Warning> warnings = new ArrayList<>();
        add(warnings, at + "/imds", document.imds());
        add(warnings, at + "/wireserver", document.wireserver());
        document.hostga().ifPresent(item -> warnings.add(new Warning(at + "/hostga", "is not used: HostGAPlugin follows the rules of wireserver")));
        return warnings;
    }

    private static void add(List<Warning> warnings, String at, Optional<RuleItem> item) {
        item.ifPresent(present -> warnings.addAll(Linter.lint(at, present)));
    }

    private static JsonNode tree(byte[] content) throws Trouble {
        try {
            return new ObjectMapper().readTree(JsonBytes.withoutMark(content));
        } catch (IOException e) {
            throw new Trouble(e.getMessage(), e);
        }
    }

    private int refused(String line) {
        print(line);
        return Main.TROUBLE;
    }

    private String line(String place, String level, String member, String text) {
        return file + ":" + place + ": " + level + ": " + (member.isEmpty() ? "" : member + ": ") + text;
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
    }
}
