package countersign.interception.linux;

import java.nio.file.Path;

/** Questions about mounted file systems and files that Java does not answer. */
final class FileSystems {
    private static final int STATFS_SIZE = 256;
    private static final long UNSIGNED_INT = 0xffff_ffffL;

    private FileSystems() {}

    /** The magic number of the file system that holds {@code path}, or 0 when there is no such path. */
    static long type(Path path) {
        OffHeap name = OffHeap.cString(path.toString());
        OffHeap statfs = new OffHeap(STATFS_SIZE);
        return Libc.statfs(name.address, statfs.address) == 0 ? statfs.bytes.getLong(0) & UNSIGNED_INT : 0;
    }

    /** The inode number of {@code path}, following links, or 0 when there is no such path. */
    static long inode(Path path) {
        OffHeap name = OffHeap.cString(path.toString());
        OffHeap statx = new OffHeap(Libc.STATX_SIZE);
        int result = Libc.statx(Libc.AT_FDCWD, name.address, 0, Libc.STATX_BASIC_STATS, statx.address);
        return result == 0 ? statx.bytes.getLong(Libc.STATX_INO) : 0;
    }
}
