package countersign.itests.lab;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Guest software of Debian, as it comes: its package unpacked, not installed, because it would take charge of the machine at the
 * next boot. {@link #folder} lies in the lab; every user can read it.
 */
record DebianClient(Path folder, Path work) {
    /** Debian's own, which has Debian's libraries; another may come first on the path. */
    private static final String PYTHON = "/usr/bin/python3";

    /** Takes it into the lab. Skips the test, saying why, if it is not on this machine. */
    static DebianClient take(Lab lab, String name, List<String> modules) throws IOException {
        Path unpacked = Path.of("target/countersign/clients", name);
        Path root = lab.checkout().root().resolve(unpacked);
        assumeTrue(Files.isDirectory(root),
                () -> unpacked + ": Debian's " + name + " is not unpacked there; run ./countersign test as root on Debian 12");
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), () -> PYTHON + ": not there; install python3");
        Shell.Result imports = Shell.attempt(List.of(PYTHON, "-c", "import " + String.join(", ", modules)));
        assumeTrue(imports.exit() == 0, () -> name + " lacks a library: " + imports.output().strip().replaceAll("(?s).*\n", ""));
        Path folder = lab.folder().resolve(name);
        if (!Files.exists(folder)) {
            Checkout.copy(root, Files.createDirectory(folder).resolve("package"));
        }
        return new DebianClient(folder, Files.createTempDirectory(folder, "work-"));
    }

    /** A program of the package, with the environment as {@link #environment} says. */
    List<String> program(String path, String... words) {
        return command(folder.resolve("package").resolve(path), words);
    }

    /** A script that comes with these tests and imports the package. */
    List<String> script(String name, String... words) throws IOException {
        return command(resource(name), words);
    }

    /** The same command where it can change nothing but the {@link #work} folder. Needs root. */
    List<String> confined(List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "slave",
                "sh", resource("sandbox.sh").toString(), work.toString()));
        whole.addAll(command);
        return whole;
    }

    /** No proxies: the guest has no way out but to its host. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(Map.of("PYTHONDONTWRITEBYTECODE", "1", "PYTHONNOUSERSITE", "1",
                "PYTHONPATH", folder.resolve("package/usr/lib/python3/dist-packages").toString(), "TMPDIR", work.toString()));
        environment.putAll(Map.of("NO_PROXY", "*", "no_proxy", "*"));
        return environment;
    }

    private static List<String> command(Path file, String... words) {
        List<String> command = new ArrayList<>(List.of(PYTHON, file.toString()));
        command.addAll(List.of(words));
        return command;
    }

    private Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            try (InputStream in = DebianClient.class.getResourceAsStream("clients/" + name)) {
                Files.copy(in, file);
            }
        }
        return file;
    }
}
