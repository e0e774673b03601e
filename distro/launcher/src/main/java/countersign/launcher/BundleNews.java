package countersign.launcher;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;

/**
 * Says on standard output which bundles came and went after the start, one line each: {@code countersign bundle NAME VERSION
 * started}, or {@code stopped}. Who replaces a bundle waits for the line before taking the predecessor away.
 *
 * <p>Not a synchronous listener: those hear first, Declarative Services among them, so that the bundle's components work when
 * the line is read.
 */
final class BundleNews implements BundleListener {
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
