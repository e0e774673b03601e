package countersign.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Lets one agent in, before it has touched anything: of two that start in the same instant each could otherwise get something the other needs,
 * the kernel or the key folder, and both would end. The kernel ends the lock with the process, however it ends; the file stays.
 */
final class OneAgent implements AutoCloseable {
    private static final String FILE = "countersign.lock";
    /** Locked as long as the agent runs. */
    private static final long PLACE = 0;
    /** Locked by whoever looks whether the place is free, so that nobody reads a process id that is just being written. */
    private static final long DOOR = 1;

    private static final int PID_BYTES = 20;

    private final FileChannel file;

    private OneAgent(FileChannel file) {
        this.file = file;
    }

    /**
     * @param base where run folders go; one in which others could hold the lock is passed over, for the key folder has a lock as well
     * @throws CannotGuardException when another agent runs
     */
    static OneAgent enter(Path base) throws IOException, CannotGuardException {
        if (isOpenToOthers(base)) {
            return new OneAgent(null);
        }
        FileChannel file = FileChannel.open(
            base.resolve(FILE),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        OneAgent agent = new OneAgent(file);
        try {
            agent.take();
            return agent;
        } catch (IOException | CannotGuardException e) {
            agent.close();
            throw e;
        }
    }

    private void take() throws IOException, CannotGuardException {
        FileLock door = file.lock(DOOR, 1, false);
        try {
            if (file.tryLock(PLACE, 1, false) == null) {
                ByteBuffer pid = ByteBuffer.allocate(PID_BYTES);
                file.read(pid);
                throw new CannotGuardException("another agent, process " + new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII)
                    + ", runs on this machine; stop it first (systemctl stop azure-proxy-agent), then start this one again");
            }
            file.truncate(0).write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        } finally {
            door.release();
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private static boolean isOpenToOthers(Path base) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(base);
        return permissions.contains(PosixFilePermission.GROUP_WRITE) || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }
}
