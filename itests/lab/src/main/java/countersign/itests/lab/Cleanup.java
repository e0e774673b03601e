package countersign.itests.lab;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Steps that undo what was done, taken in reverse order and once: at {@link #close}, or when the JVM is told to end
 * (Ctrl-C, SIGTERM). A step that fails does not keep the others from being taken. Safe from any thread.
 */
public final class Cleanup implements AutoCloseable {
    private final Deque<Undo> steps = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeQuietly, "cleanup");
    private boolean closed;

    /** One step; {@code what} names it in the message if it fails. */
    private record Undo(String what, Step step) {}

    /** Undoes one thing. Must tolerate that the thing has already vanished. */
    @FunctionalInterface
    public interface Step {
        void take() throws Exception;
    }

    public Cleanup() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Remembers a step. Call it right before the thing is done, so that an interruption in between leaves nothing behind.
     *
     * @throws IllegalStateException if everything has been undone already: then nothing new may be done
     */
    public synchronized void before(String what, Step step) {
        if (closed) {
            throw new IllegalStateException("the lab is closed: " + what);
        }
        steps.push(new Undo(what, step));
    }

    /** @throws IllegalStateException after all steps, if some failed; they are attached */
    @Override
    public void close() {
        IllegalStateException failures = undo();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending; the hook finds nothing left to do.
        }
        if (failures != null) {
            throw failures;
        }
    }

    private void closeQuietly() {
        IllegalStateException failures = undo();
        if (failures != null) {
            for (Throwable failure : failures.getSuppressed()) {
                System.err.println(failure.getMessage());
            }
        }
    }

    private synchronized IllegalStateException undo() {
        closed = true;
        IllegalStateException failures = null;
        while (!steps.isEmpty()) {
            Undo undo = steps.pop();
            try {
                undo.step().take();
            } catch (Exception e) {
                if (failures == null) {
                    failures = new IllegalStateException("the lab left something behind");
                }
                failures.addSuppressed(new IllegalStateException(undo.what() + ": " + e, e));
            }
        }
        return failures;
    }
}
