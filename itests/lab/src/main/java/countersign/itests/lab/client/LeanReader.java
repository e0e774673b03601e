package countersign.itests.lab.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads answers for the load generator: only what is needed to tell where one ends, without allocating. Not thread-safe. */
final class LeanReader {
    private static final byte[] LENGTH = "content-length:".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "transfer-encoding: chunked".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "connection: close".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final byte[] buffer = new byte[32 << 10];
    private InputStream in;
    private int from;
    private int to;
    private boolean closes;

    /** Starts with a new connection. */
    void attach(InputStream stream) {
        in = stream;
        from = 0;
        to = 0;
        closes = false;
    }

    /** Whether the last answer said that the connection ends with it. */
    boolean closes() {
        return closes;
    }

    /** Reads one answer and returns its status. */
    int read() throws IOException {
        int line = line();
        int status = (buffer[line + 9] - '0') * 100 + (buffer[line + 10] - '0') * 10 + buffer[line + 11] - '0';
        int length = -1;
        boolean chunked = false;
        closes = false;
        for (int start = line(); from - start > 2; start = line()) {
            if (matches(start, LENGTH)) {
                length = number(start + LENGTH.length, 10);
            } else if (matches(start, CHUNKED)) {
                chunked = true;
            } else if (matches(start, CLOSE)) {
                closes = true;
            }
        }
        if (chunked) {
            for (int size = number(line(), 16); size > 0; size = number(line(), 16)) {
                skip(size + 2);
            }
            for (int start = line(); from - start > 2; start = line()) {
                // Trailers are of no interest here.
            }
        } else if (length < 0) {
            throw new IOException("an answer without length");
        } else {
            skip(length);
        }
        return status;
    }

    /** The start of the next line, which ends (with CR LF) before {@link #from}. */
    private int line() throws IOException {
        int start = from;
        for (int i = from;; i++) {
            if (i == to) {
                int moved = start;
                compact(start);
                i -= moved;
                start = 0;
                fill();
            }
            if (buffer[i] == '\n') {
                from = i + 1;
                return start;
            }
        }
    }

    private void skip(int count) throws IOException {
        int left = count;
        while (left > to - from) {
            left -= to - from;
            from = 0;
            to = 0;
            fill();
        }
        from += left;
    }

    private void compact(int start) {
        System.arraycopy(buffer, start, buffer, 0, to - start);
        to -= start;
        from -= start;
    }

    private void fill() throws IOException {
        if (to == buffer.length) {
            throw new IOException("a line longer than " + buffer.length + " bytes");
        }
        int count = in.read(buffer, to, buffer.length - to);
        if (count < 0) {
            throw new EOFException("closed within an answer");
        }
        to += count;
    }

    private boolean matches(int start, byte[] lowerCase) {
        for (int i = 0; i < lowerCase.length; i++) {
            int b = buffer[start + i];
            if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    private int number(int start, int radix) {
        int i = start;
        while (buffer[i] == ' ') {
            i++;
        }
        int value = 0;
        for (int digit = Character.digit(buffer[i], radix); digit >= 0; digit = Character.digit(buffer[++i], radix)) {
            value = value * radix + digit;
        }
        return value;
    }
}
