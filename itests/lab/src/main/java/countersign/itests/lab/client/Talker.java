package countersign.itests.lab.client;

import countersign.itests.lab.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/**
 * Steers a {@link TalkerMain}: connections made by another process, in another namespace, as another user. Not thread-safe.
 * A connection that could not be made, or an answer that did not come, is an {@link IOException} with that process's words.
 */
public final class Talker {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Child process;
    private int answers;
    private int connections;

    public Talker(Child process) {
        this.process = process;
    }

    /** The process that talks. */
    public long pid() {
        return process.pid();
    }

    /** Opens a connection whose answers may take 30 s. */
    public Line open(String address, int port) throws IOException {
        return open(address, port, ANSWER);
    }

    /** Opens a connection whose answers may take so long. */
    public Line open(String address, int port, Duration answer) throws IOException {
        String name = "c" + ++connections;
        int localPort = Integer.parseInt(order("open " + name + " " + address + " " + port + " " + answer.toMillis()).split(" ")[1]);
        return new Line(name, localPort);
    }

    /** Opens a connection for one request and closes it after the answer. */
    public Answer ask(String address, int port, Request request) throws IOException {
        try (Line line = open(address, port)) {
            return line.ask(request);
        }
    }

    /** Sends a datagram and waits for the reply. */
    public byte[] askUdp(String address, int port, byte[] datagram) throws IOException {
        return Base64.getDecoder().decode(order("udp " + address + " " + port + " " + base64(datagram)).split(" ")[1]);
    }

    private String order(String text) throws IOException {
        process.input().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
        process.input().flush();
        String reply = process.await(answers++, any -> true, "a reply to " + text.split(" ")[0], PATIENCE).text();
        if (reply.startsWith("failed ")) {
            throw new IOException(reply.substring("failed ".length()));
        }
        return reply;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** One open connection. */
    public final class Line implements AutoCloseable {
        private final String name;
        private final int localPort;

        private Line(String name, int localPort) {
            this.name = name;
            this.localPort = localPort;
        }

        public int localPort() {
            return localPort;
        }

        /** Sends a request and reads its answer. */
        public Answer ask(Request request) throws IOException {
            send(request.bytes());
            return receive(request.method().equals("HEAD"));
        }

        public void send(byte[] bytes) throws IOException {
            order("send " + name + " " + base64(bytes));
        }

        /** @param head whether the request was a HEAD */
        public Answer receive(boolean head) throws IOException {
            return Answer.decode(order("receive " + name + (head ? " head" : " get")).split(" ")[1]);
        }

        @Override
        public void close() throws IOException {
            order("close " + name);
        }
    }
}
