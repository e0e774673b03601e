package countersign.host.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A host on loopback that keeps what it received byte by byte and answers with bytes the test chose. */
final class LoopbackHost implements AutoCloseable {
    private final ServerSocket socket;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final Answer answer;
    private final Thread thread;

    /** Writes an answer; what it throws only ends the connection. */
    interface Answer {
        void write(OutputStream out) throws Exception;
    }

    LoopbackHost(Answer answer) throws IOException {
        this.answer = answer;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.thread = new Thread(this::serve, "loopback-host");
        thread.setDaemon(true);
        thread.start();
    }

    static LoopbackHost answering(String bytes) throws IOException {
        return new LoopbackHost(out -> out.write(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** Head and body of the next request as they came. */
    String received() throws InterruptedException {
        return received.take();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        thread.interrupt();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                received.add(request(client.getInputStream()));
                answer.write(client.getOutputStream());
            } catch (Exception e) {
                // The test sees it as a connection that ended.
            }
        }
    }

    private static String request(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String text = "";
        while (!text.contains("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("no whole request");
            }
            bytes.write(next);
            text = bytes.toString(StandardCharsets.ISO_8859_1);
        }
        int at = text.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf("\r\n", at)));
        return text + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }
}
