package countersign.host.simulator;

import countersign.host.simulator.Host.Peer;
import countersign.host.simulator.channel.Service;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Accepts connections of one service, a thread for each while it is open, up to a limit. */
final class Listener implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int MAX_CONNECTIONS = 4096;

    private final Service service;
    private final ServerSocket server;
    private final AtomicLong connections;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /** Kept for the next connection: starting a thread for each costs more than all the rest. */
    private final ExecutorService threads;

    /**
     * Binds without accepting yet.
     *
     * @param connections numbers connections over all services
     * @throws IOException if the address cannot be had; the message says why and what to do
     */
    Listener(Service service, InetSocketAddress address, AtomicLong connections) throws IOException {
        this.service = service;
        this.connections = connections;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, service.text());
            thread.setDaemon(true);
            return thread;
        });
        this.server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(address, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw unavailable(service.text(), address, e);
        }
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** Starts accepting. */
    void start(Host host) {
        new Thread(() -> accept(host), "accept-" + service.text()).start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept(Host host) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                if (open.size() >= MAX_CONNECTIONS) {
                    socket.close();
                } else {
                    serve(socket, host);
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    System.err.println("host simulator: accepting for " + service.text() + ": " + e.getMessage());
                    Thread.yield();
                }
            }
        }
    }

    private void serve(Socket socket, Host host) {
        open.add(socket);
        SocketAddress remote = socket.getRemoteSocketAddress();
        Peer peer = new Peer(service, connections.incrementAndGet(), String.valueOf(remote).replaceFirst("^/", ""));
        Connection connection = new Connection(socket, peer, host);
        threads.execute(() -> {
            try {
                connection.run();
            } finally {
                open.remove(socket);
            }
        });
    }

    /** What went wrong with a listening address, in words that help. */
    static IOException unavailable(String what, InetSocketAddress address, IOException cause) {
        String shown = text(address);
        String detail = String.valueOf(cause.getMessage());
        String advice;
        if (cause instanceof BindException && detail.contains("assign requested address")) {
            advice = "this address does not exist in this network namespace. Add it first: ip addr add "
                    + address.getAddress().getHostAddress() + "/32 dev lo (in a namespace of its own, never on a machine in Azure),"
                    + " or choose another address with " + (what.equals("control") ? "--control" : "--bind-" + what);
        } else if (cause instanceof BindException && detail.contains("in use")) {
            advice = "another program listens there. Stop it or choose another port";
        } else if (detail.contains("ermission denied")) {
            advice = "ports below 1024 need root. Run as root or choose a higher port";
        } else {
            advice = detail;
        }
        return new IOException("cannot listen on " + shown + " for " + what + ": " + advice, cause);
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ':' + address.getPort();
    }
}
