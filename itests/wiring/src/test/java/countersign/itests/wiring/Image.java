package countersign.itests.wiring;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.osgi.framework.Constants;
import org.ops4j.pax.exam.Option;

/** The bundles of the composed image, as options of a Pax Exam test. */
final class Image {
    private Image() {}

    /** Every bundle of the image except those of these symbolic names; started unless a fragment. */
    static Option bundlesWithout(String... symbolicNames) {
        Set<String> left = Set.of(symbolicNames);
        List<Option> options = new ArrayList<>();
        for (Path jar : jars()) {
            if (!left.contains(symbolicName(jar))) {
                var option = bundle(jar.toUri().toString());
                options.add(header(jar, Constants.FRAGMENT_HOST) == null ? option.start() : option.noStart());
            }
        }
        options.add(systemProperty("org.ops4j.pax.logging.DefaultServiceLog.level").value("WARN"));
        return composite(options.toArray(Option[]::new));
    }

    /** The jar of that symbolic name. */
    static Path jar(String symbolicName) {
        return jars().stream().filter(jar -> symbolicName(jar).equals(symbolicName)).findFirst()
                .orElseThrow(() -> new IllegalStateException("no bundle " + symbolicName + " in the image"));
    }

    static Set<Path> jars() {
        Set<Path> jars = new TreeSet<>();
        File[] files = new File(System.getProperty("image.bundles")).listFiles((folder, name) -> name.endsWith(".jar"));
        if (files == null || files.length == 0) {
            throw new IllegalStateException("no image at " + System.getProperty("image.bundles") + ": build distro first");
        }
        for (File file : files) {
            jars.add(file.toPath().toAbsolutePath().normalize());
        }
        return jars;
    }

    /** A copy of that bundle, identical but for a higher version: what an operator drops in to replace it. */
    static Path nextVersion(String symbolicName, Path folder, int generation) throws IOException {
        Path next = folder.resolve(symbolicName + "-" + generation + ".jar");
        try (var in = new java.util.jar.JarInputStream(Files.newInputStream(jar(symbolicName)))) {
            var manifest = in.getManifest();
            manifest.getMainAttributes().putValue(Constants.BUNDLE_VERSION, "0.1." + generation);
            try (var out = new java.util.jar.JarOutputStream(Files.newOutputStream(next), manifest)) {
                for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                    out.putNextEntry(new java.util.zip.ZipEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
        }
        return next;
    }

    static String symbolicName(Path jar) {
        String name = header(jar, Constants.BUNDLE_SYMBOLICNAME);
        return name == null ? "" : name.replaceFirst(";.*", "");
    }

    private static String header(Path jar, String name) {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes().getValue(name);
        } catch (IOException e) {
            throw new UncheckedIOException("manifest of " + jar, e);
        }
    }
}
