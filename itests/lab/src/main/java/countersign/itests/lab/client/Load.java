package countersign.itests.lab.client;

import countersign.itests.lab.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Steers a {@link LoadMain}. One run at a time. Not thread-safe. */
public final class Load {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Child process;
    private int replies;
    private Duration length = Duration.ZERO;

    public Load(Child process) {
        this.process = process;
    }

    public long pid() {
        return process.pid();
    }

    /** Starts a run and returns at once. */
    public void start(LoadPlan plan) throws IOException {
        length = Duration.ofMillis(plan.warmUpMillis() + plan.millis());
        order("start " + plan.encode(), PATIENCE);
    }

    /** Requests of the run so far. */
    public long count() throws IOException {
        return Long.parseLong(order("count", PATIENCE).split(" ")[1]);
    }

    /** Waits until the plan's time is over. */
    public LoadResult finish() throws IOException {
        return result(order("finish", length.plus(PATIENCE)));
    }

    /** Ends the run before its time. */
    public LoadResult stop() throws IOException {
        return result(order("stop", PATIENCE));
    }

    private static LoadResult result(String reply) {
        String[] words = reply.split(" ");
        return LoadResult.decode(Arrays.copyOfRange(words, 1, words.length));
    }

    private String order(String text, Duration patience) throws IOException {
        process.input().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
        process.input().flush();
        String reply = process.await(replies++, any -> true, "a reply to " + text.split(" ")[0], patience).text();
        if (reply.startsWith("failed ")) {
            throw new IOException(reply);
        }
        return reply;
    }
}
