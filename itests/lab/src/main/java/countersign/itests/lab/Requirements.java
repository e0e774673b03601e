package countersign.itests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What a machine must have before anything is started. Each item says what is missing and what to do. */
public final class Requirements {
    private static final List<String> PROGRAMS = List.of("ip", "nsenter", "setpriv", "mount", "umount", "curl");

    private Requirements() {}

    /** Everything that is missing for a lab with an agent in it; empty when all is there. */
    public static List<String> missing(Checkout checkout, String... morePrograms) {
        List<String> missing = missingForLab(checkout, morePrograms);
        if (!Files.exists(Path.of("/sys/kernel/btf/vmlinux"))) {
            missing.add("/sys/kernel/btf/vmlinux: the kernel has no BTF; use one built with CONFIG_DEBUG_INFO_BTF (Debian 11 or later)");
        }
        missing.addAll(unbuilt(checkout, List.of(checkout.image().resolve("bin/countersign"), checkout.sampleExporter())));
        return missing;
    }

    /** Everything that is missing for a lab without an agent. */
    public static List<String> missingForLab(Checkout checkout, String... morePrograms) {
        List<String> missing = new ArrayList<>();
        if (!"root".equals(System.getProperty("user.name"))) {
            missing.add("root: namespaces and BPF programs need it; run as root or with sudo");
        }
        try {
            Path mount = Cgroup.mount();
            if (!Files.isWritable(mount)) {
                missing.add(mount + ": not writable; in a container, run it privileged");
            }
        } catch (IOException e) {
            missing.add(e.getMessage());
        }
        for (String program : Stream.concat(PROGRAMS.stream(), Stream.of(morePrograms)).toList()) {
            if (!onPath(program)) {
                missing.add(program + ": not found on PATH; install it with apt-get install " + packageOf(program));
            }
        }
        missing.addAll(unbuilt(checkout, List.of(checkout.simulator(), checkout.lib())));
        return missing;
    }

    private static List<String> unbuilt(Checkout checkout, List<Path> parts) {
        return parts.stream().filter(part -> !Files.exists(part))
                .map(part -> checkout.root().relativize(part) + ": not built; run ./countersign build").toList();
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        return Arrays.stream((path + ":/usr/sbin:/sbin").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static String packageOf(String program) {
        return switch (program) {
            case "ip" -> "iproute2";
            case "nsenter", "setpriv", "mount" -> "util-linux";
            default -> program;
        };
    }
}
