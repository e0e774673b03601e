package countersign.launcher;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

/**
 * Watches for the two services that mean the agent does its work and says so on standard output, one line each with the
 * milliseconds since exec: {@code countersign listening 812 ms} when the listener is bound, {@code countersign guarding
 * 934 ms} when redirected connections arrive at it. Losing one is said too.
 */
final class Readiness {
    private static final String LISTENER = "(&(objectClass=java.util.function.Supplier)(countersign.role=listener))";
    private static final String GUARD = "(&(objectClass=java.util.function.Supplier)(countersign.role=guard))";

    private final BundleContext context;
    private final SinceExec clock;
    private final BundleTroubles troubles;
    private final Watch listener = new Watch("listening", LISTENER);
    private final Watch interceptor = new Watch("guarding", GUARD);
    private volatile boolean guarded;

    Readiness(BundleContext context, SinceExec clock, BundleTroubles troubles) {
        this.context = context;
        this.clock = clock;
        this.troubles = troubles;
    }

    void open() throws InvalidSyntaxException {
        listener.open();
        interceptor.open();
    }

    /** The agent is stopping: what goes from here on is expected. */
    void close() {
        context.removeServiceListener(listener);
        context.removeServiceListener(interceptor);
    }

    /** Whether both services have been there at the same time. */
    boolean guarded() {
        return guarded;
    }

    /** What is not there, and which bundles failed: for a person who has to repair it. */
    String missing() {
        List<String> parts = new ArrayList<>();
        if (!listener.present) {
            parts.add("no listener is bound");
        }
        if (!interceptor.present) {
            parts.add("interception is not in force");
        }
        parts.addAll(troubles.all());
        return String.join("; ", parts);
    }

    private void changed() {
        if (listener.present && interceptor.present) {
            guarded = true;
        }
    }

    /** One kind of service; says when the first appears and the last goes. */
    private final class Watch implements ServiceListener {
        private final String word;
        private final String filter;
        private volatile boolean present;

        Watch(String word, String filter) {
            this.word = word;
            this.filter = filter;
        }

        void open() throws InvalidSyntaxException {
            context.addServiceListener(this, filter);
            look(null);
        }

        @Override
        public void serviceChanged(ServiceEvent event) {
            // While it is unregistering a service is still found: it does not count any more.
            look(event.getType() == ServiceEvent.UNREGISTERING ? event.getServiceReference() : null);
        }

        private synchronized void look(ServiceReference<?> leaving) {
            boolean now = count(leaving) > 0;
            if (now != present) {
                present = now;
                System.out.println("countersign " + (now ? word + " " + clock.millis() + " ms" : "no longer " + word));
                System.out.flush();
                changed();
            }
        }

        private int count(ServiceReference<?> leaving) {
            try {
                ServiceReference<?>[] found = context.getAllServiceReferences(null, filter);
                int count = 0;
                for (int i = 0; found != null && i < found.length; i++) {
                    count += found[i].equals(leaving) ? 0 : 1;
                }
                return count;
            } catch (InvalidSyntaxException e) {
                throw new IllegalStateException("the filter was accepted before: " + filter, e);
            }
        }
    }
}
