package countersign.keys.vault.file;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import countersign.files.OwnUser;
import countersign.key.json.KeyJson;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** The form of a key file: the key document, pretty-printed, as the reference writes and reads it. */
final class KeyFile {
    static final String MODE = "rw-------";
    private static final int SIZE_LIMIT = 64 << 10;
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int READABLE_BY_OTHERS = 0055;
    private static final int HEX_LENGTH = 64;

    private KeyFile() {}

    /** The whole content of the file; to be overwritten by whoever gets it. */
    static byte[] content(SigningKey key) throws IOException {
        KeyDescription about = key.description();
        String incarnation = about.incarnation().isPresent() ? "  \"incarnationId\": " + about.incarnation().getAsLong() + ",\n" : "";
        byte[] before = ("{\n  \"authorizationScheme\": \"" + KeyDescription.SCHEME + "\",\n" + incarnation
                        + "  \"guid\": \"" + about.guid() + "\",\n"
                        + "  \"issued\": \"" + new String(JsonStringEncoder.getInstance().quoteAsString(about.issued())) + "\",\n"
                        + "  \"key\": \"")
                .getBytes(StandardCharsets.UTF_8);
        byte[] after = "\"\n}".getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(before.length + HEX_LENGTH + after.length).put(before);
        key.writeHexTo(new Into(content));
        return content.put(after).array();
    }

    /**
     * Reads a file that is believable: plain, of the agent's own user, writable by nobody else.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     * @throws UnusableKeyException when it is not believable or holds no key; the message says what was expected
     */
    static SigningKey read(Path path) throws IOException {
        BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        // Before opening: opening a FIFO would wait for a writer.
        expectPlain(before);
        expectOwn(path);
        byte[] document = bytes(path, before);
        return KeyJson.take(document, document.length);
    }

    private static void expectPlain(BasicFileAttributes found) throws UnusableKeyException {
        if (!found.isRegularFile()) {
            throw new UnusableKeyException("expected a plain file, got " + (found.isSymbolicLink() ? "a symbolic link" : "something else"));
        }
        if (found.size() > SIZE_LIMIT) {
            throw new UnusableKeyException("expected at most " + SIZE_LIMIT + " bytes, got " + found.size());
        }
    }

    private static void expectOwn(Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        int uid = (Integer) found.get("uid");
        int mode = (Integer) found.get("mode") & 07777;
        if (uid != OwnUser.uid()) {
            throw new UnusableKeyException("expected owner " + OwnUser.uid() + ", got " + uid);
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw new UnusableKeyException(String.format("expected mode 0600, got %04o: others could have written it", mode));
        }
        if ((mode & READABLE_BY_OTHERS) != 0) {
            // The reference narrows a key file only after renaming it, so a crash can leave one like this inside the private folder.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(MODE));
        }
    }

    private static byte[] bytes(Path path, BasicFileAttributes before) throws IOException {
        byte[] room = new byte[(int) before.size() + 1];
        try (FileChannel file = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer content = ByteBuffer.wrap(room);
            while (content.hasRemaining() && file.read(content) >= 0) {
                // until the end, or one byte more than announced
            }
            Object now = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
            if (!content.hasRemaining() || !now.equals(before.fileKey())) {
                throw new UnusableKeyException("expected a file that stays as it is, got one that changed while it was read");
            }
            return Arrays.copyOf(room, content.position());
        } finally {
            Arrays.fill(room, (byte) 0);
        }
    }

    private static final class Into extends OutputStream {
        private final ByteBuffer target;

        Into(ByteBuffer target) {
            this.target = target;
        }

        @Override
        public void write(int b) {
            target.put((byte) b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            target.put(bytes, from, length);
        }
    }
}
