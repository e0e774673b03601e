package countersign.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Plays {@code status} once against an answer of its own, for {@code countersign prepare}: the runtime records which classes
 * that takes and archives them.
 */
final class Rehearsal {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
        + "Content-Length: 35\r\nConnection: close\r\n\r\n{\"finished\":true,\"errorMessage\":\"\"}";

    private Rehearsal() {}

    public static void main(String[] args) throws IOException, UsageException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            server.bind(new InetSocketAddress(AgentAddress.QUERY.getAddress(), 0));
            Thread answering = new Thread(() -> answer(server), "countersign-rehearsal");
            answering.setDaemon(true);
            answering.start();
            long wait = Invocation.parse(new String[] {"status", "--wait", "1"}).waitSeconds();
            PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
            System.exit(new StatusCommand(out, (InetSocketAddress) server.getLocalAddress()).run(wait));
        }
    }

    private static void answer(ServerSocketChannel server) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(1024));
            client.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            System.err.println("countersign: rehearsing status: " + e.getMessage());
        }
    }
}
