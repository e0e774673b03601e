package countersign.itests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A named network namespace, as {@code ip netns} makes them. */
public record Namespace(String name) {
    /** Makes it, with its loopback interface up. */
    static Namespace create(String name, Cleanup cleanup) throws IOException {
        Namespace namespace = new Namespace(name);
        cleanup.before("network namespace " + name, namespace::delete);
        Shell.run("ip", "netns", "add", name);
        namespace.ip("link", "set", "lo", "up");
        return namespace;
    }

    /** Runs the {@code ip} command inside. */
    String ip(String... words) throws IOException {
        String[] command = new String[words.length + 3];
        command[0] = "ip";
        command[1] = "-n";
        command[2] = name;
        System.arraycopy(words, 0, command, 3, words.length);
        return Shell.run(command);
    }

    /** What to put before a command to run it inside. Unlike {@code ip netns exec} this keeps /sys, and so bpffs, as it is. */
    public List<String> enter() {
        return List.of("nsenter", "--net=" + path());
    }

    Path path() {
        return Path.of("/run/netns", name);
    }

    void delete() throws IOException {
        if (Files.exists(path())) {
            Shell.run("ip", "netns", "del", name);
        }
    }
}
