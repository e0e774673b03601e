package countersign.launcher;

import java.util.Set;
import org.osgi.framework.Bundle;

/** In which order bundles start: what they stand on first, then what takes down what the others say, the keeper of the folder last. */
final class StartLevels {
    static final int GROUND = 1;
    static final int LOG = 2;
    static final int AGENT = 3;
    static final int LAST = 4;

    /** The log file is named by the configuration. */
    private static final Set<String> LOGGING = Set.of("countersign.configuration", "countersign.logging.file");

    private StartLevels() {}

    static int of(Bundle bundle) {
        String name = String.valueOf(bundle.getSymbolicName());
        if (name.equals(BundleFolder.FILE_INSTALL)) {
            return LAST;
        }
        if (LOGGING.contains(name)) {
            return LOG;
        }
        return name.startsWith("countersign.") ? AGENT : GROUND;
    }
}
