package countersign.status.aggregate;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Writes the status file every 60 s, from the moment provisioning has finished or the agent is 60 s old (status.md sections 4 and 8.4). One
 * thread calls {@link #tick}, every second.
 */
final class StatusTask {
    private static final long PERIOD = Duration.ofSeconds(60).toNanos();

    private final StatusFile file;
    private final Supplier<byte[]> document;
    private final BooleanSupplier provisioned;
    private final LongSupplier nanos;
    private final Consumer<String> news;
    private final long start;
    private boolean written;
    private long writtenAt;
    private volatile String message = "started";

    /**
     * @param provisioned whether provisioning has finished; asked until it has
     * @param nanos monotonic nanoseconds
     * @param news told each message that differs from the one before
     */
    StatusTask(StatusFile file, Supplier<byte[]> document, BooleanSupplier provisioned, LongSupplier nanos, Consumer<String> news) {
        this.file = file;
        this.document = document;
        this.provisioned = provisioned;
        this.nanos = nanos;
        this.news = news;
        this.start = nanos.getAsLong();
    }

    /** What the last pass has to say; shown in the next document. */
    String message() {
        return message;
    }

    /** Writes when it is due; true when it did or tried. */
    boolean tick() {
        long now = nanos.getAsLong();
        boolean due = written ? now - writtenAt >= PERIOD : now - start >= PERIOD || provisioned.getAsBoolean();
        if (due) {
            written = true;
            writtenAt = now;
            write(document.get());
        }
        return due;
    }

    void write(byte[] content) {
        try {
            file.write(content);
            say("status file written: " + file.path());
        } catch (IOException e) {
            say("status file not written: " + e.getMessage());
        }
    }

    private void say(String text) {
        if (!text.equals(message)) {
            message = text;
            news.accept(text);
        }
    }
}
