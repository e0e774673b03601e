package countersign.interception.linux;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Questions about mounted file systems and files that Java does not answer. */
final class FileSystems {
    private static final int STATFS_SIZE = 256;
    private static final long UNSIGNED_INT = 0xffff_ffffL;

    private FileSystems() {}

    /** The magic number of the file system that holds {@code path}, or 0 when there is no such path. */
    static long type(Path path) {
        ByteBuffer statfs = new OffHeap(STATFS_SIZE).bytes;
        return Libc.statfs(Libc.text(path), statfs) == 0 ? statfs.getLong(0) & UNSIGNED_INT : 0;
    }

    /** The inode number of {@code path}, following links, or 0 when there is no such path. */
    static long inode(Path path) {
        ByteBuffer statx = new OffHeap(Libc.STATX_SIZE).bytes;
        int result = Libc.statx(Libc.AT_FDCWD, Libc.text(path), 0, Libc.STATX_BASIC_STATS, statx);
        return result == 0 ? statx.getLong(Libc.STATX_INO) : 0;
    }
}
