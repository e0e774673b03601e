package countersign.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;

/**
 * {@code status}: asks the running agent whether provisioning has finished, once or for a time, as
 * secure-channel.md section 10 says. Boot waits for it, so it starts no framework and loads few classes.
 */
final class StatusCommand {
    private static final long PAUSE_MILLIS = 100;

    private final PrintStream out;
    private final InetSocketAddress agent;

    StatusCommand(PrintStream out, InetSocketAddress agent) {
        this.out = out;
        this.agent = agent;
    }

    /** Returns one of the exit codes 0, 1, 2. */
    int run(long waitSeconds) {
        long started = System.nanoTime();
        // The same tick in every try: what finished before the command started does not count while the channel is off.
        ProvisionQuery query = new ProvisionQuery(agent, System.currentTimeMillis() * 1_000_000L);
        boolean notify = true;
        String lastTrouble = null;
        while (true) {
            String trouble;
            try {
                ProvisionAnswer answer = query.ask(notify);
                if (answer.finished()) {
                    return finished(answer.errorMessage());
                }
                trouble = answer.errorMessage().isEmpty() ? "not finished" : "not finished: " + answer.errorMessage();
            } catch (IOException e) {
                trouble = "no answer from the agent: " + e.getMessage();
            }
            if (!trouble.equals(lastTrouble)) {
                out.println(Printable.text(trouble));
                lastTrouble = trouble;
            }
            notify = false;
            if ((System.nanoTime() - started) / 1_000_000_000L >= waitSeconds || !pause()) {
                return ExitCode.NOT_FINISHED;
            }
        }
    }

    private int finished(String errorMessage) {
        if (errorMessage.isEmpty()) {
            out.println("finished");
            return ExitCode.OK;
        }
        out.println(Printable.text(errorMessage));
        return ExitCode.FINISHED_WITH_ERROR;
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
