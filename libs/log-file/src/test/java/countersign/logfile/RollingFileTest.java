package countersign.logfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollingFileTest {
    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2026-03-04T05:06:07.089123456Z");
    private RollingFile file;

    @AfterEach
    void closeFile() {
        if (file != null) {
            file.close();
        }
    }

    @Test
    void lines_areAppendedInANewFolder() throws IOException {
        file = open(100, 5);
        append("a\n");
        append("b\n");
        assertEquals("a\nb\n", Files.readString(live()));
    }

    @Test
    void newFile_isReadableByOwnerAndGroupOnly() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "needs POSIX permissions");
        file = open(1, 5);
        append("a\n");
        append("b\n");
        for (String name : names()) {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(live().resolveSibling(name)));
            assertEquals("rw-r-----", mode, name);
        }
    }

    @Test
    void fullFile_isRenamedBeforeTheNextWrite() throws IOException {
        file = open(4, 5);
        append("abc\n");
        assertEquals(List.of("A.log"), names());
        append("d\n");
        assertEquals(List.of("A.log", "A.log.2026-03-04T05.06.07.089-1772600767089123456.log"), names());
        assertEquals("d\n", Files.readString(live()));
    }

    @Test
    void oldestFiles_areDeleted() throws IOException {
        file = open(2, 3);
        for (String line : List.of("1\n", "2\n", "3\n", "4\n", "5\n")) {
            append(line);
            now = now.plusSeconds(1);
        }
        assertEquals(3, names().size());
        assertEquals("3\n", Files.readString(live().resolveSibling(names().get(1))));
        assertEquals("4\n", Files.readString(live().resolveSibling(names().get(2))));
        assertEquals("5\n", Files.readString(live()));
    }

    @Test
    void otherEntries_areNeverDeleted() throws IOException {
        Files.createDirectories(live().resolveSibling("A.log.0-folder"));
        Files.writeString(live().resolveSibling("A.logbook"), "");
        Files.writeString(live().resolveSibling("B.log.0.log"), "");
        file = open(1, 1);
        append("1\n");
        append("2\n");
        assertEquals(List.of("A.log", "A.log.0-folder", "A.logbook", "B.log.0.log"), names());
    }

    @Test
    void fileThatWasMovedAway_isOpenedAnew() throws IOException {
        file = open(100, 5);
        append("1\n");
        Files.move(live(), live().resolveSibling("moved"));
        append("2\n");
        assertEquals("2\n", Files.readString(live()));
        Files.delete(live());
        append("3\n");
        assertEquals("3\n", Files.readString(live()));
    }

    @Test
    void existingFile_isContinued() throws IOException {
        Files.createDirectories(live().getParent());
        Files.writeString(live(), "old\n");
        file = open(100, 5);
        append("new\n");
        assertEquals("old\nnew\n", Files.readString(live()));
    }

    @Test
    void linkInThePlaceOfTheFile_isNotFollowed() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "");
        Files.createDirectories(live().getParent());
        Files.createSymbolicLink(live(), target);
        file = open(100, 5);
        IOException e = assertThrows(IOException.class, () -> append("x\n"));
        assertTrue(e.getMessage().startsWith("writing " + live()), e.getMessage());
        assertEquals("", Files.readString(target));
    }

    private Path live() {
        return folder.resolve("logs").resolve("A.log");
    }

    private RollingFile open(long sizeLimit, int fileLimit) {
        return new RollingFile(live(), sizeLimit, fileLimit, new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        });
    }

    private void append(String text) throws IOException {
        file.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(live().getParent())) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
