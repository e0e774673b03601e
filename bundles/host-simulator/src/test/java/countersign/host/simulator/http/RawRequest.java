package countersign.host.simulator.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Builds requests as wire bytes, so that tests judge what the reader makes of them. */
public final class RawRequest {
    private RawRequest() {}

    /** A whole request; a body is framed as its headers say. */
    public static byte[] bytes(String method, String target, List<Header> headers, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, method + " " + target + " HTTP/1.1\r\n");
        boolean chunked = false;
        for (Header header : headers) {
            write(out, header.name() + ": " + header.value() + "\r\n");
            chunked |= header.is("transfer-encoding");
        }
        write(out, "\r\n");
        if (chunked) {
            int half = body.length / 2;
            chunk(out, body, 0, half);
            chunk(out, body, half, body.length - half);
            write(out, "0\r\n\r\n");
        } else {
            out.writeBytes(body);
        }
        return out.toByteArray();
    }

    /** The request that the reader makes of it. */
    public static Request read(String method, String target, List<Header> headers, byte[] body) {
        Received received = read(bytes(method, target, headers, body));
        if (received instanceof Received.Complete complete) {
            return complete.request();
        }
        throw new AssertionError(method + " " + target + ": " + received);
    }

    /** What the reader makes of any bytes. */
    public static Received read(byte[] bytes) {
        try {
            return new RequestReader(new ByteArrayInputStream(bytes), new ByteArrayOutputStream()).read();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** One byte per character. */
    public static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void chunk(ByteArrayOutputStream out, byte[] body, int from, int length) {
        if (length > 0) {
            write(out, Integer.toHexString(length) + "\r\n");
            out.write(body, from, length);
            write(out, "\r\n");
        }
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(latin(text));
    }
}
