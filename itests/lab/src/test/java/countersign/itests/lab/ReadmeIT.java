package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.host.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every command of README.md does what README.md shows. An ellipsis there stands for any text. */
class ReadmeIT extends LabTest {
    /** What continuous integration runs itself; it would run this test again. */
    private static final Pattern RUN_BY_CI = Pattern.compile("\\./countersign (demo|test)");

    private record Example(String command, List<String> output) {}

    @TestFactory
    Stream<DynamicTest> examples() throws IOException {
        List<Example> examples = examples(Files.readAllLines(Checkout.here().root().resolve("README.md")));
        assertTrue(examples.size() >= 8, "commands found in README.md: " + examples.size());
        return examples.stream().map(example -> DynamicTest.dynamicTest(example.command(), () -> {
            if (RUN_BY_CI.matcher(example.command()).matches()) {
                assertTrue(Files.readString(Checkout.here().root().resolve(".ci/run")).contains(example.command()), "run by .ci/run");
            } else {
                assertShows(example);
            }
        }));
    }

    private void assertShows(Example example) throws IOException {
        boolean ofTheImage = !example.command().startsWith("./");
        // What ./countersign does after it has built; building here would wait for the build that runs this test.
        String command = example.command().replaceFirst("^\\./countersign policy", "distro/target/image/bin/countersign policy");
        if (command.equals("bin/countersign detach")) {
            stage().agent().stop();
            command += " --config " + lab().config().file();
        } else if (ofTheImage) {
            agentThatServes();
        }
        Path home = ofTheImage ? stage().agent().bundles().getParent() : Checkout.here().root();
        Shell.Result result = Shell.attempt(lab().guest(User.ROOT).command(List.of("sh", "-c",
                "PATH=" + sudo() + ":$PATH; export JAVA_HOME=" + System.getProperty("java.home") + "; cd '" + home + "' && " + command)));
        String shown = String.join("\n", example.output());
        String anyText = Pattern.compile("…").splitAsStream(shown).map(Pattern::quote).reduce((left, right) -> left + "(?s:.*)" + right).orElse("");
        assertTrue(Pattern.matches(anyText + (shown.endsWith("…") ? "(?s:.*)" : "") + "\\s*", result.output()),
                () -> "README.md shows\n" + shown + "\nbut the command printed\n" + result.output());
    }

    private void agentThatServes() throws IOException {
        try {
            stage().agent();
        } catch (IllegalStateException notYet) {
            lab().host().serve(Policy.open("readme").document());
            stage().startAgentAndAwaitEndorsement(lab().config());
        }
    }

    /** A folder with a sudo for a machine that has none and needs none. */
    private Path sudo() throws IOException {
        Path folder = Files.createDirectories(lab().folder().resolve("sudo"));
        Path program = folder.resolve("sudo");
        Files.writeString(program, """
                #!/bin/sh
                if [ "$1" = -u ]; then
                	user=$2
                	shift 2
                	exec setpriv --reuid "$user" --regid "$user" --init-groups "$@"
                fi
                exec "$@"
                """);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    private static List<Example> examples(List<String> readme) {
        List<Example> examples = new ArrayList<>();
        boolean block = false;
        for (String line : readme) {
            if (line.startsWith("```")) {
                assertFalse(line.equals("```sh"), "commands stand in console blocks, so that they are run");
                block = line.equals("```console");
            } else if (block && line.startsWith("$ ")) {
                examples.add(new Example(line.substring(2), new ArrayList<>()));
            } else if (block) {
                examples.get(examples.size() - 1).output().add(line);
            }
        }
        return examples;
    }
}
