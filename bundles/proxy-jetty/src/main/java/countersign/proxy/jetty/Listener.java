package countersign.proxy.jetty;

import countersign.endpoint.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket that redirected connections arrive at, and the threads and buffers behind it: one acceptor, one selector for each leg, a few
 * threads for what may wait. One use: open, then close.
 */
final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /**
     * Warns of each Host it cannot read, with what the client wrote: anybody could fill the log with it. The refusal is counted. Held, because
     * unreferenced loggers lose their level.
     */
    private static final java.util.logging.Logger JETTY_ON_HOSTS = java.util.logging.Logger.getLogger("org.eclipse.jetty.util.HostPort");

    private static final String NAME = "countersign-proxy";
    private static final int THREADS = 16;
    private static final int BACKLOG = 1024;
    private static final long POOLED_BYTES = 2L << 20;
    private static final int ACCEPT_PAUSE_MILLIS = 100;

    private final QueuedThreadPool threads;
    private final Scheduler scheduler;
    private final Server server;
    private final Acceptor socket;
    private final ClientConnector serviceSide;
    private final Counters counters = new Counters();
    private final Proxy proxy;

    static {
        JETTY_ON_HOSTS.setLevel(java.util.logging.Level.OFF);
    }

    /**
     * @param address of the socket to open; port 0 for any
     * @param settings asked each time they matter
     * @param resolver where an endpoint really is; {@link Endpoint#address} but for tests
     */
    Listener(
            InetSocketAddress address,
            Services services,
            Limits limits,
            Supplier<Settings> settings,
            Function<Endpoint, InetSocketAddress> resolver) {
        // With a queue of the JDK: for Jetty's own a management server would be set up at every start.
        threads = new QueuedThreadPool(THREADS, 4, (int) Duration.ofSeconds(30).toMillis(), new LinkedBlockingQueue<>());
        threads.setName(NAME);
        threads.setReservedThreads(0);
        threads.setDaemon(true);
        scheduler = new ScheduledExecutorScheduler(NAME + "-timer", true);
        ByteBufferPool buffers = new ArrayByteBufferPool(0, 4096, 64 << 10, 256, POOLED_BYTES, POOLED_BYTES);
        server = new Server(threads, scheduler, buffers);
        server.setStopTimeout(0);
        serviceSide = new PlainConnector();
        serviceSide.setExecutor(threads);
        serviceSide.setScheduler(scheduler);
        serviceSide.setByteBufferPool(buffers);
        serviceSide.setSelectors(1);
        serviceSide.setTCPNoDelay(true);
        serviceSide.setReuseAddress(false);
        serviceSide.setConnectTimeout(limits.connectTime());
        serviceSide.setIdleTimeout(limits.answerPause());
        proxy = new Proxy(services, limits, settings, counters, address, serviceSide, resolver);
        socket = new Acceptor(server, threads, scheduler, buffers, new Factory(proxy), counters);
        socket.setHost(address.getHostString());
        socket.setPort(address.getPort());
        socket.setAcceptQueueSize(BACKLOG);
        socket.setReuseAddress(true);
        server.addConnector(socket);
    }

    /** The host is spoken to in the clear: TLS and its certificates need not be set up at every start. */
    private static final class PlainConnector extends ClientConnector {
        @Override
        protected SslContextFactory.Client newSslContextFactory() {
            return null;
        }
    }

    /**
     * Opens the socket and starts to accept.
     *
     * @throws IOException when the address cannot be bound; the object is of no use then
     */
    void open() throws IOException {
        try {
            // What both legs share is started before and stopped after them, and the host can be reached before the first client comes.
            threads.start();
            scheduler.start();
            serviceSide.start();
            server.start();
        } catch (IOException e) {
            close();
            throw e;
        } catch (Exception e) {
            close();
            throw new IOException("listener " + socket.getHost() + ":" + socket.getPort() + " did not start", e);
        }
    }

    /** The address that is listened at. */
    InetSocketAddress address() {
        return new InetSocketAddress(socket.getHost(), socket.getLocalPort());
    }

    Map<String, Long> counters() {
        return counters.all();
    }

    long count(Refusal refusal) {
        return counters.get(refusal);
    }

    long count(Counters.Event event) {
        return counters.get(event);
    }

    /** Unused connections that are kept to an endpoint. */
    int kept(Endpoint endpoint) {
        return proxy.pool(endpoint).kept();
    }

    /** Bytes of bodies and large heads held now. */
    long memoryUsed() {
        return proxy.memory.taken();
    }

    /** Closes the socket and every connection, at once. */
    @Override
    public void close() {
        try {
            serviceSide.stop();
            server.stop();
            socket.closeOpen();
            scheduler.stop();
            threads.stop();
        } catch (Exception e) {
            LOG.warn("listener did not stop cleanly", e);
        }
    }

    /** Speaks HTTP/1.1 as {@link ClientConnection} does. */
    private static final class Factory extends AbstractConnectionFactory {
        private final Proxy proxy;

        Factory(Proxy proxy) {
            super("http/1.1");
            this.proxy = proxy;
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            return new ClientConnection(endPoint, connector.getExecutor(), connector.getScheduler(), connector.getByteBufferPool(), proxy);
        }
    }

    /** Accepts; pauses after a failed accept, so that a lack of descriptors does not become a lack of processor time (proxy.md P5). */
    private static final class Acceptor extends ServerConnector {
        private static final int MANY = 4096;

        private final Counters counters;

        /** Accepted and not closed: of those just being set up Jetty would forget some, and leave their clients waiting, when it stops. */
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();

        private volatile boolean stopped;

        Acceptor(Server server, QueuedThreadPool threads, Scheduler scheduler, ByteBufferPool buffers, Factory factory, Counters counters) {
            super(server, threads, scheduler, buffers, 1, 1, factory);
            this.counters = counters;
        }

        @Override
        protected void configure(Socket accepted) {
            super.configure(accepted);
            open.add(accepted);
            if (open.size() > MANY) {
                open.removeIf(Socket::isClosed);
            }
            if (stopped) {
                close(accepted);
            }
        }

        @Override
        protected void onEndPointClosed(EndPoint endPoint) {
            super.onEndPointClosed(endPoint);
            open.remove(((SocketChannel) endPoint.getTransport()).socket());
        }

        /**
         * Closing the socket wakes the acceptor, too. An interrupt would besides make the runtime drop a connection that accept has just
         * returned, without closing it: its client would wait for ever.
         */
        @Override
        protected void interruptAcceptors() {}

        void closeOpen() {
            // The acceptor may be about to add one: it sees this, or is seen below.
            stopped = true;
            open.forEach(Acceptor::close);
        }

        private static void close(Socket accepted) {
            try {
                accepted.close();
            } catch (IOException e) {
                LOG.debug("connection not closed cleanly", e);
            }
        }

        @Override
        protected boolean handleAcceptFailure(Throwable cause) {
            if (!isRunning()) {
                return false;
            }
            counters.add(Counters.Event.ACCEPT_ERRORS);
            LOG.error("accept failed: {}", cause.toString());
            try {
                Thread.sleep(ACCEPT_PAUSE_MILLIS);
                return true;
            } catch (InterruptedException e) {
                return false;
            }
        }
    }
}
