package countersign.policy.tool;

import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.ItemSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy diff}. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "List, per endpoint, who gains and who loses what between two sets of rules, as they are compiled.",
            "Exit status: 0 nobody gains or loses anything, 1 somebody does, 2 a file is refused or cannot be read."
        })
final class DiffCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "OLD")
    private Path old;

    @Parameters(index = "1", paramLabel = "NEW")
    private Path changed;

    @Option(names = "--profile", paramLabel = "NAME", description = "compat or strict; both when absent.")
    private String profile;

    @Override
    public Integer call() throws Trouble {
        ItemSet before = RulesFile.load(old).compile(Optional.empty()).items();
        ItemSet after = RulesFile.load(changed).compile(Optional.empty()).items();
        PrintWriter out = spec.commandLine().getOut();
        int lines = 0;
        for (Destination destination : List.of(Destination.IMDS, Destination.WIRESERVER, Destination.HOSTGA)) {
            for (String line : new AccessDiff(destination, before, after, Profiles.of(profile)).lines()) {
                out.println(destination.name().toLowerCase(Locale.ROOT) + ": " + line);
                lines++;
            }
        }
        if (lines == 0) {
            out.println("nobody gains or loses anything");
        }
        return lines == 0 ? Main.OK : Main.FOUND;
    }
}
