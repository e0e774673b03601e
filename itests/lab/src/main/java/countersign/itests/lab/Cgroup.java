package countersign.itests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A control group of the version 2 hierarchy. */
public record Cgroup(Path folder) {
    /** Where the version 2 hierarchy is mounted. */
    public static Path mount() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String[] words = line.split(" ");
            if (words[2].equals("cgroup2")) {
                return Path.of(words[1]);
            }
        }
        throw new IOException("/proc/self/mounts: expected a cgroup2 mount; mount one with: mount -t cgroup2 none /sys/fs/cgroup");
    }

    static Cgroup create(Path folder, Cleanup cleanup) throws IOException {
        Cgroup cgroup = new Cgroup(folder);
        cleanup.before("cgroup " + folder, cgroup::remove);
        Files.createDirectory(folder);
        return cgroup;
    }

    /** Moves a process in. Sockets it made before stay with the cgroup they were made in. */
    public void adopt(long pid) throws IOException {
        Files.writeString(folder.resolve("cgroup.procs"), Long.toString(pid));
    }

    /** The processes in it, those of its children not included. */
    public List<String> members() throws IOException {
        return Files.readAllLines(folder.resolve("cgroup.procs"));
    }

    /** Kills every process in it and below it, waits until they are gone, and removes it with its children. */
    void remove() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.writeString(folder.resolve("cgroup.kill"), "1");
        for (int i = 0; populated() && i < 1000; i++) {
            Lab.pause();
        }
        try (var children = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path child : children) {
                new Cgroup(child).remove();
            }
        }
        Files.delete(folder);
    }

    private boolean populated() throws IOException {
        return Files.readString(folder.resolve("cgroup.events")).contains("populated 1");
    }
}
