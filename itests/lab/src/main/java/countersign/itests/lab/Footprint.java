package countersign.itests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What this machine holds of the kinds of things that a lab makes: to see that none of them stays. Labs that other JVMs have open at the
 * same time do not count.
 */
public record Footprint(Set<String> things) {
    public Footprint {
        things = Set.copyOf(things);
    }

    public static Footprint take() throws IOException {
        Set<String> things = new TreeSet<>();
        names("namespace", Path.of("/run/netns"), things);
        names("pin", Path.of("/sys/fs/bpf"), things);
        names("cgroup", Cgroup.mount(), things);
        names("folder", Path.of(System.getProperty("java.io.tmpdir")), things);
        Files.readAllLines(Path.of("/proc/self/mounts")).stream().filter(line -> line.contains(Leftovers.PREFIX) || line.contains(" bpf "))
                .filter(line -> Stream.of(line.split("[/ ]")).noneMatch(Leftovers::isInUseByOthers))
                .forEach(line -> things.add("mount " + line));
        if (Files.isExecutable(Path.of("/usr/sbin/bpftool"))) {
            attached(things);
        }
        return new Footprint(things);
    }

    /**
     * Waits until there is nothing that was not there before; the kernel frees programs a little later.
     *
     * @return what is there in addition after that time; empty if all is well
     */
    public Set<String> awaitNothingMore(Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Set<String> more = new TreeSet<>(take().things());
            more.removeAll(things);
            if (more.isEmpty() || System.nanoTime() - deadline > 0) {
                return more;
            }
            Lab.pause();
        }
    }

    private static void names(String kind, Path folder, Set<String> things) throws IOException {
        try (Stream<Path> all = Lab.list(folder)) {
            all.map(path -> path.getFileName().toString())
                    .filter(name -> !kind.equals("folder") && !kind.equals("cgroup") || name.startsWith(Leftovers.PREFIX))
                    .filter(name -> !Leftovers.isInUseByOthers(name))
                    .forEach(name -> things.add(kind + " " + name));
        }
    }

    /** Programs attached to any cgroup, by number. */
    private static void attached(Set<String> things) throws IOException {
        String cgroup = "";
        for (String line : Shell.run("/usr/sbin/bpftool", "cgroup", "tree").split("\n")) {
            cgroup = line.startsWith("/") ? line : cgroup;
            if (Stream.of(cgroup.split("/")).noneMatch(Leftovers::isInUseByOthers)) {
                things.add("attachment " + line.strip());
            }
        }
    }
}
