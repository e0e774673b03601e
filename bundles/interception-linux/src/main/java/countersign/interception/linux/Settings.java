package countersign.interception.linux;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * What an operator may choose.
 *
 * @param cgroupRoot folder of the cgroup v2 hierarchy whose processes are guarded
 * @param pinFolder folder on a bpffs that holds programs and tables while no agent runs; absolute
 * @param libbpf soname or absolute path of libbpf
 * @param denyUnknownNetns whether connects from network namespaces without a listener are refused (else only the egress guard holds)
 * @param egressGuard whether packets to guarded endpoints must come from the agent's sockets
 * @param rate connects per second and cgroup, or {@link Rate#OFF}
 */
record Settings(
        Path cgroupRoot, Path pinFolder, String libbpf, boolean denyUnknownNetns, boolean egressGuard, Rate rate) {

    Settings {
        requireAbsolute("cgroupRoot", cgroupRoot);
        requireAbsolute("pinFolder", pinFolder);
        requireNonNull(rate, "rate");
        if (libbpf.contains("/") && !libbpf.startsWith("/")) {
            throw new IllegalArgumentException("libbpfPath: expected an absolute path or a soname, got " + libbpf);
        }
    }

    /**
     * How often processes of one cgroup may connect to guarded endpoints.
     *
     * @param perSecond connects per second in the long run; 0 switches the limit off
     * @param burst connects at once after a pause, at least 1 when the limit is on
     */
    record Rate(long perSecond, long burst) {
        static final Rate OFF = new Rate(0, 0);
        private static final long SECOND_NS = 1_000_000_000L;

        Rate {
            if (perSecond < 0 || perSecond > SECOND_NS) {
                throw new IllegalArgumentException("rateLimitPerSecond: expected 0 to 1000000000, got " + perSecond);
            }
            if (perSecond > 0 && (burst < 1 || burst > SECOND_NS)) {
                throw new IllegalArgumentException("rateLimitBurst: expected 1 to 1000000000, got " + burst);
            }
        }

        boolean limited() {
            return perSecond > 0;
        }

        /** Time one connect costs. */
        long intervalNs() {
            return limited() ? SECOND_NS / perSecond : 0;
        }

        /** How far ahead of time connects may run. */
        long toleranceNs() {
            return limited() ? intervalNs() * (burst - 1) : 0;
        }
    }

    /** Whether going from these settings to {@code next} needs a new start. */
    boolean needsRestartFor(Settings next) {
        return !cgroupRoot.equals(next.cgroupRoot) || !pinFolder.equals(next.pinFolder) || !libbpf.equals(next.libbpf);
    }

    private static void requireAbsolute(String member, Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException(member + ": expected an absolute path, got " + path);
        }
    }
}
