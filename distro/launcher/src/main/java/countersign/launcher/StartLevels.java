package countersign.launcher;

import org.osgi.framework.Bundle;

/** In which order bundles start: what they stand on first, the keeper of the folder last. */
final class StartLevels {
    static final int GROUND = 1;
    static final int AGENT = 2;
    static final int LAST = 3;

    private StartLevels() {}

    static int of(Bundle bundle) {
        String name = String.valueOf(bundle.getSymbolicName());
        if (name.equals(BundleFolder.FILE_INSTALL)) {
            return LAST;
        }
        return name.startsWith("countersign.") ? AGENT : GROUND;
    }
}
