package countersign.launcher;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;

/** Bundles that did not start, said once on standard error and kept for the message of a failing start. */
final class BundleTroubles implements FrameworkListener {
    private static final int KEPT = 20;

    private final List<String> troubles = new CopyOnWriteArrayList<>();

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            String trouble = event.getBundle().getSymbolicName() + ": " + rootMessage(event.getThrowable());
            System.err.println("countersign: " + trouble);
            if (troubles.size() < KEPT) {
                troubles.add(trouble);
            }
        }
    }

    List<String> all() {
        return List.copyOf(troubles);
    }

    private static String rootMessage(Throwable thrown) {
        StringBuilder text = new StringBuilder(String.valueOf(thrown == null ? "unknown error" : thrown.getMessage()));
        for (Throwable cause = thrown == null ? null : thrown.getCause(); cause != null; cause = cause.getCause()) {
            text.append(" <- ").append(cause);
        }
        return text.toString();
    }
}
