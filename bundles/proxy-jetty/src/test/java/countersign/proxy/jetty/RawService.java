package countersign.proxy.jetty;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A host that keeps every byte it gets and answers as it is told. */
final class RawService implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** What happens with a request; return false to close the connection. */
    interface Script {
        boolean answer(Wire.Message request, OutputStream out, Socket socket) throws IOException;
    }

    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Wire.Message> received = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean keeping = true;
    private volatile Script script = (request, out, socket) -> {
        out.write(OK.getBytes(StandardCharsets.US_ASCII));
        return true;
    };

    RawService() throws IOException {
        threads.execute(() -> {
            while (true) {
                try {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    open.incrementAndGet();
                    sockets.add(socket);
                    socket.setTcpNoDelay(true);
                    threads.execute(() -> serve(socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    void answerWith(String response) {
        script = (request, out, socket) -> {
            out.write(response.getBytes(StandardCharsets.ISO_8859_1));
            return true;
        };
    }

    /** Answers so and closes the connection. */
    void answerAndClose(String response) {
        script = (request, out, socket) -> {
            out.write(response.getBytes(StandardCharsets.ISO_8859_1));
            return false;
        };
    }

    void script(Script script) {
        this.script = script;
    }

    /** Not to remember requests, for load. */
    void forgetRequests() {
        keeping = false;
    }

    List<Wire.Message> received() {
        return received;
    }

    Wire.Message only() {
        if (received.size() != 1) {
            throw new AssertionError("expected one request, got " + received.size());
        }
        return received.get(0);
    }

    int connections() {
        return connections.get();
    }

    /** Connections that the agent has not closed. */
    int open() {
        return open.get();
    }

    void closeConnections() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (Wire.Message request = Wire.read(in, false, false); request != null; request = Wire.read(in, false, false)) {
                if (keeping) {
                    received.add(request);
                }
                if (!script.answer(request, out, socket)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The agent gave the connection up; tests see that on their side.
        } finally {
            open.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        closeConnections();
        threads.shutdownNow();
    }
}
