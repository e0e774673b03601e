package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endpoint.Endpoint;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever clients and the host do to each other, nobody gets another's answer, and in the end nothing is held for anybody. */
@Timeout(300)
class FaultsTest {
    private static final int THREADS = 8;
    private static final int CONNECTIONS = 30;
    private static final long SEED = 20250114;

    private static final Limits LIMITS = new Limits(
            Duration.ofMillis(200),
            Duration.ofMillis(200),
            Duration.ofMillis(400),
            Duration.ofMillis(500),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            64,
            128 << 10,
            2 << 20);

    private final List<String> mixedUp = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();

    @Test
    void faultsOnBothSides_mixNothingUpAndLeaveNothingBehind() throws Exception {
        try (FaultyHost host = new FaultyHost(); Rig rig = new Rig(LIMITS, host.address())) {
            rig.endpoint = Endpoint.WIRESERVER;
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(SEED + i);
                String name = "c" + i + "-";
                clients.add(threads.submit(() -> {
                    for (int n = 0; n < CONNECTIONS; n++) {
                        converse(rig.address(), random, name + n);
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            threads.shutdown();
            assertEquals(List.of(), mixedUp);
            assertTrue(answered.get() > 0, "some are answered in spite of all");
            Rig.await("clients' connections closed",
                    () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == rig.count(Counters.Event.CONNECTIONS_ACCEPTED));
            Rig.await("memory given back", () -> rig.listener().memoryUsed() == 0);
            Rig.await("connections to the host closed", () -> host.open.get() == 0);
        }
    }

    /** One connection of a client that may do anything but end in time. */
    private void converse(InetSocketAddress agent, Random random, String name) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(agent, 5_000);
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            int requests = 1 + random.nextInt(3);
            boolean pipelined = random.nextInt(4) == 0;
            List<String> awaited = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                String id = name + "." + i;
                byte[] request = request(random, id);
                boolean cut = random.nextInt(5) == 0;
                out.write(request, 0, cut ? random.nextInt(request.length) : request.length);
                awaited.add(id);
                if (cut) {
                    leave(socket, random);
                    break;
                }
                if (!pipelined) {
                    check(in, awaited);
                }
            }
            if (random.nextInt(4) == 0) {
                leave(socket, random);
            }
            while (!awaited.isEmpty()) {
                check(in, awaited);
            }
        } catch (IOException e) {
            // Refused, broken off or left: all of that may be.
        }
    }

    private static void leave(Socket socket, Random random) throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> socket.shutdownOutput();
            case 1 -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case 2 -> socket.close();
            default -> { } // and says nothing more
        }
    }

    private void check(InputStream in, List<String> awaited) throws IOException {
        String id = awaited.remove(0);
        Wire.Message answer = Wire.read(in, false, true);
        while (answer != null && answer.status() == 100) {
            answer = Wire.read(in, false, true);
        }
        if (answer == null) {
            throw new IOException("closed");
        }
        if (answer.status() == 200) {
            answered.incrementAndGet();
            if (!answer.text().startsWith(id + ";")) {
                mixedUp.add(id + " got " + answer.text());
            }
        }
    }

    private static byte[] request(Random random, String id) {
        String host = "Host: h\r\nX-Id: " + id + "\r\n" + (random.nextInt(4) == 0 ? "Expect: 100-continue\r\n" : "");
        byte[] body = new byte[random.nextInt(3) == 0 ? 60_000 : random.nextInt(3_000)];
        return switch (random.nextInt(5)) {
            case 0 -> bytes("GET /" + id + " HTTP/1.1\r\n" + host + "\r\n", new byte[0], "");
            case 1 -> bytes("POST /" + id + " HTTP/1.1\r\n" + host + "Content-Length: " + body.length + "\r\n\r\n", body, "");
            case 2 -> bytes("POST /" + id + " HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n" + chunk(body), body, "\r\n0\r\n\r\n");
            case 3 -> bytes("PUT /vmAgentLog HTTP/1.1\r\n" + host + "Content-Length: " + body.length + "\r\n\r\n", body, "");
            default -> bytes("PUT /vmAgentLog HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n" + chunk(body), body, "\r\n0\r\n\r\n");
        };
    }

    /** No last chunk by mistake: a body of no bytes begins with the end of another. */
    private static String chunk(byte[] body) {
        return body.length == 0 ? "1\r\nx" : Integer.toHexString(body.length) + "\r\n";
    }

    private static byte[] bytes(String head, byte[] body, String end) {
        byte[] all = new byte[head.length() + body.length + end.length()];
        System.arraycopy(head.getBytes(StandardCharsets.ISO_8859_1), 0, all, 0, head.length());
        System.arraycopy(end.getBytes(StandardCharsets.ISO_8859_1), 0, all, head.length() + body.length, end.length());
        return all;
    }

    /** A host that answers with the id it was asked by, if it answers. */
    private static final class FaultyHost implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger connections = new AtomicInteger();

        FaultyHost() throws IOException {
            threads.execute(() -> {
                try {
                    while (true) {
                        Socket socket = server.accept();
                        open.incrementAndGet();
                        Random random = new Random(SEED - connections.incrementAndGet());
                        threads.execute(() -> serve(socket, random));
                    }
                } catch (IOException e) {
                    // Closed: the test is over.
                }
            });
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        private void serve(Socket socket, Random random) {
            try (socket) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream();
                boolean going = true;
                while (going) {
                    going = exchange(in, out, random);
                }
            } catch (IOException e) {
                // The agent has left.
            } finally {
                open.decrementAndGet();
            }
        }

        private static boolean exchange(InputStream in, OutputStream out, Random random) throws IOException {
            in.mark(1 << 16);
            String id = id(in);
            if (id == null) {
                return false;
            }
            int fault = random.nextInt(14);
            if (fault > 3) {
                in.reset();
                Wire.read(in, false, false);
            }
            String body = id + ";" + "x".repeat(random.nextInt(20_000));
            String plain = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
            String sent = switch (fault) {
                case 0 -> plain; // before the body has been read
                case 1, 4 -> "";
                case 2, 5 -> plain.substring(0, random.nextInt(plain.length()));
                case 3, 6 -> chunked.substring(0, random.nextInt(chunked.length()));
                case 7 -> plain + "HTTP/1.1 500 Unasked\r\nContent-Length: 0\r\n\r\n";
                case 8 -> "HTTP/1.1 103 Early\r\nX: y\r\n\r\n" + plain;
                case 9 -> chunked;
                default -> plain;
            };
            out.write(sent.getBytes(StandardCharsets.ISO_8859_1));
            if (sent.isEmpty() && random.nextBoolean()) {
                in.readAllBytes(); // silent until the agent has had enough
            }
            if (fault == 0) {
                in.readAllBytes();
            }
            return fault > 6;
        }

        /** Reads a head; the id in it, null at the end. */
        private static String id(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.append((char) b);
            }
            int from = head.indexOf("x-id: ") + 6;
            return head.substring(from, head.indexOf("\r\n", from));
        }

        @Override
        public void close() throws IOException {
            server.close();
            threads.shutdownNow();
        }
    }
}
