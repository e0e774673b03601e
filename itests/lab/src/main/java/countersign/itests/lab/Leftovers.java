package countersign.itests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes what labs of killed JVMs left behind. The number in every name is the process id of the JVM that made it. */
final class Leftovers {
    static final String PREFIX = "countersign-lab-";

    private Leftovers() {}

    static void remove() throws IOException {
        for (Path path : orphans(Cgroup.mount())) {
            new Cgroup(path).remove();
        }
        for (Path path : orphans(Path.of("/run/netns"))) {
            new Namespace(path.getFileName().toString()).delete();
        }
        for (Path path : orphans(Path.of(System.getProperty("java.io.tmpdir")))) {
            unmount(path.resolve("bpffs"));
            delete(path);
        }
    }

    /** Unmounts what is mounted there, if anything is. */
    static void unmount(Path mount) throws IOException {
        if (Files.readString(Path.of("/proc/self/mounts")).contains(" " + mount + " ")) {
            Shell.run("umount", mount.toString());
        }
    }

    /** Deletes a folder with everything in it, if it is there. */
    static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    private static List<Path> orphans(Path folder) throws IOException {
        try (Stream<Path> all = Lab.list(folder)) {
            return all.filter(path -> isOrphan(path.getFileName().toString())).toList();
        }
    }

    /** Whether it is a name in the lab of another JVM that runs. */
    static boolean isInUseByOthers(String name) {
        String pid = pid(name);
        return !pid.isEmpty() && !pid.equals(Long.toString(ProcessHandle.current().pid())) && Files.exists(Path.of("/proc", pid));
    }

    private static boolean isOrphan(String name) {
        String pid = pid(name);
        return !pid.isEmpty() && !Files.exists(Path.of("/proc", pid));
    }

    /** The process id in a lab's name; empty in any other. */
    private static String pid(String name) {
        String pid = name.startsWith(PREFIX) ? name.substring(PREFIX.length()).split("-")[0] : "";
        return pid.matches("[0-9]{1,10}") ? pid : "";
    }
}
