package countersign.launcher;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and SIGINT into an orderly stop. The virtual machine answers them by running its shutdown hooks; ours asks
 * the main thread to stop and waits until it has, at most {@link #LIMIT_MILLIS}, so that a service manager's patience of
 * five seconds is enough and the exit status is that of the agent, not 143.
 */
final class StopSignal extends Thread {
    private static final long LIMIT_MILLIS = 4_500;

    private final Ending ending;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile int status = ExitCode.CANNOT_GUARD;

    private StopSignal(Ending ending) {
        super("countersign-stop");
        this.ending = ending;
    }

    static StopSignal install(Ending ending) {
        StopSignal signal = new StopSignal(ending);
        Runtime.getRuntime().addShutdownHook(signal);
        return signal;
    }

    /** Console: stops on Enter. The end of standard input alone does not stop. Returns the thread that waits for it. */
    static Thread onEnter(Ending ending) {
        Thread reader = new Thread(() -> {
            try {
                for (int c; (c = System.in.read()) >= 0; ) {
                    if (c == '\n') {
                        ending.stop();
                        return;
                    }
                }
            } catch (IOException e) {
                System.err.println("countersign: standard input cannot be read, stop with SIGTERM: " + e.getMessage());
            }
        }, "countersign-console");
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    /** The main thread has cleaned up and will exit with this status. */
    void finished(int exitStatus) {
        status = exitStatus;
        done.countDown();
    }

    @Override
    public void run() {
        if (done.getCount() == 0) {
            return; // the main thread is exiting by itself
        }
        ending.stop();
        try {
            if (!done.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
                System.err.println("countersign: not stopped after " + LIMIT_MILLIS + " ms, leaving");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        Runtime.getRuntime().halt(status);
    }
}
