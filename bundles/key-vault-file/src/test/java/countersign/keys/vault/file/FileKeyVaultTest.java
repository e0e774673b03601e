package countersign.keys.vault.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.files.OwnUser;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class FileKeyVaultTest {
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String OTHER = "0f0e0d0c-0b0a-0908-0706-050403020100";
    private static final String HEX = "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF";

    @TempDir Path temp;
    private Path folder;
    private FileKeyVault vault;

    @BeforeEach
    void open() throws IOException {
        folder = temp.resolve("keys");
        vault = new FileKeyVault(folder);
        vault.open();
    }

    @Test
    void storedFile_isThePrettyDocumentOfMode0600() throws Exception {
        latch(vault, key(GUID, OptionalLong.of(4294967295L), "2025-01-14T09:08:07Z \"\n\u00e4"));
        assertEquals(
                "{\n  \"authorizationScheme\": \"Azure-HMAC-SHA256\",\n  \"incarnationId\": 4294967295,\n  \"guid\": \"" + GUID
                        + "\",\n  \"issued\": \"2025-01-14T09:08:07Z \\\"\\n\u00e4\",\n  \"key\": \"" + HEX + "\"\n}",
                Files.readString(folder.resolve(GUID + ".key")));
        assertEquals("rw-------", mode(folder.resolve(GUID + ".key")));
        assertEquals("rwx------", mode(folder));
        assertEquals(List.of(GUID + ".key"), files());
    }

    @Test
    void storedKey_isLoaded() throws Exception {
        SigningKey key = key(GUID, OptionalLong.empty(), "");
        latch(vault, key);
        SigningKey loaded = vault.load(GUID).orElseThrow();
        assertTrue(loaded.sameKeyAs(key));
        assertEquals(key.description(), loaded.description());
        assertFalse(Files.readString(folder.resolve(GUID + ".key")).contains("incarnationId"));
    }

    @Test
    void keyToBeAttested_isKeptApart() throws Exception {
        SigningKey attested = key(GUID, OptionalLong.empty(), "attested");
        SigningKey later = SigningKey.takeHex(attested.description(), "cd".repeat(32).getBytes(StandardCharsets.US_ASCII));
        latch(vault, attested);
        vault.store(later);
        assertEquals(List.of(GUID + ".key", GUID + ".unattested"), files());
        assertEquals("rw-------", mode(folder.resolve(GUID + ".unattested")));
        assertTrue(vault.load(GUID).orElseThrow().sameKeyAs(attested));
        assertTrue(vault.pending(GUID).orElseThrow().sameKeyAs(later));
        vault.confirm(GUID);
        assertEquals(List.of(GUID + ".key"), files());
        assertTrue(vault.load(GUID).orElseThrow().sameKeyAs(later));
        assertEquals(Optional.empty(), vault.pending(GUID));
    }

    @Test
    void confirmation_withoutAPendingKey_fails() {
        assertThrows(IOException.class, () -> vault.confirm(GUID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-incarnation", "compact-with-unknown-members", "lower-case-key", "null-incarnation-and-stray-blank"})
    void fileOfTheReference_isLoadedAsItIs(String sample) throws Exception {
        place(sample(sample), GUID, "rw-------");
        assertEquals(GUID, vault.load(GUID).orElseThrow().guid());
        assertTrue(vault.load(GUID).orElseThrow().sameKeyAs(key(GUID, OptionalLong.empty(), "")));
    }

    @Test
    void fileReadableByOthers_isNarrowedAndLoaded() throws Exception {
        place(sample("no-incarnation"), GUID, "rw-r--r--");
        assertTrue(vault.load(GUID).isPresent());
        assertEquals("rw-------", mode(folder.resolve(GUID + ".key")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw--w----", "rw-----w-"})
    void fileWritableByOthers_isNotBelieved(String mode) throws Exception {
        place(sample("no-incarnation"), GUID, mode);
        assertEquals(Optional.empty(), vault.load(GUID));
    }

    @Test
    void fileOfSomeoneElse_isNotBelieved() throws Exception {
        needsRoot();
        place(sample("no-incarnation"), GUID, "rw-------");
        Files.setAttribute(folder.resolve(GUID + ".key"), "unix:uid", 12345);
        assertEquals(Optional.empty(), vault.load(GUID));
    }

    @Test
    void keyUnderAnotherName_isNotBelieved() throws Exception {
        place(sample("no-incarnation"), OTHER, "rw-------");
        assertEquals(Optional.empty(), vault.load(OTHER));
    }

    @Test
    void truncatedFile_isNotBelieved_atEveryLength() throws Exception {
        byte[] whole = sample("no-incarnation");
        for (int length = 0; length < new String(whole, StandardCharsets.UTF_8).stripTrailing().length(); length++) {
            place(Arrays.copyOf(whole, length), GUID, "rw-------");
            assertEquals(Optional.empty(), vault.load(GUID), "cut to " + length);
        }
    }

    @Test
    void symbolicLink_isNotFollowed() throws Exception {
        Path elsewhere = temp.resolve("elsewhere");
        Files.write(elsewhere, sample("no-incarnation"));
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(folder.resolve(GUID + ".key"), elsewhere);
        assertEquals(Optional.empty(), vault.load(GUID));
    }

    @Test
    void linkInTheWayOfStoring_isReplaced() throws Exception {
        Path elsewhere = Files.writeString(temp.resolve("elsewhere"), "untouched");
        Files.createSymbolicLink(folder.resolve(GUID + ".key"), elsewhere);
        Files.createSymbolicLink(folder.resolve(GUID + ".tmp"), elsewhere);
        Files.createSymbolicLink(folder.resolve(GUID + ".unattested"), elsewhere);
        latch(vault, key(GUID, OptionalLong.empty(), ""));
        assertEquals("untouched", Files.readString(elsewhere));
        assertTrue(vault.load(GUID).isPresent());
    }

    @Test
    void fifo_isRefusedWithoutWaiting() throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", folder.resolve(GUID + ".key").toString()).start();
        assertEquals(0, mkfifo.waitFor());
        assertEquals(Optional.empty(), vault.load(GUID));
        latch(vault, key(GUID, OptionalLong.empty(), ""));
        assertTrue(vault.load(GUID).isPresent());
    }

    @Test
    void folderInPlaceOfTheFile_isRefused() throws Exception {
        Files.createDirectories(folder.resolve(GUID + ".key/full"));
        assertEquals(Optional.empty(), vault.load(GUID));
        assertThrows(IOException.class, () -> latch(vault, key(GUID, OptionalLong.empty(), "")));
        assertEquals(List.of(GUID + ".key", GUID + ".unattested"), files());
        assertTrue(vault.pending(GUID).isPresent());
    }

    @Test
    void hugeFile_isRefused() throws Exception {
        place(new byte[65537], GUID, "rw-------");
        assertEquals(Optional.empty(), vault.load(GUID));
    }

    @Test
    void absentKey_andNameThatIsNoGuid_areEmpty() throws Exception {
        Files.writeString(temp.resolve("x.key"), "x");
        assertEquals(Optional.empty(), vault.load(GUID));
        assertEquals(Optional.empty(), vault.load("../x"));
        assertEquals(Optional.empty(), vault.load(""));
    }

    @Test
    void openFolder_getsNoKey_andKeepsTheOldOnes() throws Exception {
        latch(vault, key(GUID, OptionalLong.empty(), ""));
        for (String open : List.of("rwxr-x---", "rwx---r--", "rwx-w----")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(open));
            IOException refusal = assertThrows(IOException.class, () -> latch(vault, key(OTHER, OptionalLong.empty(), "")));
            assertTrue(refusal.getMessage().contains("expected mode 0700"), refusal.getMessage());
        }
        assertEquals(List.of(GUID + ".key"), files());
        assertTrue(vault.load(GUID).isPresent());
    }

    @Test
    void folderOfSomeoneElse_getsNoKey() throws Exception {
        needsRoot();
        Files.setAttribute(folder, "unix:uid", 12345);
        assertEquals(folder + ": expected owner 0, got 12345",
                assertThrows(IOException.class, () -> latch(vault, key(GUID, OptionalLong.empty(), ""))).getMessage());
    }

    @Test
    void fullDisk_losesNothing() throws Exception {
        withTmpfs("size=16k,mode=0700", mounted -> {
            FileKeyVault small = new FileKeyVault(mounted);
            small.open();
            latch(small, key(GUID, OptionalLong.empty(), ""));
            fill(mounted.resolve("filler"));
            IOException refusal = assertThrows(IOException.class, () -> latch(small, key(OTHER, OptionalLong.empty(), "")));
            assertTrue(refusal.getMessage().contains("No space left on device"), refusal.getMessage());
            assertFalse(Files.exists(mounted.resolve(OTHER + ".tmp")));
            assertFalse(Files.exists(mounted.resolve(OTHER + ".unattested")));
            assertEquals(Optional.empty(), small.load(OTHER));
            assertTrue(small.load(GUID).isPresent());
            Files.delete(mounted.resolve("filler"));
            latch(small, key(OTHER, OptionalLong.empty(), ""));
            assertTrue(small.load(OTHER).isPresent());
        });
    }

    @Test
    void readOnlyFolder_losesNothing() throws Exception {
        withTmpfs("size=64k,mode=0700", mounted -> {
            FileKeyVault readOnly = new FileKeyVault(mounted);
            readOnly.open();
            latch(readOnly, key(GUID, OptionalLong.empty(), ""));
            run("mount", "-o", "remount,ro", mounted.toString());
            IOException refusal = assertThrows(IOException.class, () -> latch(readOnly, key(OTHER, OptionalLong.empty(), "")));
            assertTrue(refusal.getMessage().contains("Read-only file system"), refusal.getMessage());
            assertTrue(readOnly.load(GUID).isPresent());
            run("mount", "-o", "remount,rw", mounted.toString());
            latch(readOnly, key(OTHER, OptionalLong.empty(), ""));
            assertTrue(readOnly.load(OTHER).isPresent());
        });
    }

    @Test
    void pruning_keepsCurrentAndPreviousAndWhatIsNotOurs() throws Exception {
        List<String> guids = List.of(GUID, OTHER, "11111111-0000-0000-0000-000000000001", "22222222-0000-0000-0000-000000000002");
        for (String guid : guids) {
            latch(vault, key(guid, OptionalLong.empty(), ""));
        }
        for (String name : List.of("provisioned.tag", "notes.key", OTHER + ".encrypted", GUID + ".tmp", GUID + ".unattested")) {
            Files.writeString(folder.resolve(name), "");
        }
        vault.prune(GUID, Optional.of(OTHER));
        assertEquals(List.of(OTHER + ".encrypted", OTHER + ".key", GUID + ".key", GUID + ".unattested", "notes.key", "provisioned.tag"), files());
    }

    @Test
    void confirming_removesTheOthersThatWereToBeAttested_andNoAttestedOne() throws Exception {
        latch(vault, key("11111111-0000-0000-0000-000000000001", OptionalLong.empty(), ""));
        vault.store(key(OTHER, OptionalLong.empty(), ""));
        vault.store(key(GUID, OptionalLong.empty(), ""));
        vault.confirm(GUID);
        assertEquals(List.of("11111111-0000-0000-0000-000000000001.key", GUID + ".key"), files());
    }

    @Test
    void keysNeverAttested_areNotCollected() throws Exception {
        for (int i = 1; i <= 9; i++) {
            vault.store(key("00000000-0000-0000-0000-00000000000" + i, OptionalLong.empty(), ""));
            Files.setLastModifiedTime(folder.resolve("00000000-0000-0000-0000-00000000000" + i + ".unattested"), FileTime.fromMillis(1000L * i));
        }
        assertEquals(Stream.of(6, 7, 8, 9).map(i -> "00000000-0000-0000-0000-00000000000" + i + ".unattested").toList(), files());
        vault.store(key("00000000-0000-0000-0000-000000000006", OptionalLong.empty(), "again"));
        assertEquals(4, files().size());
        assertEquals("again", vault.pending("00000000-0000-0000-0000-000000000006").orElseThrow().description().issued());
    }

    @Test
    void pruning_withoutAPreviousKey_keepsTheNewestOther() throws Exception {
        List<String> guids = List.of(GUID, OTHER, "11111111-0000-0000-0000-000000000001", "22222222-0000-0000-0000-000000000002");
        for (int i = 0; i < guids.size(); i++) {
            latch(vault, key(guids.get(i), OptionalLong.empty(), ""));
            Files.setLastModifiedTime(folder.resolve(guids.get(i) + ".key"), FileTime.fromMillis(1000L * (i == 1 ? 100 : i)));
        }
        vault.prune("22222222-0000-0000-0000-000000000002", Optional.empty());
        assertEquals(List.of(OTHER + ".key", "22222222-0000-0000-0000-000000000002.key"), files());
    }

    @Test
    void opening_removesWhatACrashLeft() throws Exception {
        Files.writeString(folder.resolve(GUID + ".tmp"), "half");
        Files.writeString(folder.resolve("status.tag.tmp"), "not ours");
        vault.open();
        assertEquals(List.of("status.tag.tmp"), files());
    }

    private static void latch(FileKeyVault vault, SigningKey key) throws IOException {
        vault.store(key);
        vault.confirm(key.guid());
    }

    private void place(byte[] content, String guid, String mode) throws IOException {
        Path path = folder.resolve(guid + ".key");
        Files.write(path, content);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] sample(String name) throws IOException {
        try (InputStream in = FileKeyVaultTest.class.getResourceAsStream("/reference/" + name + ".key")) {
            return in.readAllBytes();
        }
    }

    private static SigningKey key(String guid, OptionalLong incarnation, String issued) {
        return SigningKey.takeHex(new KeyDescription(guid, incarnation, issued), HEX.getBytes(StandardCharsets.US_ASCII));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void needsRoot() throws IOException {
        Assumptions.assumeTrue(OwnUser.uid() == 0, "needs root to give files away and to mount");
    }

    private interface MountedTest {
        void run(Path mounted) throws Exception;
    }

    private void withTmpfs(String options, MountedTest test) throws Exception {
        needsRoot();
        Path mounted = Files.createDirectory(temp.resolve("tmpfs"));
        run("mount", "-t", "tmpfs", "-o", options, "countersign-test", mounted.toString());
        try {
            test.run(mounted);
        } finally {
            run("umount", mounted.toString());
        }
    }

    private static void fill(Path filler) throws IOException {
        try {
            while (true) {
                Files.write(filler, new byte[512], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, process.waitFor(), String.join(" ", command));
    }
}
