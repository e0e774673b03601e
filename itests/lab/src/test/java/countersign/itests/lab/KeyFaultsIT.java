package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.agent.AgentConfig;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Host;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can happen to keys, their folder and the way to them: state before, fault, state after. Nothing is lost, and nothing is opened. */
class KeyFaultsIT extends LabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Request GET = Stage.imds(Stage.INSTANCE);
    private static final String SIGNED = "200 verified isRoot=false";
    private static final String KEY = "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF";
    private static final String OTHER_GUID = "8b1f4a02-6e3d-47c9-b5a8-0d2c9e7f1634";

    private AgentConfig config;
    private Talker nobody;
    private Path mounted;
    private int number;

    @BeforeEach
    void fresh() throws IOException {
        host().reset();
        host().serve(Policy.open("rules-1").document());
        config = lab().config().withKeysIn("fault-" + ++number);
        nobody = stage().talker(User.NOBODY);
    }

    @AfterEach
    void repair() throws IOException {
        stage().killAgent();
        while (mounted != null && Files.readString(Path.of("/proc/self/mounts")).contains(" " + mounted + " ")) {
            Shell.run("umount", mounted.toString());
        }
        mounted = null;
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "read-only"})
    void diskWithoutRoom_isSurvived(String fault) throws IOException {
        mountKeyFolder();
        Path filler = config.latchKeyFolder().resolve("filler");
        breakDisk(fault, filler);
        stage().startAgent(config).untilGuarding();
        awaitFailedLatch();
        assertEquals("", host().latchedKey(), "a key that could not be stored was attested");
        assertEquals(List.of(), config.keyFiles());
        assertTrue(stage().agent().process().alive());
        // No key exists that the host could check: what is asked goes through the agent, unsigned, and is counted (Q8).
        assertEquals("200 no-key-latched isRoot=false", stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
        assertEquals("403, nothing reached the host", stage().tell(() -> nobody.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE))));

        repairDisk(fault, filler);
        long polls = pollsUntilLatched();
        assertTrue(polls <= 2, "polls after the repair: " + polls);
        stage().awaitEndorsement(nobody);
        assertEquals(List.of(keyFile(host().latchedKey())), config.keyFiles());
    }

    @Test
    void folderOpenToOthers_isMadePrivateAtTheStart() throws IOException {
        List<Path> folders = List.of(config.latchKeyFolder(), config.latchKeyFolder().resolveSibling("rules"));
        for (Path folder : folders) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.setAttribute(folder, "unix:uid", User.NOBODY.uid());
        }
        stage().startAgentAndAwaitEndorsement(config);
        for (Path folder : folders) {
            assertEquals(0, Files.getAttribute(folder, "unix:uid"));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        }
        assertEquals(1, config.keyFiles().size());
    }

    @Test
    void rotationIntoUnfitFolder_keepsTheOldKeyUntilRepaired() throws IOException {
        mountKeyFolder();
        stage().startAgentAndAwaitEndorsement(config);
        Path folder = config.latchKeyFolder();
        Path filler = folder.resolve("filler");
        rotate("No space left on device", () -> breakDisk("full", filler), () -> repairDisk("full", filler));
        rotate("Read-only file system", this::coverReadOnly, () -> Shell.run("umount", folder.toString()));
        rotate("expected owner 0, got 65534", () -> Files.setAttribute(folder, "unix:uid", User.NOBODY.uid()),
                () -> Files.setAttribute(folder, "unix:uid", 0));
        rotate("expected mode 0700, got 0755", () -> Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x")),
                () -> Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------")));
    }

    @Test
    void keyFolderChangedWhileRunning_isLeftToTheNextStart() throws IOException {
        stage().startAgentAndAwaitEndorsement(config);
        String old = host().latchedKey();
        AgentConfig changed = config.withKeysIn("fault-" + ++number);
        changed.write();
        Lab.await("the notice", PATIENCE, () -> logged().contains("latchKeyFolder takes effect when the agent starts again; until then it is " + config.latchKeyFolder()));
        host().rotate();
        Lab.await("a new key", PATIENCE, () -> !host().latchedKey().equals(old));
        String fresh = host().latchedKey();
        Lab.await("its file", PATIENCE, () -> Files.exists(keyFile(fresh)));
        assertFalse(Files.exists(changed.latchKeyFolder().getParent()), "something was put there already");
        stage().agent().stop();
        stage().startAgentAsItIs(changed);
        stage().awaitEndorsement(nobody);
        assertEquals(List.of(changed.latchKeyFolder().resolve(host().latchedKey() + ".key")), changed.keyFiles());
        assertEquals(2, config.keyFiles().size(), "what was latched before stays where it is");
    }

    private void rotate(String reason, Step fault, Step repair) throws IOException {
        String old = host().latchedKey();
        List<Path> before = config.keyFiles();
        fault.run();
        host().rotate();
        host().awaitPolls(2, PATIENCE);
        Lab.await("the reason in the log: " + reason, PATIENCE, () -> logged().lines().anyMatch(
                line -> line.contains(config.latchKeyFolder().toString()) && line.contains(reason)));
        assertEquals(old, host().latchedKey(), "a key that could not be stored was attested");
        assertEquals(before, config.keyFiles());
        repair.run();
        long mark = host().mark();
        Lab.await("a new key", PATIENCE, () -> !host().latchedKey().equals(old));
        long polls = pollsUntilAttested(mark);
        assertTrue(polls <= 2, "polls after the repair: " + polls);
        stage().awaitEndorsement(nobody);
        Lab.await("the file of the new key", PATIENCE, () -> config.keyFiles().contains(keyFile(host().latchedKey())));
        assertTrue(config.keyFiles().contains(keyFile(old)), "the key before it is kept");
    }

    /** A fault or its repair. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** What has become of the key file while no agent ran. */
    enum Damage { TRUNCATED, OTHER_KEY_INSIDE, SYMLINK, FIFO }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void damagedKeyFile_isNotUsed_andReplacedByANewKey(Damage damage) throws IOException {
        String old = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
        // A good file of this shape is used: UpgradeIT.
        host().installKey(old, KEY);
        Files.createDirectories(config.latchKeyFolder());
        Files.setPosixFilePermissions(config.latchKeyFolder(), PosixFilePermissions.fromString("rwx------"));
        Files.writeString(keyFile(old), "{\n  \"authorizationScheme\": \"Azure-HMAC-SHA256\",\n  \"guid\": \"" + old
                + "\",\n  \"issued\": \"2024-01-02T03:04:05Z\",\n  \"key\": \"" + KEY + "\"\n}");
        Files.setPosixFilePermissions(keyFile(old), PosixFilePermissions.fromString("rw-------"));
        damage(damage, keyFile(old), old);
        long mark = host().mark();
        stage().startAgentAndAwaitEndorsement(config);
        String fresh = host().latchedKey();
        assertNotEquals(old, fresh);
        List<Seen> seen = host().since(mark);
        assertEquals(List.of("status", "key", "attestation"), Seen.channelSteps(seen).stream().limit(3).toList());
        assertEquals(List.of(fresh), seen.stream().map(Seen::keyGuid).filter(guid -> !guid.isEmpty()).distinct().toList(), "guids in signatures");
        assertTrue(Files.isRegularFile(keyFile(fresh)));
        assertTrue(logged().contains(keyFile(old) + ": expected "), "the log says why");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hang", "cut"})
    void unreachableHost_takesNothingAway(String action) throws IOException {
        host().serve(Policy.open("rules-1").reserve("imds", "/metadata/identity", "root").document());
        stage().startAgentAndAwaitEndorsement(config);
        String key = host().latchedKey();
        host().fault(Map.of("service", "wireserver", "path", "/secure-channel/*", "action", action));
        // A hanging exchange is given up after 15 s (Q1): one is enough here, and the requests below go on meanwhile.
        int wanted = action.equals("hang") ? 1 : 3;
        long mark = host().mark();
        Lab.await("polls without an answer", PATIENCE, () -> polls(mark) >= wanted);
        for (int i = 0; i < 5; i++) {
            assertEquals(SIGNED, stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
            assertEquals("403, nothing reached the host",
                    stage().tell(() -> nobody.ask(Network.IMDS, 80, Stage.imds("/metadata/identity/oauth2/token?api-version=2018-02-01"))));
            assertEquals("403, nothing reached the host", stage().tell(() -> nobody.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE))));
        }
        assertEquals(List.of("status"), Seen.channelSteps(host().since(mark)));
        host().endFaults();
        host().awaitPolls(1, PATIENCE);
        assertEquals(SIGNED, stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
        assertEquals(key, host().latchedKey());
        assertEquals(List.of(key), host().since(mark).stream().map(Seen::keyGuid).filter(guid -> !guid.isEmpty()).distinct().toList());
    }

    /** There and back again, so that both directions are followed by an agent that has a time already (ADR 0010). */
    @ParameterizedTest
    @ValueSource(ints = {3, -3})
    void hostClockJumpsByHours_isFollowedByTheNextPoll_keyStays(int hours) throws IOException {
        stage().startAgentAndAwaitEndorsement(config);
        String key = host().latchedKey();
        long before = host().mark();
        assertHoursAhead(0);
        for (int ahead : List.of(hours, 0)) {
            host().shiftClock(Duration.ofHours(ahead));
            // When the second arrives, what the first was answered is known to be in force.
            host().awaitPolls(2, PATIENCE);
            assertHoursAhead(ahead);
        }
        assertEquals(List.of("status"), Seen.channelSteps(host().since(before)), "the key is not given up");
        assertEquals(List.of(key), host().proxiedSince(before).stream().map(Seen::keyGuid).distinct().toList());
    }

    @Test
    void hostClockJumpsWhileItsDateIsUnreadable_isFollowedAsSoonAsItCanBeRead() throws IOException {
        stage().startAgentAndAwaitEndorsement(config);
        host().sendDate("soon");
        host().shiftClock(Duration.ofHours(3));
        host().awaitPolls(2, PATIENCE);
        assertEquals("403 date isRoot=false", stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
        host().sendDate("auto");
        host().awaitPolls(2, PATIENCE);
        assertHoursAhead(3);
    }

    private void assertHoursAhead(int hours) throws IOException {
        long mark = host().mark();
        assertEquals(SIGNED, stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
        String date = host().proxiedSince(mark).get(0).values("x-ms-azure-host-date").get(0);
        long ahead = Duration.between(Instant.now(), ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()).toSeconds();
        assertTrue(Math.abs(ahead - hours * 3600L) < 60, "seconds ahead: " + ahead);
    }

    private void mountKeyFolder() throws IOException {
        Files.createDirectories(config.latchKeyFolder());
        Shell.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "key-faults", config.latchKeyFolder().toString());
        mounted = config.latchKeyFolder();
    }

    private void breakDisk(String fault, Path filler) throws IOException {
        if (fault.equals("full")) {
            Shell.attempt(List.of("dd", "if=/dev/zero", "of=" + filler, "bs=4096", "count=64"));
            Path probe = filler.resolveSibling("probe");
            assertNotEquals(0, Shell.attempt(List.of("sh", "-c", "echo something > " + probe)).exit(), "there is still room");
            Files.deleteIfExists(probe);
        } else {
            Shell.run("mount", "-o", "remount,ro", config.latchKeyFolder().toString());
        }
    }

    /** The folder itself cannot be made read-only while the agent keeps its lock in it open. */
    private void coverReadOnly() throws IOException {
        String folder = config.latchKeyFolder().toString();
        Shell.run("mount", "--bind", folder, folder);
        Shell.run("mount", "-o", "remount,bind,ro", folder);
    }

    private void repairDisk(String fault, Path filler) throws IOException {
        if (fault.equals("full")) {
            Files.delete(filler);
        } else {
            Shell.run("mount", "-o", "remount,rw", config.latchKeyFolder().toString());
        }
    }

    private void awaitFailedLatch() throws IOException {
        Lab.await("key requests without an attestation", PATIENCE,
                () -> host().since(0).stream().filter(seen -> seen.target().endsWith("/key")).count() >= 2);
        assertEquals(List.of(), host().since(0).stream().filter(seen -> seen.target().endsWith("/key-attestation")).toList());
    }

    private long pollsUntilLatched() throws IOException {
        long mark = host().mark();
        Lab.await("a key", PATIENCE, () -> !host().latchedKey().isEmpty());
        return pollsUntilAttested(mark);
    }

    /** The agent goes on polling while we look. */
    private long pollsUntilAttested(long mark) throws IOException {
        return host().since(mark).stream().takeWhile(seen -> !seen.target().endsWith("/key-attestation"))
                .filter(seen -> seen.target().equals("/secure-channel/status")).count();
    }

    private long polls(long mark) throws IOException {
        return host().since(mark).stream().filter(seen -> seen.target().equals("/secure-channel/status")).count();
    }

    private void damage(Damage damage, Path file, String guid) throws IOException {
        String content = Files.readString(file);
        switch (damage) {
            case TRUNCATED -> Files.writeString(file, content.substring(0, content.length() - 20));
            case OTHER_KEY_INSIDE -> Files.writeString(file, content.replace(guid, OTHER_GUID));
            case SYMLINK -> {
                // The target holds the right key: it is the link that must not be followed.
                Path target = Files.move(file, file.resolveSibling("elsewhere"));
                Files.createSymbolicLink(file, target);
            }
            case FIFO -> {
                Files.delete(file);
                Shell.run("mkfifo", "-m", "600", file.toString());
            }
        }
    }

    private String logged() throws IOException {
        return Files.readString(config.logFolder().resolve("ProxyAgent.log"));
    }

    private Path keyFile(String guid) {
        return config.latchKeyFolder().resolve(guid + ".key");
    }

    private Host host() {
        return lab().host();
    }
}
