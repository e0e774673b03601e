package countersign.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
    private static final String NOT_YET = "{\"finished\":false,\"errorMessage\":\"\"}";
    private static final String DONE = "{\"finished\":true,\"errorMessage\":\"\"}";
    private static final String FAILED = "{\"finished\":true,\"errorMessage\":\"keyLatchStatus - no\\u001b[2J host\\r\\n\"}";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void finished_is0() throws IOException {
        try (FakeAgent agent = new FakeAgent(DONE)) {
            assertEquals(0, run(agent.address(), 0));
            assertEquals("finished\n", printed.toString(UTF_8));
        }
    }

    @Test
    void finishedWithError_is2AndPrintsItHarmlessly() throws IOException {
        try (FakeAgent agent = new FakeAgent(FAILED)) {
            assertEquals(2, run(agent.address(), 0));
            assertEquals("keyLatchStatus - no?[2J host\n", printed.toString(UTF_8));
        }
    }

    @Test
    void notFinished_is1AfterOneTry() throws IOException {
        try (FakeAgent agent = new FakeAgent(NOT_YET, DONE)) {
            assertEquals(1, run(agent.address(), 0));
            assertEquals(1, agent.heads.size());
        }
    }

    @Test
    void noAgent_is1() throws IOException {
        try (Socket nobody = new Socket()) {
            // Bound and never listening: nobody else can take the port meanwhile.
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertEquals(1, run((InetSocketAddress) nobody.getLocalSocketAddress(), 0));
        }
        assertEquals("no answer from the agent: Connection refused\n", printed.toString(UTF_8));
    }

    @Test
    void answerThatIsNone_isPrintedAndAskedForAgain() throws IOException {
        try (FakeAgent agent = new FakeAgent("HTTP/1.1\r\nA: b\r\n\r\n", DONE)) {
            assertEquals(0, run(agent.address(), 30));
            assertEquals("no answer from the agent: unexpected status: HTTP/1.1\nfinished\n", printed.toString(UTF_8));
        }
    }

    @Test
    void waiting_asksAgainWithTheSameTickAndOneNotification() throws IOException {
        long before = System.currentTimeMillis() * 1_000_000L;
        try (FakeAgent agent = new FakeAgent(NOT_YET, NOT_YET, DONE)) {
            assertEquals(0, run(agent.address(), 30));
            assertEquals(3, agent.heads.size());
            String first = agent.heads.get(0);
            String second = agent.heads.get(1);
            assertTrue(first.startsWith("GET /provision HTTP/1.1\r\n"), first);
            assertTrue(first.contains("\r\nMetadata: true\r\n"), first);
            assertTrue(first.contains("\r\nx-ms-azure-notify: "), first);
            assertFalse(second.contains("x-ms-azure-notify"), second);
            assertEquals(tick(first), tick(second));
            assertTrue(tick(first) >= before && tick(first) <= System.currentTimeMillis() * 1_000_000L, first);
        }
    }

    private int run(InetSocketAddress agent, long wait) {
        return new StatusCommand(new PrintStream(printed, true, UTF_8), agent).run(wait);
    }

    private static long tick(String head) {
        return Long.parseLong(head.replaceAll("(?s).*x-ms-azure-time-tick: (\\d+)\r.*", "$1"));
    }

    /** Answers each connection with the next body or, if it is none, with just that; keeps the request heads. */
    private static final class FakeAgent implements AutoCloseable {
        final List<String> heads = new CopyOnWriteArrayList<>();
        private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());

        FakeAgent(String... bodies) throws IOException {
            Thread thread = new Thread(() -> serve(bodies), "fake-agent");
            thread.setDaemon(true);
            thread.start();
        }

        InetSocketAddress address() {
            return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
        }

        private void serve(String[] bodies) {
            for (String body : bodies) {
                try (Socket socket = server.accept()) {
                    StringBuilder head = new StringBuilder();
                    while (head.indexOf("\r\n\r\n") < 0) {
                        head.append((char) socket.getInputStream().read());
                    }
                    heads.add(head.toString());
                    String answer = body.startsWith("{") ? "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body : body;
                    socket.getOutputStream().write(answer.getBytes(UTF_8));
                } catch (IOException e) {
                    return;
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
