package countersign.keys.keeper;

import countersign.files.PrivateFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Lets one process use a key folder: two agents would latch keys against each other and push redirection against each other. The kernel ends the
 * lock with the process, however it ends.
 */
final class SingleAgent implements Closeable {
    /** Who holds the folder. */
    enum Holder {
        /** This object. */
        THIS,
        /** An object of an earlier bundle in the same process, about to let go. */
        PREDECESSOR,
        ANOTHER_PROCESS
    }

    private static final int MESSAGE_BYTES = 20;

    private final PrivateFolder folder;
    private final Path path;
    private FileChannel opened;
    private boolean held;

    SingleAgent(Path folder) {
        this.folder = new PrivateFolder(folder);
        this.path = this.folder.resolve("agent.lock");
    }

    /** Takes the folder unless it is held. Call again after {@link Holder#PREDECESSOR}. */
    synchronized Holder take() throws IOException {
        if (held) {
            return Holder.THIS;
        }
        folder.restrict();
        if (opened == null) {
            opened = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try {
            held = opened.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // The file stays open: closing any descriptor of it would end the lock of the whole process.
            return Holder.PREDECESSOR;
        }
        if (!held) {
            close();
            return Holder.ANOTHER_PROCESS;
        }
        opened.truncate(0).write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return Holder.THIS;
    }

    /** Lets time pass. */
    @FunctionalInterface
    interface Pause {
        void rest() throws InterruptedException;
    }

    /**
     * As {@link #take()}, but looks again so many times while another process holds the folder. Of two agents that start at once each may hold what
     * the other needs; the one without the kernel is about to end, and then the one without the folder must not.
     */
    Holder take(int looks, Pause pause) throws IOException, InterruptedException {
        Holder holder = take();
        for (int left = looks; left > 0 && holder == Holder.ANOTHER_PROCESS; left--) {
            pause.rest();
            holder = take();
        }
        return holder;
    }

    /** What to tell the operator when another process holds the folder. */
    String refusal() {
        return "another agent" + process() + " uses " + folder.path() + ": stop it first (systemctl stop azure-proxy-agent), then start this one again";
    }

    @Override
    public synchronized void close() throws IOException {
        held = false;
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }

    private String process() {
        try (FileChannel file = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer text = ByteBuffer.allocate(MESSAGE_BYTES);
            file.read(text);
            String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
            return pid.matches("[0-9]+") ? " (process " + pid + ")" : "";
        } catch (IOException e) {
            return "";
        }
    }
}
