package countersign.policy.tool;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.authorization.engine.compile.CompileException;
import countersign.policy.LocalRules;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.LocalRuleFiles;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.RuleDocuments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
        try {
            RulesFile found = RulesFile.of(file, content);
            return check(local ? new RulesFile(file, RulesFile.Kind.LOCAL, content) : found);
        } catch (MalformedJson e) {
            print(new Places.Place(e.line(), e.column()), "error", e.member(), e.problem());
            return Main.TROUBLE;
        }
    }

    private int check(RulesFile rules) throws MalformedJson, Trouble {
        JsonNode tree = tree(rules);
        String at = switch (rules.kind()) {
            case STATUS -> "/authorizationRules";
            case SNAPSHOT -> "/inputRules";
            case DOCUMENT, LOCAL -> "";
        };
        JsonNode document = tree.at(JsonPointer.compile(at));
        List<Warning> violations = Schemas.validate(rules.kind(), document.isNull() ? new ObjectMapper().createObjectNode() : document);
        if (!violations.isEmpty()) {
            print(rules, "error", below(at, violations));
            return Main.TROUBLE;
        }
        List<Warning> warnings = new ArrayList<>();
        try {
            // The agent's own reader and compiler also see what a schema cannot say.
            rules.compile(new LocalRules.Missing());
            warnings.addAll(lint(rules, at));
        } catch (LocalRuleFiles.Invalid e) {
            print(rules, "error", List.of(new Warning(e.member(), e.getMessage())));
            return Main.TROUBLE;
        } catch (CompileException e) {
            print(rules, "error", List.of(new Warning("", e.getMessage())));
            return Main.TROUBLE;
        }
        warnings.addAll(below(at, UnknownMembers.find(rules.kind(), document)));
        print(rules, "warning", warnings);
        return warnings.isEmpty() ? Main.OK : Main.FOUND;
    }

    private static List<Warning> lint(RulesFile rules, String at) throws MalformedJson, LocalRuleFiles.Invalid {
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

    private static List<Warning> below(String at, List<Warning> warnings) {
        return at.isEmpty() ? warnings : warnings.stream().map(warning -> new Warning(at + warning.member(), warning.message())).toList();
    }

    private static JsonNode tree(RulesFile rules) throws Trouble {
        try {
            return new ObjectMapper().readTree(JsonBytes.withoutMark(rules.content()));
        } catch (IOException e) {
            throw new Trouble(rules.path() + ": " + e.getMessage(), e);
        }
    }

    /** In the order in which they stand in the file. */
    private void print(RulesFile rules, String level, List<Warning> found) throws MalformedJson {
        Set<String> members = found.stream().map(Warning::member).collect(Collectors.toSet());
        Places places = Places.of(JsonBytes.withoutMark(rules.content()), RuleDocuments.MAX_BYTES, members);
        found.stream().sorted(Comparator.comparing(warning -> places.of(warning.member())))
                .forEach(warning -> print(places.of(warning.member()), level, warning.member(), warning.message()));
    }

    private void print(Places.Place place, String level, String member, String text) {
        spec.commandLine().getOut().println(file + ":" + place + ": " + level + ": " + (member.isEmpty() ? "" : member + ": ") + text);
    }
}
