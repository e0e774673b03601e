package countersign.itests.lab.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** The same bundle under another version. */
public final class BundleCopy {
    private static final String VERSION = "Bundle-Version";

    private BundleCopy() {}

    /** Writes {@code <symbolic name>-<version>.jar} into {@code folder}: the same content, another version in the manifest. */
    public static Path withVersion(Path jar, String version, Path folder) throws IOException {
        try (JarFile original = new JarFile(jar.toFile())) {
            Manifest manifest = new Manifest(original.getManifest());
            String name = manifest.getMainAttributes().getValue("Bundle-SymbolicName").split(";")[0];
            manifest.getMainAttributes().putValue(VERSION, version);
            Path copy = folder.resolve(name + "-" + version + ".jar");
            try (OutputStream file = Files.newOutputStream(copy); JarOutputStream out = new JarOutputStream(file, manifest)) {
                for (Enumeration<JarEntry> entries = original.entries(); entries.hasMoreElements();) {
                    copy(original, entries.nextElement(), out);
                }
            }
            return copy;
        }
    }

    private static void copy(JarFile original, JarEntry entry, JarOutputStream out) throws IOException {
        if (entry.getName().equalsIgnoreCase(JarFile.MANIFEST_NAME)) {
            return;
        }
        out.putNextEntry(new JarEntry(entry.getName()));
        original.getInputStream(entry).transferTo(out);
        out.closeEntry();
    }
}
