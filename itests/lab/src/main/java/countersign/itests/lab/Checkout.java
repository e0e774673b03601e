package countersign.itests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the parts of a built checkout are. */
public record Checkout(Path root) {
    /** The checkout that the system property {@code countersign.root} names, or the current directory. */
    public static Checkout here() {
        return new Checkout(Path.of(System.getProperty("countersign.root", "")).toAbsolutePath().normalize());
    }

    public Path image() {
        return root.resolve("distro/target/image");
    }

    public Path simulator() {
        return root.resolve("bundles/host-simulator/target/countersign.host.simulator-0.1.0.jar");
    }

    public Path sampleExporter() {
        return root.resolve("itests/sample-exporter/target/countersign.itests.sample.exporter-0.1.0.jar");
    }

    /** The folder with this module's own jar and what it needs. */
    public Path lib() {
        return root.resolve("itests/lab/target/lib");
    }

    /** Where reports and the logs of finished labs go. */
    public Path reports() {
        return root.resolve("itests/lab/target");
    }

    /** Copies a folder with everything in it; permissions stay. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Files.copy(path, to.resolve(from.relativize(path).toString()), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
