package countersign.launcher;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Points JNA at the dispatch library the image ships. Left alone JNA unpacks its own into a cache folder and maps it, which
 * fails where temporary folders are mounted noexec, as /run is.
 */
final class NativeLibraries {
    private NativeLibraries() {}

    static void use(Path home) {
        Path library = home.resolve("lib").resolve("native").resolve(platform()).resolve(System.mapLibraryName("jnidispatch"));
        if (Files.isRegularFile(library) && System.getProperty("jna.boot.library.path") == null) {
            System.setProperty("jna.boot.library.path", library.getParent().toString());
            System.setProperty("jna.nounpack", "true");
        }
    }

    private static String platform() {
        String arch = System.getProperty("os.arch");
        return "linux-" + (arch.equals("amd64") ? "x86-64" : arch);
    }
}
