package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the machine must offer before anything is loaded. Every lack is named with its remedy, all at once. */
final class Requirements {
    private static final long CGROUP2_MAGIC = 0x63677270L;
    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");

    private Requirements() {}

    /** @throws InterceptionException listing everything that is missing */
    static void check(Settings settings) throws InterceptionException {
        List<String> missing = new ArrayList<>();
        if (Libc.geteuid() != 0) {
            missing.add("root privileges: start the agent as root");
        }
        if (!Files.exists(BTF)) {
            missing.add("kernel type information " + BTF + ": use a kernel built with CONFIG_DEBUG_INFO_BTF=y");
        }
        if (!isCgroup2(settings.cgroupRoot()) && !isCgroup2(unified(settings.cgroupRoot()))) {
            missing.add("a cgroup v2 hierarchy at " + settings.cgroupRoot()
                    + ": mount one (mount -t cgroup2 none FOLDER) and name it with cgroupRoot");
        }
        if (!missing.isEmpty()) {
            throw new InterceptionException("connections cannot be guarded; missing: " + String.join("; ", missing));
        }
    }

    /** {@code root}, or its child {@code unified}, where systems with both versions mount cgroup v2. */
    static Path cgroup(Path root) {
        return isCgroup2(root) ? root : unified(root);
    }

    private static Path unified(Path root) {
        return root.resolve("unified");
    }

    private static boolean isCgroup2(Path folder) {
        return FileSystems.type(folder) == CGROUP2_MAGIC;
    }
}
