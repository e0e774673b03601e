package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Facts about this process' sockets that Java does not tell. */
final class Sockets {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int SOCKADDR_SIZE = 128;

    private Sockets() {}

    /** The number that names this process' network namespace in the kernel's tables. */
    static long netnsCookie() throws InterceptionException {
        int fd = Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM_CLOEXEC, 0);
        if (fd < 0) {
            throw new InterceptionException("cannot make a socket: " + Libc.describe(Libc.errno()));
        }
        ByteBuffer value = new OffHeap(Long.BYTES).bytes;
        ByteBuffer length = new OffHeap(Integer.BYTES).bytes.putInt(0, Long.BYTES);
        int result = Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE, value, length);
        int errno = Libc.errno();
        Libc.close(fd);
        if (result != 0) {
            throw new InterceptionException(
                    "cannot read the network namespace cookie: " + Libc.describe(errno) + ". Linux 5.15 or newer is needed");
        }
        return value.getLong(0);
    }

    /** The descriptor of this process' socket that listens on exactly {@code address}. */
    static OptionalInt findListener(InetSocketAddress address) throws InterceptionException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                int fd = Integer.parseInt(descriptor.getFileName().toString());
                if (isListening(fd) && address.equals(localAddress(fd))) {
                    return OptionalInt.of(fd);
                }
            }
            return OptionalInt.empty();
        } catch (IOException | DirectoryIteratorException e) {
            throw new InterceptionException("cannot list " + DESCRIPTORS + ": " + e.getMessage(), e);
        }
    }

    private static boolean isListening(int fd) {
        ByteBuffer value = new OffHeap(Integer.BYTES).bytes;
        ByteBuffer length = new OffHeap(Integer.BYTES).bytes.putInt(0, Integer.BYTES);
        return Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_ACCEPTCONN, value, length) == 0 && value.getInt(0) != 0;
    }

    /** Null when {@code fd} is not an internet socket; an IPv4-mapped address comes as IPv4. */
    private static InetSocketAddress localAddress(int fd) {
        ByteBuffer name = new OffHeap(SOCKADDR_SIZE).bytes;
        ByteBuffer length = new OffHeap(Integer.BYTES).bytes.putInt(0, SOCKADDR_SIZE);
        if (Libc.getsockname(fd, name, length) != 0) {
            return null;
        }
        return switch (name.getShort(0)) {
            case Libc.AF_INET -> socketAddress(name, 4, 4);
            case Libc.AF_INET6 -> socketAddress(name, 8, 16);
            default -> null;
        };
    }

    private static InetSocketAddress socketAddress(ByteBuffer name, int offset, int length) {
        byte[] raw = new byte[length];
        name.get(offset, raw);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(raw), Addresses.getPort(name, 2));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are always an address", e);
        }
    }
}
