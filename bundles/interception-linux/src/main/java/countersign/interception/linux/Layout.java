package countersign.interception.linux;

/**
 * Offsets, sizes and numbers of {@code bpf/records.h} (interception.md section 3). A test compares them with the compiled object.
 */
final class Layout {
    static final int ABI = 1;

    private Layout() {}

    static final class PolicyKey {
        static final int SIZE = 20;
        static final int ADDR = 0;
        static final int PORT_BE = 16;
        static final int PROTO = 18;

        private PolicyKey() {}
    }

    static final class PolicyValue {
        static final int SIZE = 8;
        static final int RULE = 0;
        static final int FLAGS = 4;
        static final int CANARY = 1;

        private PolicyValue() {}
    }

    static final class Target {
        static final int SIZE = 24;
        static final int ADDR = 0;
        static final int PORT_BE = 16;
        static final int FLAGS = 18;

        private Target() {}
    }

    static final class FlowKey {
        static final int SIZE = 48;
        static final int NETNS = 0;
        static final int SRC = 8;
        static final int DST = 24;
        static final int SPORT_BE = 40;
        static final int DPORT_BE = 42;

        private FlowKey() {}
    }

    static final class Record {
        static final int SIZE = 168;
        static final int ABI = 0;
        static final int FLAGS = 4;
        static final int KTIME_NS = 8;
        static final int COOKIE = 16;
        static final int NETNS = 24;
        static final int CGROUP = 32;
        static final int THREAD_START_NS = 40;
        static final int LEADER_START_NS = 48;
        static final int EXE_INODE = 56;
        static final int EXE_DEV = 64;
        static final int EXE_GENERATION = 68;
        static final int TGID = 72;
        static final int TID = 76;
        static final int UID = 80;
        static final int GID = 84;
        static final int EUID = 88;
        static final int LOGINUID = 92;
        static final int PPID = 96;
        static final int USERNS = 100;
        static final int MNTNS = 104;
        static final int PIDNS = 108;
        static final int CAP_EFFECTIVE = 112;
        static final int COMM = 120;
        static final int ORIG_DST = 136;
        static final int ORIG_PORT_BE = 152;
        static final int FAMILY = 154;
        static final int RULE = 156;
        static final int EXE_CTIME_S = 160;

        static final int REDIRECTED = 1;
        static final int AGENT = 2;
        static final int PUBLISHED = 4;
        static final int V6MAPPED = 8;

        private Record() {}
    }

    static final class Config {
        static final int SIZE = 72;
        static final int AGENT_START_TICKS = 0;
        static final int AGENT_CGROUP = 8;
        static final int HOME_NETNS = 16;
        static final int RATE_NS = 24;
        static final int BURST_NS = 32;
        static final int AGENT_TGID = 40;
        static final int MODE = 44;
        static final int GUARDED_V4 = 48;
        static final int PROXY_PORT_BE = 64;

        static final int GUARDED_V4_MAX = 4;
        static final int RATE_LIMIT = 1;
        static final int DENY_UNKNOWN_NETNS = 2;
        static final int LISTENER_CHECK = 4;
        static final int SET_ERRNO = 8;
        static final int RATE_BY_UID = 16;

        private Config() {}
    }

    static final class Bucket {
        static final int SIZE = 16;
        static final int ARRIVAL_NS = 8;

        private Bucket() {}
    }
}
