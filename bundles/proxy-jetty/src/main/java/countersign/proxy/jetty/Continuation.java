package countersign.proxy.jetty;

import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.util.Callback;

/**
 * Lets a loop go on by itself when an asynchronous operation is over before the call returns, and be resumed when it is not: so neither the
 * stack nor a queue grows with the number of operations.
 */
abstract class Continuation implements Callback {
    private final AtomicBoolean met = new AtomicBoolean();
    private volatile boolean failed;

    /** The operation succeeded after {@link #isOver} had said no. */
    abstract void resume();

    /** The operation failed; {@link #isOver} says no, and nothing is resumed. */
    abstract void broken(Throwable cause);

    /** Call once, when the operation has been started. True: it is over and succeeded, the caller goes on. */
    final boolean isOver() {
        return met.getAndSet(true) && !failed;
    }

    @Override
    public final void succeeded() {
        if (met.getAndSet(true)) {
            resume();
        }
    }

    @Override
    public final void failed(Throwable cause) {
        failed = true;
        met.set(true);
        broken(cause);
    }

    @Override
    public final InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
