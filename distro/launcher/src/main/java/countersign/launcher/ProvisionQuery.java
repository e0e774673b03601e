package countersign.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One unsigned {@code GET /provision} (secure-channel.md section 10) over a plain socket: an HTTP client, or even a channel,
 * would cost as much as the rest of the command. One connection per try; the agent closes it after the answer.
 *
 * @param agent where to ask
 * @param tick when the command started, UTC nanoseconds since 1970
 */
record ProvisionQuery(InetSocketAddress agent, long tick) {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 5_000;
    private static final int ANSWER_LIMIT = 64 * 1024;

    /**
     * @param notify whether the agent shall look again now if it has not finished
     * @throws IOException when there is no answer, or one that is not understood
     */
    ProvisionAnswer ask(boolean notify) throws IOException {
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(agent, CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(head(notify).getBytes(StandardCharsets.ISO_8859_1));
            return ProvisionAnswer.parse(read(socket.getInputStream()));
        }
    }

    private String head(boolean notify) {
        return "GET /provision HTTP/1.1\r\n"
            + "Host: 127.0.0.1:" + agent.getPort() + "\r\n"
            + "Metadata: true\r\n"
            + "x-ms-azure-time-tick: " + tick + "\r\n"
            + (notify ? "x-ms-azure-notify: true\r\n" : "")
            + "Connection: close\r\n\r\n";
    }

    /* The whole answer up to the end of the connection; the deadline bounds a peer that sends a byte now and then. */
    private static byte[] read(InputStream in) throws IOException {
        long deadline = System.nanoTime() + ANSWER_MILLIS * 1_000_000L;
        ByteArrayOutputStream answer = new ByteArrayOutputStream(512);
        byte[] chunk = new byte[2048];
        for (int n; (n = in.read(chunk)) >= 0; ) {
            answer.write(chunk, 0, n);
            if (answer.size() > ANSWER_LIMIT) {
                throw new IOException("more than " + ANSWER_LIMIT + " bytes");
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("not complete after " + ANSWER_MILLIS + " ms");
            }
        }
        return answer.toByteArray();
    }
}
