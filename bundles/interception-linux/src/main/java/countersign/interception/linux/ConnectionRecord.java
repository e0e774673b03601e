package countersign.interception.linux;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * What the kernel wrote down at connect time: the part of {@code struct record} that decisions need.
 *
 * @param originalDestination where the client wanted to go
 * @param uid real user id, initial user namespace
 * @param exeDevice kernel form, {@code major<<20 | minor}
 */
record ConnectionRecord(
        int abi,
        int flags,
        InetSocketAddress originalDestination,
        int tgid,
        int tid,
        long leaderStartNs,
        long uid,
        long gid,
        long euid,
        int userns,
        int mntns,
        long exeInode,
        int exeDevice,
        long exeChangeSeconds) {
    /** Inode number of the initial user namespace, the same on every Linux. */
    static final int INITIAL_USERNS = 0xEFFFFFFD;

    private static final long UNSIGNED_INT = 0xffff_ffffL;

    static ConnectionRecord read(ByteBuffer value) {
        return new ConnectionRecord(
                value.getInt(Layout.Record.ABI),
                value.getInt(Layout.Record.FLAGS),
                Addresses.getSocketAddress(value, Layout.Record.ORIG_DST, Layout.Record.ORIG_PORT_BE),
                value.getInt(Layout.Record.TGID),
                value.getInt(Layout.Record.TID),
                value.getLong(Layout.Record.LEADER_START_NS),
                value.getInt(Layout.Record.UID) & UNSIGNED_INT,
                value.getInt(Layout.Record.GID) & UNSIGNED_INT,
                value.getInt(Layout.Record.EUID) & UNSIGNED_INT,
                value.getInt(Layout.Record.USERNS),
                value.getInt(Layout.Record.MNTNS),
                value.getLong(Layout.Record.EXE_INODE),
                value.getInt(Layout.Record.EXE_DEV),
                value.getLong(Layout.Record.EXE_CTIME_S));
    }

    /** Start of the process in ticks, as {@code /proc/PID/stat} has it. */
    long startTicks() {
        return leaderStartNs / ProcessStat.NS_PER_TICK;
    }

    boolean redirected() {
        return (flags & Layout.Record.REDIRECTED) != 0;
    }

    /** Root in truth: a set-uid program has another real uid, a container's root another namespace. */
    boolean elevated() {
        return uid == 0 && euid == 0 && userns == INITIAL_USERNS;
    }
}
