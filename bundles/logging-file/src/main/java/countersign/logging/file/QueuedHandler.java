package countersign.logging.file;

import static java.util.Objects.requireNonNull;

import countersign.logfile.LogText;
import countersign.logfile.RollingFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Takes log records to a file and a stream on a thread of its own, because a request must not wait for a disk. The queue is bounded; what
 * does not fit is counted, and the number is written when there is room again.
 */
final class QueuedHandler extends Handler {
    private static final int CAPACITY = 2048;

    /** Where lines go and from which level. {@code file} may be {@code null}: no file. */
    record Targets(RollingFile file, Level fileLevel, PrintStream stream, Level streamLevel) {
        Targets {
            requireNonNull(fileLevel, "fileLevel");
            requireNonNull(stream, "stream");
            requireNonNull(streamLevel, "streamLevel");
        }

        boolean take(LogRecord record) {
            int level = record.getLevel().intValue();
            return (file != null && level >= fileLevel.intValue()) || level >= streamLevel.intValue();
        }
    }

    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(CAPACITY);
    private final Duration patience;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer = new Thread(this::run, "countersign-log");
    private volatile Targets targets;
    private volatile boolean closed;
    private boolean fileFailed;

    /** @param patience how long {@link #close} waits for what is queued */
    QueuedHandler(Targets targets, Duration patience) {
        this.targets = requireNonNull(targets, "targets");
        this.patience = requireNonNull(patience, "patience");
        writer.setDaemon(true);
        writer.start();
    }

    /** Changes where later lines go; lines that are queued already go there too. */
    void redirect(Targets next) {
        RollingFile before = targets.file();
        targets = next;
        if (before != null && before != next.file()) {
            // Closed on the writer's thread, its only user. Left to the collector when the queue is full.
            queue.offer(before::close);
        }
    }

    @Override
    public void publish(LogRecord record) {
        if (closed || !targets.take(record)) {
            return;
        }
        if (!queue.offer(() -> write(record))) {
            dropped.incrementAndGet();
        }
    }

    /** How many lines did not fit since the last one that said so. */
    long dropped() {
        return dropped.get();
    }

    @Override
    public void flush() {
        // Each record is written at once; there is nothing to push but what is queued, and close waits for that.
    }

    /** Writes what is queued, as long as patience lasts. */
    @Override
    public void close() {
        closed = true;
        queue.offer(() -> { });
        boolean interrupted = false;
        try {
            writer.join(patience.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        writer.interrupt();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed || !queue.isEmpty()) {
                queue.take().run();
                long lost = queue.isEmpty() ? dropped.getAndSet(0) : 0;
                if (lost > 0) {
                    print(LogText.timestamp(Instant.now()) + " [WARN]    " + lost + " log lines did not fit and were dropped\n", Level.WARNING);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            RollingFile file = targets.file();
            if (file != null) {
                file.close();
            }
        }
    }

    private void write(LogRecord record) {
        String line;
        try {
            line = LogLine.of(record);
        } catch (RuntimeException | LinkageError e) {
            // Parameters and causes are others' classes, perhaps of a bundle that is gone. Their failure must not end the log.
            line = LogText.timestamp(record.getInstant()) + " [ERROR]   a line of " + record.getLoggerName() + " could not be made: "
                    + e.getClass().getName() + '\n';
        }
        print(line, record.getLevel());
    }

    private void print(String line, Level level) {
        Targets now = targets;
        if (level.intValue() >= now.streamLevel().intValue()) {
            now.stream().print(line);
            now.stream().flush();
        }
        if (now.file() == null || level.intValue() < now.fileLevel().intValue()) {
            return;
        }
        try {
            now.file().append(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            fileFailed = false;
        } catch (IOException e) {
            if (!fileFailed) { // once per failure, not per line
                fileFailed = true;
                now.stream().print(LogText.timestamp(Instant.now()) + " [ERROR]   " + LogText.line(String.valueOf(e.getMessage()), 1024) + "\n");
            }
        }
    }
}
