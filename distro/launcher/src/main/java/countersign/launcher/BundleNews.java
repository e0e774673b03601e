package countersign.launcher;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/**
 * Says on standard output which bundles came and went after the start, one line each: {@code countersign bundle NAME VERSION
 * started}, or {@code stopped}. Who replaces a bundle waits for the line before taking the predecessor away.
 */
final class BundleNews implements SynchronousBundleListener {
    @Override
    public void bundleChanged(BundleEvent event) {
        switch (event.getType()) {
            case BundleEvent.STARTED -> say(event.getBundle(), "started");
            case BundleEvent.STOPPED -> say(event.getBundle(), "stopped");
            default -> { }
        }
    }

    private static void say(Bundle bundle, String what) {
        System.out.println("countersign bundle " + bundle.getSymbolicName() + " " + bundle.getVersion() + " " + what);
        System.out.flush();
    }
}
