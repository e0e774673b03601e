package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EventFolderTest {
    private static final String NOON = "1772625600089000000";
    private static final String RECORD = "{\"EventLevel\":\"INFO\",\"Message\":\"password=x\",\"Version\":\"1\",\"TaskName\":\"T\",\"EventPid\":\"1\","
            + "\"EventTid\":\"00000002\",\"OperationId\":\"o\",\"TimeStamp\":\"s\",\"Unknown\":{\"a\":[1]}}";

    @TempDir
    private Path temporary;
    private Path path;
    private EventFolder folder;
    private final List<String> offered = new ArrayList<>();

    @BeforeEach
    void open() {
        path = temporary.resolve("made/events");
        folder = new EventFolder(path, 3, () -> Events.NOON);
    }

    @Test
    void file_isOneArrayOfRecords_namedByItsTime_notForEveryone() throws IOException {
        assertTrue(folder.keep(List.of(Events.generic("a", "é\u2028 \uD800"), Events.generic("b"))));
        assertEquals(List.of(NOON + ".json"), names());
        Path file = path.resolve(NOON + ".json");
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals(2, json.size());
        assertEquals(new ObjectMapper().readTree("{\"EventLevel\":\"INFO\",\"Message\":\"text\",\"Version\":\"0.1.0\",\"TaskName\":\"b\",\"EventPid\":\"77\","
                + "\"EventTid\":\"00000078\",\"OperationId\":\"module\",\"TimeStamp\":\"2026-03-04T12:00:00.089\"}"), json.get(1));
        List<String> members = new ArrayList<>();
        json.get(0).fieldNames().forEachRemaining(members::add);
        assertEquals(List.of("EventLevel", "Message", "Version", "TaskName", "EventPid", "EventTid", "OperationId", "TimeStamp"), members);
    }

    @Test
    void files_ofOneMoment_haveNamesOfTheirOwn_andAreBoundedInNumber() throws IOException {
        Files.createDirectories(path);
        for (String other : List.of("extension_1.json", "1.tmp", "notes.txt")) {
            Files.writeString(path.resolve(other), "");
        }
        for (int i = 0; i < 3; i++) {
            assertTrue(folder.keep(List.of(Events.generic("e" + i))));
        }
        assertFalse(folder.keep(List.of(Events.generic("one too many"))));
        offerAll();
        assertEquals(List.of("e0", "e1", "e2"), offered);
        assertEquals(List.of("1.tmp", "extension_1.json", "notes.txt"), names(), "other names are left alone");
    }

    @Test
    void folderThatCannotBe_isSaidAndNotThrown() throws IOException {
        Files.writeString(temporary.resolve("made"), "a file");
        assertFalse(folder.keep(List.of(Events.generic("a"))));
        folder.offer(events -> true);
    }

    @Test
    void events_comeBackAsTheyWere() {
        GenericEvent event = Events.generic("a", "]]> é \u2028 \"quoted\" 😀 " + "x".repeat(3900));
        folder.keep(List.of(event, Events.generic("b")));
        List<GenericEvent> back = new ArrayList<>();
        folder.offer(back::addAll);
        assertEquals(List.of(event, Events.generic("b")), back);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "é", "€", "😀"})
    void fullestFile_canBeReadAgain(String character) {
        GenericEvent longest = Events.generic("a", MessageText.of(character.repeat(5000)));
        folder.keep(Collections.nCopies(Outbox.CAPACITY, longest));
        List<GenericEvent> back = new ArrayList<>();
        folder.offer(back::addAll);
        assertEquals(Collections.nCopies(Outbox.CAPACITY, longest), back);
    }

    @Test
    void fileWhoseEventsAreNotTaken_stays_andSoDoLaterOnes() throws IOException {
        folder.keep(List.of(Events.generic("a")));
        folder.keep(List.of(Events.generic("b")));
        folder.keep(List.of(Events.generic("c")));
        folder.offer(events -> {
            events.forEach(event -> offered.add(event.taskName()));
            return !events.get(0).taskName().equals("b");
        });
        assertEquals(List.of("a", "b"), offered);
        assertEquals(2, names().size());
    }

    @Test
    void messagesOfTheReference_areRedacted() throws IOException {
        file("5.json", "[" + RECORD + "]");
        List<GenericEvent> events = new ArrayList<>();
        folder.offer(events::addAll);
        assertEquals(List.of(new GenericEvent("INFO", "[REDACTED]", "1", "T", "1", "00000002", "o", "s")), events);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[1]", "[[]]", "[{}]", "[] []", "\"x\"", "[{\"EventLevel\":7}]", "\u0000"})
    void unreadableFile_isDeleted_andKeepsNoOtherBack(String content) throws IOException {
        file("1.json", content);
        file("2.json", "[" + RECORD.replace("\"T\"", "7") + "]");
        file("3.json", "[" + RECORD + "]");
        offerAll();
        assertEquals(List.of("T"), offered);
        assertEquals(List.of(), names());
    }

    @Test
    void emptyArray_isDeleted() throws IOException {
        file("1.json", "[]");
        offerAll();
        assertEquals(List.of(), offered);
        assertEquals(List.of(), names());
    }

    @Test
    void fileTooLargeOrWithTooMany_isDeletedUnsent() throws IOException {
        file("1.json", "[" + String.join(",", Collections.nCopies(Outbox.CAPACITY + 1, RECORD)) + "]");
        file("2.json", "");
        try (RandomAccessFile sparse = new RandomAccessFile(path.resolve("2.json").toFile(), "rw")) {
            sparse.setLength(EventFolder.MOST_BYTES + 1);
        }
        offerAll();
        assertEquals(List.of(), offered);
        assertEquals(List.of(), names());
    }

    @Test
    void linksPipesAndFolders_areNeitherReadNorRemoved() throws Exception {
        Path elsewhere = Files.writeString(temporary.resolve("elsewhere"), "[" + RECORD + "]");
        Files.createDirectories(path.resolve("3.json"));
        Files.createSymbolicLink(path.resolve("1.json"), elsewhere);
        assertEquals(0, new ProcessBuilder("mkfifo", path.resolve("2.json").toString()).start().waitFor());
        offerAll();
        assertEquals(List.of(), offered);
        assertEquals(List.of("1.json", "2.json", "3.json"), names());
        assertTrue(folder.keep(List.of(Events.generic("a"))), "they do not count");
    }

    private void offerAll() {
        folder.offer(events -> {
            events.forEach(event -> offered.add(event.taskName()));
            return true;
        });
    }

    private void file(String name, String content) throws IOException {
        Files.writeString(Files.createDirectories(path).resolve(name), content);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
