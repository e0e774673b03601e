package countersign.host.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One TCP connection on which nothing waits beyond a deadline, writing included. Used by one thread; interrupting that thread ends the wait
 * and closes the connection.
 */
final class Wire implements Closeable {
    private static final int INBOUND = 8192;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey interest;
    // Off the Java heap and overwritten at the end: what arrives may be a key.
    private final ByteBuffer inbound = ByteBuffer.allocateDirect(INBOUND).flip();

    private Wire(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        this.interest = channel.register(selector, 0);
    }

    static Wire connect(InetSocketAddress address, Deadline deadline) throws IOException {
        Selector selector = Selector.open();
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            Wire wire = new Wire(channel, selector);
            if (!channel.connect(address)) {
                wire.await(SelectionKey.OP_CONNECT, deadline);
                channel.finishConnect();
            }
            return wire;
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            selector.close();
            throw e;
        }
    }

    void write(byte[] bytes, Deadline deadline) throws IOException {
        for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
            if (channel.write(left) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    /** The next byte, or -1 when the peer has closed its side. */
    int read(Deadline deadline) throws IOException {
        return inbound.hasRemaining() || fill(deadline) ? inbound.get() & 0xFF : -1;
    }

    /** Up to {@code limit} of the next bytes, at least one, into {@code sink}; -1 when the peer has closed its side. */
    int read(WipedBytes sink, int limit, Deadline deadline) throws IOException {
        if (!inbound.hasRemaining() && !fill(deadline)) {
            return -1;
        }
        int length = Math.min(limit, inbound.remaining());
        sink.append(inbound, length);
        return length;
    }

    @Override
    public void close() throws IOException {
        inbound.clear();
        while (inbound.hasRemaining()) {
            inbound.put((byte) 0);
        }
        try {
            channel.close();
        } finally {
            selector.close();
        }
    }

    private boolean fill(Deadline deadline) throws IOException {
        while (true) {
            inbound.clear();
            int length = channel.read(inbound);
            inbound.flip();
            if (length != 0) {
                return length > 0;
            }
            await(SelectionKey.OP_READ, deadline);
        }
    }

    private void await(int operation, Deadline deadline) throws IOException {
        interest.interestOps(operation);
        long left = deadline.leftMillis();
        // Also when something is always ready: a peer that sends a byte now and then must not keep us for ever.
        if (left == 0 || selector.select(left) == 0 && deadline.leftMillis() == 0) {
            throw new SocketTimeoutException("timeout");
        }
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted");
        }
    }
}
