package countersign.interception.linux;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import countersign.interception.InterceptionException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * libbpf 1.x, bound directly, with pointers as in {@link Libc} and handles as {@code long}. A failed call returns a negative number
 * or zero and leaves the reason in {@link Libc#errno}. Bind it with {@link #load} before anything else.
 */
final class Libbpf {
    /** The soname of every libbpf 1.x. */
    static final String SYSTEM_LIBRARY = "libbpf.so.1";

    private static final int WARNING = 0;
    private static final int KEPT_LINES = 40;
    private static final int LINE_BYTES = 16 * 1024;
    private static final Deque<String> warnings = new ArrayDeque<>();
    /** Held for ever: libbpf keeps only the bare function pointer. */
    private static final Printer PRINTER = Libbpf::keep;

    private Libbpf() {}

    interface Printer extends Callback {
        int print(int level, Pointer format, Pointer arguments);
    }

    /**
     * Binds the library for the whole process.
     *
     * @param name a soname, which the system's linker looks up, or an absolute path
     * @throws InterceptionException when it is missing or not libbpf 1.x
     */
    static synchronized void load(String name) throws InterceptionException {
        try {
            Native.register(Libbpf.class, NativeLibrary.getInstance(name));
        } catch (UnsatisfiedLinkError e) {
            throw new InterceptionException(name + " cannot be loaded. Install libbpf 1.0 or newer (Debian, Ubuntu: apt-get install"
                    + " libbpf1; Azure Linux: tdnf install libbpf), or name one with libbpfPath", e);
        }
        if (libbpf_major_version() != 1) {
            throw new InterceptionException(name + " is libbpf " + libbpf_major_version() + ", expected libbpf 1.x");
        }
        libbpf_set_print(PRINTER);
    }

    static native int libbpf_major_version();

    static native Pointer libbpf_set_print(Printer printer);

    static native int libbpf_num_possible_cpus();

    static native long bpf_object__open_mem(long content, long size, long options);

    static native int bpf_object__load(long object);

    static native void bpf_object__close(long object);

    static native long bpf_object__find_program_by_name(long object, byte[] name);

    static native long bpf_object__find_map_by_name(long object, byte[] name);

    static native int bpf_program__fd(long program);

    static native int bpf_program__expected_attach_type(long program);

    static native int bpf_map__fd(long map);

    static native int bpf_map__set_pin_path(long map, byte[] path);

    static native int bpf_map__set_max_entries(long map, int entries);

    static native int bpf_link_create(int program, int target, int attachType, long options);

    static native int bpf_link_update(int link, int program, long options);

    static native int bpf_obj_pin(int fd, byte[] path);

    static native int bpf_obj_get(byte[] path);

    static native int bpf_obj_get_info_by_fd(int fd, ByteBuffer info, ByteBuffer length);

    static native int bpf_map_lookup_elem(int map, long key, long value);

    static native int bpf_map_update_elem(int map, long key, long value, long flags);

    static native int bpf_map_delete_elem(int map, long key);

    static native int bpf_map_get_next_key(int map, long key, long next);

    /** What libbpf and the verifier complained about since the last call, newest last. */
    static String drainWarnings() {
        synchronized (warnings) {
            String text = String.join("\n", warnings);
            warnings.clear();
            return text;
        }
    }

    private static int keep(int level, Pointer format, Pointer arguments) {
        if (level != WARNING) {
            return 0;
        }
        OffHeap line = new OffHeap(LINE_BYTES);
        Libc.vsnprintf(line.address, LINE_BYTES, Pointer.nativeValue(format), Pointer.nativeValue(arguments));
        synchronized (warnings) {
            warnings.add(new Pointer(line.address).getString(0).strip());
            if (warnings.size() > KEPT_LINES) {
                warnings.remove();
            }
        }
        Reference.reachabilityFence(line);
        return 0;
    }
}
