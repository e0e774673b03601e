package countersign.interception.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Addresses as the kernel's tables hold them: 16 bytes in network order, IPv4 as IPv4-mapped IPv6. */
final class Addresses {
    static final int BYTES = 16;
    private static final int MAPPED_PREFIX = 12;

    private Addresses() {}

    static void put(ByteBuffer target, int offset, InetAddress address) {
        byte[] raw = address.getAddress();
        if (raw.length == BYTES) {
            target.put(offset, raw);
            return;
        }
        target.putLong(offset, 0);
        target.put(offset + 8, (byte) 0).put(offset + 9, (byte) 0);
        target.put(offset + 10, (byte) 0xff).put(offset + 11, (byte) 0xff);
        target.put(offset + MAPPED_PREFIX, raw);
    }

    /** An {@link Inet4Address} when the bytes are IPv4-mapped. */
    static InetAddress get(ByteBuffer source, int offset) {
        byte[] raw = new byte[BYTES];
        source.get(offset, raw);
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are always an address", e);
        }
    }

    static void putPort(ByteBuffer target, int offset, int port) {
        target.put(offset, (byte) (port >> 8)).put(offset + 1, (byte) port);
    }

    static int getPort(ByteBuffer source, int offset) {
        return (source.get(offset) & 0xff) << 8 | source.get(offset + 1) & 0xff;
    }

    static InetSocketAddress getSocketAddress(ByteBuffer source, int addressOffset, int portOffset) {
        return new InetSocketAddress(get(source, addressOffset), getPort(source, portOffset));
    }

    /** The four bytes of an IPv4 address as the integer a C program reads from them. */
    static int nativeIpv4(InetAddress address) {
        if (!(address instanceof Inet4Address)) {
            throw new IllegalArgumentException("guarded address: expected IPv4, got " + address);
        }
        return ByteBuffer.wrap(address.getAddress()).order(ByteOrder.nativeOrder()).getInt(0);
    }
}
