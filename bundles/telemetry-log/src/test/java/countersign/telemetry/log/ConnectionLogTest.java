package countersign.telemetry.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.telemetry.AgentEvent;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionLogTest {
    @TempDir
    private Path folder;

    @Test
    void events_areAppendedLineByLine() throws IOException {
        ConnectionLog log = new ConnectionLog(config(folder.toString()));
        log.export(event("a"));
        log.export(event("b"));
        log.deactivate();
        assertEquals(line("a") + line("b"), Files.readString(folder.resolve("ProxyAgent.Connection.log")));
    }

    @Test
    void otherFolder_isUsedFromTheNextEventOn() throws IOException {
        ConnectionLog log = new ConnectionLog(config(folder.resolve("x").toString()));
        log.export(event("a"));
        log.modified(config(folder.resolve("y").toString()));
        log.export(event("b"));
        log.modified(config(""));
        log.export(event("c"));
        log.modified(config(folder.resolve("x").toString()));
        log.export(event("d"));
        log.deactivate();
        assertEquals(line("a") + line("d"), Files.readString(folder.resolve("x/ProxyAgent.Connection.log")));
        assertEquals(line("b"), Files.readString(folder.resolve("y/ProxyAgent.Connection.log")));
    }

    @Test
    void folderThatCannotBeUsed_failsEachEventAndRecovers() throws IOException {
        Path blocked = Files.writeString(folder.resolve("blocked"), "");
        ConnectionLog log = new ConnectionLog(config(blocked.toString()));
        var e = assertThrows(UncheckedIOException.class, () -> log.export(event("a")));
        assertTrue(e.getCause().getMessage().startsWith("writing " + blocked.resolve("ProxyAgent.Connection.log")), e.getMessage());
        Files.delete(blocked);
        log.export(event("b"));
        log.deactivate();
        assertEquals(line("b"), Files.readString(blocked.resolve("ProxyAgent.Connection.log")));
    }

    private static AgentEvent event(String name) {
        return new NoticeEvent(Instant.EPOCH, NoticeEvent.Level.INFO, "m", name, "t");
    }

    private static String line(String name) {
        return "{\"notice\":\"" + name + "\",\"timestamp\":\"1970-01-01T00:00:00.000\",\"level\":\"INFO\",\"module\":\"m\",\"message\":\"t\"}\n";
    }

    private static ConnectionLog.Config config(String logFolder) {
        return new ConnectionLog.Config() {
            @Override
            public String logFolder() {
                return logFolder;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return ConnectionLog.Config.class;
            }
        };
    }
}
