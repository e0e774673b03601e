package countersign.policy.local;

import static org.awaitility.Awaitility.await;
import static org.awaitility.Awaitility.setDefaultTimeout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import countersign.files.OwnUser;
import countersign.policy.LocalRules;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class LocalRuleWatchTest {
    /** {"id":"corp-base","useLocalFileRules":true} */
    private static final String MARKER = "eyJpZCI6ImNvcnAtYmFzZSIsInVzZUxvY2FsRmlsZVJ1bGVzIjp0cnVlfQ==";
    private static final String ALLOW = "{\"defaultAccess\":\"allow\",\"id\":\"site\"}";
    private static final String DENY = "{\"defaultAccess\":\"deny\" ,\"id\":\"site\"}";

    /** Passes in no test. */
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir Path temp;
    private Path folder;
    private Path imds;
    private final List<NoticeEvent> notices = new CopyOnWriteArrayList<>();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile Optional<RuleDocument> platform = Optional.of(document(MARKER));
    private LocalRuleWatch watch;

    @BeforeAll
    static void beVeryPatient() {
        setDefaultTimeout(Duration.ofMinutes(1));
    }

    @BeforeEach
    void folder() {
        folder = temp.resolve("rules");
        imds = folder.resolve("IMDS_Rules.json");
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private static RuleDocument document(String id) {
        RuleItem item = new RuleItem("deny", "enforce", id, Optional.empty());
        return new RuleDocument(Optional.of(item), Optional.empty(), Optional.empty());
    }

    private void start() throws Exception {
        watch = new LocalRuleWatch(folder, OwnUser.uid(), Duration.ofHours(1), LONG, () -> platform, notices::add, changes::incrementAndGet);
    }

    private void startWith(String content) throws Exception {
        write(content);
        start();
    }

    private void write(String content) throws Exception {
        Files.createDirectories(folder);
        Files.writeString(imds, content);
        Files.setPosixFilePermissions(imds, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private LocalRules.Present present() {
        return assertInstanceOf(LocalRules.Present.class, watch.current().imds());
    }

    private String unusable() {
        return assertInstanceOf(LocalRules.Unusable.class, watch.current().imds()).reason().replace(temp.toString(), "");
    }

    private List<String> events() {
        return notices.stream().map(notice -> notice.module() + " " + notice.level() + " " + notice.name() + ": " + notice.message().replace(temp.toString(), "")).toList();
    }

    @Test
    void folder_isCreatedPrivate_andMissingFilesAreReported() throws Exception {
        start();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        assertEquals(new LocalRules.Missing(), watch.current().imds());
        assertEquals(List.of(
                        "IMDS WARN LocalFileRulesStateChanged: local rules switched on: /rules/IMDS_Rules.json",
                        "IMDS WARN LocalFileRulesStateChanged: /rules/IMDS_Rules.json: not found"),
                events());
    }

    @Test
    void validFile_isReadAndReported() throws Exception {
        startWith(ALLOW);
        assertEquals(Optional.of("allow"), present().defaultAccess());
        assertEquals(new LocalRules.Missing(), watch.current().wireserver());
        assertEquals(List.of(
                        "IMDS WARN LocalFileRulesStateChanged: local rules switched on: /rules/IMDS_Rules.json",
                        "IMDS WARN LocalFileRulesStateChanged: /rules/IMDS_Rules.json: found",
                        "IMDS INFO LocalRulesFileParseSuccess: /rules/IMDS_Rules.json: id site, attempt 1"),
                events());
    }

    @Test
    void withoutMarker_fileIsFollowedInSilence_andReportedWhenTheMarkerComes() throws Exception {
        platform = Optional.of(document("plain"));
        startWith(ALLOW);
        assertEquals(Optional.of("allow"), present().defaultAccess());
        assertEquals(List.of(), events());
        platform = Optional.of(document(MARKER));
        watch.evaluateSoon();
        await().until(() -> events().size() == 3);
        platform = Optional.empty();
        watch.evaluateSoon();
        await().until(() -> events().size() == 4);
        assertEquals("IMDS WARN LocalFileRulesStateChanged: local rules switched off: /rules/IMDS_Rules.json", events().get(3));
    }

    @Test
    void changedFile_isReadAgain_alsoWhenOnlyItsContentShowsIt() throws Exception {
        startWith(ALLOW);
        FileTime old = Files.getLastModifiedTime(imds);
        Files.writeString(imds, DENY);
        Files.setLastModifiedTime(imds, old);
        watch.evaluateSoon();
        await().until(() -> present().defaultAccess().equals(Optional.of("deny")));
        // Told when it has changed.
        await().until(() -> changes.get() == 1 + 1);
        assertTrue(events().contains("IMDS WARN LocalFileRulesStateChanged: /rules/IMDS_Rules.json: changed"), events()::toString);
    }

    @Test
    void replacedAndDeletedFile_isNoticed() throws Exception {
        startWith(ALLOW);
        Path other = Files.writeString(folder.resolve("new"), DENY);
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
        Files.move(other, imds, StandardCopyOption.ATOMIC_MOVE);
        watch.evaluateSoon();
        await().until(() -> present().defaultAccess().equals(Optional.of("deny")));
        Files.delete(imds);
        watch.evaluateSoon();
        await().until(() -> watch.current().imds() instanceof LocalRules.Missing);
        assertEquals("IMDS WARN LocalFileRulesStateChanged: /rules/IMDS_Rules.json: deleted", events().get(events().size() - 1));
    }

    @Test
    void malformedFile_failsClosed_isReportedEveryTime_andRecovers() throws Exception {
        startWith("[1]");
        assertEquals("/rules/IMDS_Rules.json: line 1, column 1: expected an object, got a list", unusable());
        watch.evaluateSoon();
        await().until(() -> events().stream().filter(event -> event.contains("LocalRulesFileParseFailed")).count() == 2);
        write(ALLOW);
        watch.evaluateSoon();
        await().until(() -> watch.current().imds() instanceof LocalRules.Present);
    }

    @Test
    void largeMalformedFile_isReportedEveryTimeToo() throws Exception {
        startWith("[1]" + " ".repeat(70_000));
        watch.evaluateSoon();
        await().until(() -> events().stream().filter(event -> event.contains("LocalRulesFileParseFailed")).count() == 2);
    }

    @Test
    void timer_findsAChangeThatNobodyTold() throws Exception {
        write(ALLOW);
        watch = new LocalRuleWatch(folder, OwnUser.uid(), Duration.ofMillis(20), LONG, () -> platform, notices::add, changes::incrementAndGet);
        write(DENY);
        await().until(() -> watch.current().imds() instanceof LocalRules.Present found && found.defaultAccess().equals(Optional.of("deny")));
    }

    @Test
    void platformAtFault_doesNotKeepFilesFromBeingRead() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        write(ALLOW);
        watch = new LocalRuleWatch(folder, OwnUser.uid(), Duration.ofMillis(20), LONG, () -> {
            if (asked.incrementAndGet() != 2) {
                throw new IllegalStateException("no bundle context");
            }
            return platform;
        }, notices::add, changes::incrementAndGet);
        assertEquals(Optional.of("allow"), present().defaultAccess());
        await().until(() -> asked.get() > 3);
        assertEquals(3, events().size(), "switched on, found, read: " + events());
    }

    @Test
    void closedWatch_isTrueToItsLastState_andTakesNoMoreOrders() throws Exception {
        startWith(ALLOW);
        watch.close();
        write(DENY);
        watch.evaluateSoon();
        assertEquals(Optional.of("allow"), present().defaultAccess());
    }

    @Test
    void fileOfTheGreatestLength_isRead() throws Exception {
        startWith(ALLOW + " ".repeat((1 << 20) - ALLOW.length()));
        assertEquals(Optional.of("allow"), present().defaultAccess());
    }

    @Test
    void folderThatIsNone_failsClosed() throws Exception {
        Files.writeString(folder, "");
        start();
        assertTrue(unusable().startsWith("/rules/IMDS_Rules.json: "), this::unusable);
    }

    @Test
    void invalidRules_failClosedWithTheFirstError() throws Exception {
        startWith("{\"defaultAccess\":\"maybe\"}");
        assertEquals("/rules/IMDS_Rules.json: defaultAccess: expected allow or deny, got \"maybe\"", unusable());
    }

    @Test
    void fifo_isRefusedAtOnce() throws Exception {
        Files.createDirectories(folder);
        assertEquals(0, new ProcessBuilder("mkfifo", imds.toString()).start().waitFor());
        assertTimeoutPreemptively(Duration.ofMinutes(1), this::start);
        assertEquals("/rules/IMDS_Rules.json: expected a regular file that is no link", unusable());
        assertTrue(events().contains("IMDS ERROR LocalRulesFileMetadataReadFailed: /rules/IMDS_Rules.json: "
                + "expected a regular file that is no link; the service fails closed"), events()::toString);
    }

    @Test
    void link_isNotFollowed() throws Exception {
        Files.createDirectories(folder);
        Files.createSymbolicLink(imds, Files.writeString(temp.resolve("elsewhere"), ALLOW));
        start();
        assertEquals("/rules/IMDS_Rules.json: expected a regular file that is no link", unusable());
    }

    @Test
    void folderInTheFilesPlace_isRefused() throws Exception {
        Files.createDirectories(imds);
        start();
        assertEquals("/rules/IMDS_Rules.json: expected a regular file that is no link", unusable());
    }

    @Test
    void fileThatOthersMayWrite_isRefusedUntilTheyMayNot() throws Exception {
        write(ALLOW);
        Files.setPosixFilePermissions(imds, PosixFilePermissions.fromString("rw-rw-r--"));
        start();
        assertEquals("/rules/IMDS_Rules.json: expected a file that group and others may not write, got mode 0664", unusable());
        Files.setPosixFilePermissions(imds, PosixFilePermissions.fromString("rw-r--r--"));
        watch.evaluateSoon();
        await().until(() -> watch.current().imds() instanceof LocalRules.Present);
    }

    @Test
    void fileThatAnybodyMayWrite_isRefused() throws Exception {
        write(ALLOW);
        Files.setPosixFilePermissions(imds, PosixFilePermissions.fromString("rw-r---w-"));
        start();
        assertEquals("/rules/IMDS_Rules.json: expected a file that group and others may not write, got mode 0642", unusable());
    }

    @Test
    void fileThatHasChangedSinceItWasLookedAt_isNotEvenOpened() throws Exception {
        startWith(ALLOW);
        RuleFile file = new RuleFile(imds, OwnUser.uid(), task -> fail("opened"), Duration.ofSeconds(5));
        RuleFile.State.Present seen = (RuleFile.State.Present) file.state();
        Files.delete(imds);
        Files.createSymbolicLink(imds, Files.writeString(temp.resolve("elsewhere"), ALLOW));
        assertEquals(imds + ": changed before it was read", assertThrows(IOException.class, () -> file.read(seen)).getMessage());
    }

    @Test
    void fileOfAnotherUser_isRefused() throws Exception {
        Assumptions.assumeTrue(OwnUser.uid() == 0, "needs root to give a file away");
        write(ALLOW);
        Files.setAttribute(imds, "unix:uid", 12345);
        start();
        assertEquals("/rules/IMDS_Rules.json: expected owner 0, got 12345", unusable());
    }

    @Test
    void hugeFile_isRefusedUnread() throws Exception {
        startWith(" ".repeat(10 << 20));
        assertEquals("/rules/IMDS_Rules.json: expected at most 1048576 bytes, got 10485760", unusable());
    }

    @Test
    void readThatHangs_failsClosedInBoundedTime() throws Exception {
        startWith(ALLOW);
        RuleFile file = new RuleFile(imds, OwnUser.uid(), task -> {}, Duration.ofMillis(20));
        List<String> reports = new CopyOnWriteArrayList<>();
        WatchedRules rules = new WatchedRules(file, (level, name, text) -> reports.add(name));
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> rules.evaluate(true));
        assertEquals(imds + ": not read within 20 ms", assertInstanceOf(LocalRules.Unusable.class, rules.rules()).reason());
        rules.evaluate(true);
        assertEquals(imds + ": 4 earlier reads have not come back yet", assertInstanceOf(LocalRules.Unusable.class, rules.rules()).reason());
        assertTrue(reports.contains("LocalRulesFileParseFailed"));
    }

    @Test
    void fifoThatTakesTheFilesPlaceAtTheLastMoment_doesNotKeepALaterFileFromBeingRead() throws Exception {
        startWith(ALLOW);
        Path fifo = temp.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        List<Thread> readers = new CopyOnWriteArrayList<>();
        RuleFile file = new RuleFile(imds, OwnUser.uid(), task -> {
            if (readers.isEmpty()) {
                try {
                    Files.delete(imds);
                    Files.createLink(imds, fifo);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            Thread reader = new Thread(task);
            reader.setDaemon(true);
            readers.add(reader);
            reader.start();
        }, Duration.ofMillis(200));
        WatchedRules rules = new WatchedRules(file, (level, name, text) -> {});
        rules.evaluate(true);
        assertEquals(imds + ": expected a regular file that is no link", assertInstanceOf(LocalRules.Unusable.class, rules.rules()).reason());
        assertTrue(readers.get(0).isAlive(), "it hangs where nobody writes");
        Files.delete(imds);
        write(ALLOW);
        // Until a reader is quick enough: time is short here for the sake of the one that hangs.
        while (!(rules.rules() instanceof LocalRules.Present)) {
            rules.evaluate(true);
        }
        // Somebody who could write lets it go.
        FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE).close();
        await().until(() -> !readers.get(0).isAlive());
    }

    @Test
    void fileReplacedWhileItIsRead_isReadAgainAtOnce() throws Exception {
        startWith(ALLOW);
        AtomicInteger reads = new AtomicInteger();
        RuleFile file = new RuleFile(imds, OwnUser.uid(), task -> {
            task.run();
            if (reads.incrementAndGet() == 1) {
                try {
                    Path next = Files.writeString(folder.resolve("next"), DENY);
                    Files.move(next, imds, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }, LONG);
        WatchedRules rules = new WatchedRules(file, (level, name, text) -> {});
        rules.evaluate(true);
        assertEquals(Optional.of("deny"), assertInstanceOf(LocalRules.Present.class, rules.rules()).defaultAccess());
        assertEquals(2, reads.get());
    }

    @Test
    void fileChangingWhileItIsRead_isNotUsed() throws Exception {
        startWith(ALLOW);
        AtomicInteger round = new AtomicInteger();
        RuleFile file = new RuleFile(imds, OwnUser.uid(), task -> {
            task.run();
            try {
                Files.writeString(imds, ALLOW + " ".repeat(round.incrementAndGet()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, LONG);
        WatchedRules rules = new WatchedRules(file, (level, name, text) -> {});
        rules.evaluate(true);
        assertEquals(imds + ": changed while it was read", assertInstanceOf(LocalRules.Unusable.class, rules.rules()).reason());
    }
}
