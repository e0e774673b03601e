package countersign.interception.linux;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads path and command line of the process a record names, and proves that it is the same process still running the same
 * executable (interception.md section 4). Anything unproven is left out.
 *
 * <p>The path is the name of an open file whose inode, device and change time are the recorded ones, not a second look at a link
 * that an exec could have changed in between.
 */
final class ProcessReader {
    private static final OffHeap STAT = OffHeap.cString("stat");
    private static final OffHeap EXE = OffHeap.cString("exe");
    private static final OffHeap CMDLINE = OffHeap.cString("cmdline");
    private static final OffHeap EMPTY = OffHeap.cString("");
    private static final int MAJOR_SHIFT = 20;

    private final int ownMountNamespace;

    ProcessReader() {
        ownMountNamespace = (int) FileSystems.inode(Path.of("/proc/self/ns/mnt"));
    }

    ProcessDetail read(ConnectionRecord record, Scratch scratch) {
        int process = Libc.open(scratch.pathOf("/proc/" + record.tgid()), Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (process < 0) {
            return ProcessDetail.NOTHING;
        }
        int stat = Libc.openat(process, STAT.address, Libc.O_RDONLY | Libc.O_CLOEXEC);
        int exe = Libc.openat(process, EXE.address, Libc.O_PATH | Libc.O_CLOEXEC);
        try {
            return read(record, process, stat, exe, scratch);
        } finally {
            closeIfOpen(exe);
            closeIfOpen(stat);
            Libc.close(process);
        }
    }

    private ProcessDetail read(ConnectionRecord record, int process, int stat, int exe, Scratch scratch) {
        if (stat < 0 || exe < 0 || !startedAsRecorded(record, stat, scratch) || !isRecorded(record, exe, EMPTY.address, scratch)) {
            return ProcessDetail.NOTHING;
        }
        Optional<String> commandLine = commandLine(process, scratch);
        int length = readPath(exe, scratch);
        if (length < 0 || !startedAsRecorded(record, stat, scratch.statx)) {
            return ProcessDetail.NOTHING;
        }
        if (record.mntns() != ownMountNamespace && !isSameFileHere(record, length, scratch)) {
            return new ProcessDetail.Known(Optional.empty(), commandLine);
        }
        try {
            ByteBuffer path = scratch.text.bytes.slice(0, length);
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(path).toString();
            return new ProcessDetail.Known(Optional.of(decoded), commandLine);
        } catch (CharacterCodingException e) {
            return new ProcessDetail.UndecodablePath();
        }
    }

    private static boolean startedAsRecorded(ConnectionRecord record, int stat, Scratch scratch) {
        return startedAsRecorded(record, stat, scratch.text);
    }

    private static boolean startedAsRecorded(ConnectionRecord record, int stat, OffHeap buffer) {
        long length = Libc.pread(stat, buffer.address, buffer.bytes.capacity(), 0);
        return length > 0 && ProcessStat.startTicks(buffer.bytes, (int) length) == record.startTicks();
    }

    private static boolean isRecorded(ConnectionRecord record, int folder, long path, Scratch scratch) {
        OffHeap statx = scratch.statx;
        if (Libc.statx(folder, path, Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, statx.address) != 0) {
            return false;
        }
        int major = statx.bytes.getInt(Libc.STATX_DEV_MAJOR);
        int device = major << MAJOR_SHIFT | statx.bytes.getInt(Libc.STATX_DEV_MINOR);
        return statx.bytes.getLong(Libc.STATX_INO) == record.exeInode()
                && statx.bytes.getLong(Libc.STATX_CTIME_SECONDS) == record.exeChangeSeconds()
                && (device == record.exeDevice() || bothAnonymous(major, record));
    }

    /** File systems without a device of their own (btrfs subvolumes) may show users another number than the kernel's. */
    private static boolean bothAnonymous(int major, ConnectionRecord record) {
        return major == 0 && record.exeDevice() >>> MAJOR_SHIFT == 0;
    }

    /** Another mount namespace may show its own file under a well-known path: believe the path only if it is that file here too. */
    private static boolean isSameFileHere(ConnectionRecord record, int length, Scratch scratch) {
        scratch.text.bytes.put(length, (byte) 0);
        return isRecorded(record, Libc.AT_FDCWD, scratch.text.address, scratch);
    }

    private static Optional<String> commandLine(int process, Scratch scratch) {
        int fd = Libc.openat(process, CMDLINE.address, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (fd < 0) {
            return Optional.empty();
        }
        long length = Libc.pread(fd, scratch.text.address, Scratch.TEXT_SIZE, 0);
        Libc.close(fd);
        if (length <= 0) {
            return Optional.empty();
        }
        byte[] raw = new byte[(int) length];
        scratch.text.bytes.get(0, raw);
        return Optional.of(CommandLine.of(raw));
    }

    /** Length of the path now in {@code scratch.text}, or -1 when there is none or it is too long. */
    private static int readPath(int fd, Scratch scratch) {
        long link = scratch.pathOf("/proc/self/fd/" + fd);
        long length = Libc.readlinkat(Libc.AT_FDCWD, link, scratch.text.address, Scratch.TEXT_SIZE);
        return length > 0 && length < Scratch.TEXT_SIZE ? (int) length : -1;
    }

    private static void closeIfOpen(int fd) {
        if (fd >= 0) {
            Libc.close(fd);
        }
    }
}
