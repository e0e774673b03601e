package countersign.policy.tool;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import countersign.authorization.engine.decision.Profile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy test}. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = {
            "Run vector files in both profiles: one line for each failing case, and totals.",
            "In compat a case's local file is read as the reference reads it, positional arrays included; the agent refuses those in both profiles.",
            "Exit status: 0 all passed, 1 some failed, 2 a file could not be read."
        })
final class TestCommand implements Callable<Integer> {
    private static final long MAX_BYTES = 64L << 20;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*")
    private List<Path> files;

    @Option(names = "--profile", paramLabel = "NAME", description = "compat or strict; both when absent.")
    private String profile;

    @Override
    public Integer call() throws Trouble {
        PrintWriter out = spec.commandLine().getOut();
        List<Profile> profiles = Profiles.of(profile);
        int[] passed = new int[Profile.values().length];
        int[] failed = new int[Profile.values().length];
        int[] skipped = new int[Profile.values().length];
        List<String> readAsReference = new ArrayList<>();
        for (Path file : files) {
            JsonNode vectors = read(file);
            for (int i = 0; i < vectors.size(); i++) {
                for (Profile each : profiles) {
                    VectorCase vector = new VectorCase(vectors.get(i), i);
                    List<String> failures = vector.run(each);
                    if (vector.wasReadAsReference()) {
                        readAsReference.add(vector.id());
                    }
                    if (failures == VectorCase.NOTHING_EXPECTED) {
                        skipped[each.ordinal()]++;
                    } else if (failures.isEmpty()) {
                        passed[each.ordinal()]++;
                    } else {
                        failed[each.ordinal()]++;
                        out.println(file + ": " + vector.name() + ": " + Profiles.name(each) + ": " + String.join("; ", failures));
                    }
                }
            }
        }
        int failures = 0;
        for (Profile each : profiles) {
            int i = each.ordinal();
            failures += failed[i];
            out.println(Profiles.name(each) + ": " + passed[i] + " passed, " + failed[i] + " failed"
                    + (skipped[i] > 0 ? ", " + skipped[i] + " without an expectation" : "")
                    + (each == Profile.COMPAT && !readAsReference.isEmpty() ? ", " + readAsReference.size()
                            + " with a local file that the reference takes and the agent refuses (" + String.join(", ", readAsReference) + ")" : ""));
        }
        return failures == 0 ? Main.OK : Main.FOUND;
    }

    private static JsonNode read(Path file) throws Trouble {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
                throw new Trouble(file + ": expected a regular file of at most " + MAX_BYTES + " bytes");
            }
            JsonNode vectors = JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build().readTree(Files.readAllBytes(file));
            if (!vectors.isArray()) {
                throw new Trouble(file + ": expected a list of vectors");
            }
            return vectors;
        } catch (JsonProcessingException e) {
            JsonLocation where = e.getLocation();
            throw new Trouble(file + ":" + where.getLineNr() + ":" + where.getColumnNr() + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new Trouble(file + ": " + e, e);
        }
    }
}
