package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The pinned attachments of our programs to one cgroup. Not thread safe. */
final class Links implements AutoCloseable {
    private static final int INFO_SIZE = 256;
    private static final int INFO_ID = 4;
    private static final int INFO_PROGRAM = 8;
    private static final int INFO_CGROUP = 16;

    private final Kernel kernel;
    private final PinFolder pins;
    private final Path cgroup;
    private final Map<Hook, Integer> fds = new EnumMap<>(Hook.class);

    Links(Kernel kernel, PinFolder pins, Path cgroup) {
        this.kernel = kernel;
        this.pins = pins;
        this.cgroup = cgroup;
    }

    /** Attaches {@code hook}, or gives its pinned attachment our program. */
    void attach(Hook hook) throws InterceptionException {
        Kernel.Program program = kernel.program(hook.program());
        int pinned = openPinned(hook);
        if (pinned >= 0 && info(pinned).cgroup() == FileSystems.inode(cgroup)) {
            if (Libbpf.bpf_link_update(pinned, program.fd(), 0) != 0) {
                throw failed("update", hook, Libc.errno());
            }
            keep(hook, pinned);
            return;
        }
        /* The new attachment comes first, so that there is no moment without one. */
        int created = create(hook, program);
        try {
            Files.deleteIfExists(pins.link(hook.program()));
        } catch (IOException e) {
            throw new InterceptionException("cannot replace pinned link " + hook.program() + ": " + e.getMessage(), e);
        }
        if (pinned >= 0) {
            Libc.close(pinned);
        }
        if (Libbpf.bpf_obj_pin(created, Libc.text(pins.link(hook.program()))) != 0) {
            int errno = Libc.errno();
            Libc.close(created);
            throw failed("pin", hook, errno);
        }
        keep(hook, created);
    }

    /** Takes {@code hook} off, when it is on. */
    void detach(Hook hook) throws InterceptionException {
        try {
            Files.deleteIfExists(pins.link(hook.program()));
        } catch (IOException e) {
            throw new InterceptionException("cannot unpin link " + hook.program() + ": " + e.getMessage(), e);
        }
        Integer fd = fds.remove(hook);
        if (fd != null) {
            Libc.close(fd);
        }
    }

    /** The hooks among {@code expected} whose attachment is gone, replaced, unpinned or runs another program. */
    List<Hook> broken(List<Hook> expected) throws InterceptionException {
        List<Hook> broken = new ArrayList<>();
        for (Hook hook : expected) {
            if (!intact(hook)) {
                broken.add(hook);
            }
        }
        return broken;
    }

    /** Closes the descriptors; pinned attachments stay in force. */
    @Override
    public void close() {
        fds.values().forEach(Libc::close);
        fds.clear();
    }

    private record Info(int id, int program, long cgroup) {}

    private boolean intact(Hook hook) throws InterceptionException {
        Integer held = fds.get(hook);
        int pinned = openPinned(hook);
        if (held == null || pinned < 0) {
            if (pinned >= 0) {
                Libc.close(pinned);
            }
            return false;
        }
        Info info = info(held);
        boolean samePin = info(pinned).id() == info.id();
        Libc.close(pinned);
        return samePin
                && info.cgroup() == FileSystems.inode(cgroup)
                && info.program() == idOf(kernel.program(hook.program()).fd());
    }

    private int create(Hook hook, Kernel.Program program) throws InterceptionException {
        int folder = Libc.open(Libc.text(cgroup), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (folder < 0) {
            throw new InterceptionException("cannot open cgroup " + cgroup + ": " + Libc.describe(Libc.errno()));
        }
        int link = Libbpf.bpf_link_create(program.fd(), folder, program.attachType(), 0);
        int errno = Libc.errno();
        Libc.close(folder);
        if (link < 0) {
            throw failed("attach", hook, errno);
        }
        return link;
    }

    private int openPinned(Hook hook) throws InterceptionException {
        Path pin = pins.link(hook.program());
        if (!Files.exists(pin, LinkOption.NOFOLLOW_LINKS)) {
            return -1;
        }
        int fd = Libbpf.bpf_obj_get(Libc.text(pin));
        if (fd < 0) {
            throw failed("open pinned", hook, Libc.errno());
        }
        return fd;
    }

    private void keep(Hook hook, int fd) {
        Integer old = fds.put(hook, fd);
        if (old != null) {
            Libc.close(old);
        }
    }

    private static Info info(int link) throws InterceptionException {
        ByteBuffer info = readInfo(link);
        return new Info(info.getInt(INFO_ID), info.getInt(INFO_PROGRAM), info.getLong(INFO_CGROUP));
    }

    private static int idOf(int program) throws InterceptionException {
        return readInfo(program).getInt(INFO_ID);
    }

    private static ByteBuffer readInfo(int fd) throws InterceptionException {
        ByteBuffer info = new OffHeap(INFO_SIZE).bytes;
        ByteBuffer length = new OffHeap(Integer.BYTES).bytes.putInt(0, INFO_SIZE);
        if (Libbpf.bpf_obj_get_info_by_fd(fd, info, length) != 0) {
            throw new InterceptionException("cannot inspect a BPF object: " + Libc.describe(Libc.errno()));
        }
        return info;
    }

    private InterceptionException failed(String what, Hook hook, int errno) {
        return new InterceptionException(
                "cannot " + what + " program " + hook.program() + " on cgroup " + cgroup + ": " + Libc.describe(errno));
    }
}
