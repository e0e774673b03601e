package countersign.keys.vault.file;

import countersign.files.AtomicFile;
import countersign.keys.KeyVault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The file vault as it ships, opened as its component does. */
public final class RealVault {
    private RealVault() {}

    public static KeyVault in(Path folder, Consumer<AtomicFile.Step> steps) throws IOException {
        FileKeyVault vault = new FileKeyVault(folder, steps);
        vault.open();
        return vault;
    }
}
