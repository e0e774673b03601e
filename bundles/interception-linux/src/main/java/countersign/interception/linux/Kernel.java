package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The programs and maps of {@code countersign.bpf.o}, loaded into the kernel. Maps that are pinned already are taken over with
 * their content.
 */
final class Kernel implements AutoCloseable {
    private static final String RESOURCE = "countersign.bpf.o";
    private static final List<String> MAPS =
            List.of("policy", "targets", "sk_ctx", "acc_key", "listeners", "flows", "accepted", "config", "buckets", "stats");

    private final long object;
    /** libbpf reads from it while the object is open. */
    private final OffHeap content;

    private Kernel(long object, OffHeap content) {
        this.object = object;
        this.content = content;
    }

    /**
     * Loads the object that this bundle carries.
     *
     * @param pins where the maps are pinned
     * @param tableEntries places in the flow tables, or 0 for the size they are built with
     */
    static Kernel load(PinFolder pins, int tableEntries) throws InterceptionException {
        OffHeap content = OffHeap.copyOf(readResource());
        Libbpf.drainWarnings();
        long object = Libbpf.bpf_object__open_mem(content.address, content.bytes.capacity(), 0);
        if (object == 0) {
            throw refused("open " + RESOURCE, Libc.errno());
        }
        Kernel kernel = new Kernel(object, content);
        try {
            kernel.prepare(pins, tableEntries);
            if (Libbpf.bpf_object__load(object) != 0) {
                throw refused("load the programs. Linux 5.15 or newer with BPF and cgroup BPF is needed", Libc.errno());
            }
            return kernel;
        } catch (InterceptionException e) {
            kernel.close();
            throw e;
        }
    }

    BpfMap map(String name) throws InterceptionException {
        return new BpfMap(name, Libbpf.bpf_map__fd(findMap(name)));
    }

    Program program(String name) throws InterceptionException {
        long program = Libbpf.bpf_object__find_program_by_name(object, Libc.text(name));
        if (program == 0) {
            throw new InterceptionException(RESOURCE + " has no program " + name);
        }
        return new Program(name, Libbpf.bpf_program__fd(program), Libbpf.bpf_program__expected_attach_type(program));
    }

    /** Closes the descriptors. What is pinned or attached stays. */
    @Override
    public void close() {
        Libbpf.bpf_object__close(object);
        content.clear();
    }

    /** A loaded program; {@code fd} belongs to the {@link Kernel}. */
    record Program(String name, int fd, int attachType) {}

    private void prepare(PinFolder pins, int tableEntries) throws InterceptionException {
        for (String name : MAPS) {
            if (Libbpf.bpf_map__set_pin_path(findMap(name), Libc.text(pins.map(name))) != 0) {
                throw refused("pin map " + name, Libc.errno());
            }
        }
        if (tableEntries > 0) {
            Libbpf.bpf_map__set_max_entries(findMap("flows"), tableEntries);
            Libbpf.bpf_map__set_max_entries(findMap("accepted"), tableEntries);
        }
    }

    private long findMap(String name) throws InterceptionException {
        long map = Libbpf.bpf_object__find_map_by_name(object, Libc.text(name));
        if (map == 0) {
            throw new InterceptionException(RESOURCE + " has no map " + name);
        }
        return map;
    }

    private static byte[] readResource() throws InterceptionException {
        try (InputStream in = Kernel.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new InterceptionException("this bundle was built without " + RESOURCE);
            }
            return in.readAllBytes();
        } catch (InterceptionException e) {
            throw e;
        } catch (IOException e) {
            throw new InterceptionException("cannot read " + RESOURCE + " from the bundle", e);
        }
    }

    private static InterceptionException refused(String what, int errno) {
        String log = Libbpf.drainWarnings();
        return new InterceptionException("cannot " + what + ": " + Libc.describe(errno) + (log.isEmpty() ? "" : "\n" + log));
    }
}
