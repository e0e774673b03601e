package countersign.interception.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The C library's functions used here, bound directly. Pointers are {@code byte[]} and direct {@code ByteBuffer} where a call is
 * rare; where it is frequent they are the {@code long} of an {@link OffHeap}, which the caller keeps reachable. The error number
 * of a failed call is {@link #errno} right after it, on the same thread. Call from platform threads only.
 */
final class Libc {
    static final int AT_FDCWD = -100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int O_RDONLY = 0;
    static final int O_DIRECTORY = 0x10000;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;
    static final int LOCK_EX = 2;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int ERANGE = 34;
    static final int SOL_SOCKET = 1;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_NETNS_COOKIE = 71;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_STREAM_CLOEXEC = 1 | O_CLOEXEC;
    static final int STATX_BASIC_STATS = 0x7ff;
    static final int STATX_SIZE = 256;
    static final int STATX_INO = 32;
    static final int STATX_CTIME_SECONDS = 96;
    static final int STATX_DEV_MAJOR = 136;
    static final int STATX_DEV_MINOR = 140;

    static {
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {}

    static native int open(long path, int flags);

    static native int open(byte[] path, int flags);

    static native int openat(int folder, long path, int flags);

    static native long pread(int fd, long buffer, long size, long offset);

    static native int close(int fd);

    static native int flock(int fd, int operation);

    static native int statx(int folder, long path, int flags, int mask, long statx);

    static native int statx(int folder, byte[] path, int flags, int mask, ByteBuffer statx);

    static native int statfs(byte[] path, ByteBuffer statfs);

    static native long readlinkat(int folder, long path, long buffer, long size);

    static native int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data);

    static native int geteuid();

    static native int socket(int domain, int type, int protocol);

    static native int getsockname(int fd, ByteBuffer address, ByteBuffer length);

    static native int getsockopt(int fd, int level, int option, ByteBuffer value, ByteBuffer length);

    static native int getpwuid_r(int uid, long passwd, long buffer, long size, long result);

    static native int getgrgid_r(int gid, long group, long buffer, long size, long result);

    static native int getgrouplist(byte[] user, int group, ByteBuffer groups, ByteBuffer count);

    static native long strerror(int errno);

    static native int vsnprintf(long buffer, long size, long format, long arguments);

    /** {@code text} as C wants it: UTF-8 with a zero byte at the end. */
    static byte[] text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(encoded, encoded.length + 1);
    }

    /** {@code path} as C wants it. */
    static byte[] text(Path path) {
        return text(path.toString());
    }

    static int errno() {
        return Native.getLastError();
    }

    /** The error number in words, for messages. */
    static String describe(int errno) {
        return new Pointer(strerror(errno)).getString(0);
    }
}
