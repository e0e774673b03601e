package countersign.policy;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A place rules come from. Sources are ranked by {@code service.ranking}: of each kind of contribution the highest-ranked source
 * that has one counts, the others do not.
 */
@ConsumerType
public interface PolicySource {
    /** Short name for logs and explanations, for example {@code secure-channel}. */
    String name();

    /** The last good contribution; empty until there is one. Immutable, never waits. */
    Optional<PolicyContribution> current();

    /**
     * Asks to be told of changes. {@code onChange} is run after {@link #current} has changed, on the source's thread, and returns at
     * once. Closing the subscription ends it.
     */
    Subscription subscribe(Runnable onChange);

    /** Ends a subscription; closing twice does nothing. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
