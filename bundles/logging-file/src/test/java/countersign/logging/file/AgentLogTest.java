package countersign.logging.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class AgentLogTest {
    /** Passes in no test. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final Logger OWN = Logger.getLogger("countersign.some.bundle");
    private static final Logger LIBRARY = Logger.getLogger("org.example.library");

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @Test
    void levels_holdForFileAndStream() throws IOException {
        withErrors(() -> {
            AgentLog log = new AgentLog(config(folder.toString(), "Debug", "Warn"), LONG);
            OWN.finest("own trace");
            OWN.fine("own debug");
            OWN.info("own info");
            OWN.warning("own warning");
            LIBRARY.fine("library debug");
            LIBRARY.info("library info");
            log.deactivate();
        });
        assertEquals(List.of("own debug", "own info", "own warning", "library info"), messages(folder.resolve("ProxyAgent.log")));
        assertEquals(List.of("own warning"), errorMessages());
    }

    @Test
    void modification_changesLevelAndFolderOfTheRunningAgent() throws IOException {
        withErrors(() -> {
            AgentLog log = new AgentLog(config(folder.resolve("a").toString(), "Info", "Error"), LONG);
            OWN.fine("hidden");
            OWN.info("first");
            awaitLine(folder.resolve("a/ProxyAgent.log"), "first");
            log.modified(config(folder.resolve("b").toString(), "Trace", "Error"));
            OWN.finest("second");
            log.deactivate();
        });
        assertEquals(List.of("first"), messages(folder.resolve("a/ProxyAgent.log")));
        assertEquals(List.of("second"), messages(folder.resolve("b/ProxyAgent.log")));
    }

    @Test
    void emptyFolder_writesNoFile() throws IOException {
        withErrors(() -> {
            AgentLog log = new AgentLog(config("", "Trace", "Info"), LONG);
            OWN.info("only to the stream");
            log.deactivate();
        });
        assertEquals(List.of("only to the stream"), errorMessages());
        try (var entries = Files.list(folder)) {
            assertEquals(0, entries.count());
        }
    }

    @Test
    void folderThatCannotBeUsed_isReportedOnceAndHarmsNothingElse() throws IOException {
        Path blocked = Files.writeString(folder.resolve("file"), "not a folder");
        withErrors(() -> {
            AgentLog log = new AgentLog(config(blocked.toString(), "Info", "Error"), LONG);
            OWN.info("one");
            OWN.info("two");
            OWN.severe("three");
            log.deactivate();
        });
        assertEquals(2, errorMessages().size(), errors.toString(StandardCharsets.UTF_8));
        assertTrue(errorMessages().get(0).startsWith("writing " + blocked.resolve("ProxyAgent.log")), errorMessages().get(0));
        assertEquals("three", errorMessages().get(1));
    }

    @Test
    void causeThatCannotBeTold_losesItsOwnLineOnly() throws IOException {
        withErrors(() -> {
            AgentLog log = new AgentLog(config(folder.toString(), "Info", "Error"), LONG);
            OWN.log(Level.INFO, "broken", new RuntimeException() {
                @Override
                public String toString() {
                    throw new NoClassDefFoundError("played");
                }
            });
            OWN.info("next");
            log.deactivate();
        });
        assertEquals(
                List.of("a line of " + OWN.getName() + " could not be made: java.lang.NoClassDefFoundError", "next"),
                messages(folder.resolve("ProxyAgent.log")));
    }

    @Test
    void handlers_areAsBeforeAfterDeactivation() throws IOException {
        Handler[] before = Logger.getLogger("").getHandlers();
        withErrors(() -> new AgentLog(config("", "Info", "Error"), LONG).deactivate());
        assertArrayEquals(before, Logger.getLogger("").getHandlers());
    }

    @Test
    void fullQueue_dropsAndSaysHowMany() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        PrintStream stuck = new PrintStream(errors, true, StandardCharsets.UTF_8) {
            @Override
            public void print(String line) {
                entered.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                super.print(line);
            }
        };
        QueuedHandler handler = new QueuedHandler(new QueuedHandler.Targets(null, Level.INFO, stuck, Level.INFO), LONG);
        handler.publish(new LogRecord(Level.INFO, "first"));
        entered.await();
        for (int i = 0; i < 2048 + 5; i++) {
            handler.publish(new LogRecord(Level.INFO, "line"));
        }
        assertEquals(5, handler.dropped());
        release.countDown();
        handler.close();
        assertEquals(1 + 2048 + 1, errorMessages().size());
        assertEquals("5 log lines did not fit and were dropped", errorMessages().get(2049));
        assertFalse(errors.toString(StandardCharsets.UTF_8).contains("\n\n"));
    }

    private void withErrors(Runnable body) {
        PrintStream before = System.err;
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            body.run();
        } finally {
            System.setErr(before);
        }
    }

    private static void awaitLine(Path file, String text) {
        while (true) {
            try {
                if (Files.exists(file) && Files.readString(file).contains(text)) {
                    return;
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            Thread.onSpinWait();
        }
    }

    private static List<String> messages(Path file) throws IOException {
        return texts(Files.readString(file));
    }

    private List<String> errorMessages() {
        return texts(errors.toString(StandardCharsets.UTF_8));
    }

    /** What follows head and logger name. */
    private static List<String> texts(String lines) {
        return lines.lines().map(line -> line.substring(34).replaceFirst("^[a-z.]+: ", "")).toList();
    }

    private static AgentLog.Config config(String logFolder, String fileLevel, String systemLevel) {
        return new AgentLog.Config() {
            @Override
            public String logFolder() {
                return logFolder;
            }

            @Override
            public String fileLogLevel() {
                return fileLevel;
            }

            @Override
            public String fileLogLevelForSystemEvents() {
                return systemLevel;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return AgentLog.Config.class;
            }
        };
    }
}
