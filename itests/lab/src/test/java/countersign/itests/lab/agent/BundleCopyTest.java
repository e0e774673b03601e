package countersign.itests.lab.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCopyTest {
    @TempDir
    private Path folder;

    @Test
    void copy_differsInVersionAlone() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", "some.bundle;singleton:=true");
        manifest.getMainAttributes().putValue("Bundle-Version", "0.1.0");
        Path jar = folder.resolve("x.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry("a/b"));
            out.write(new byte[] {1, 2, 3});
        }
        Path copy = BundleCopy.withVersion(jar, "0.1.1", folder);
        assertEquals("some.bundle-0.1.1.jar", copy.getFileName().toString());
        try (JarFile read = new JarFile(copy.toFile())) {
            assertEquals("0.1.1", read.getManifest().getMainAttributes().getValue("Bundle-Version"));
            assertEquals("some.bundle;singleton:=true", read.getManifest().getMainAttributes().getValue("Bundle-SymbolicName"));
            assertArrayEquals(new byte[] {1, 2, 3}, read.getInputStream(read.getEntry("a/b")).readAllBytes());
        }
    }
}
