package countersign.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What {@code /provision} answered.
 *
 * @param finished whether provisioning has finished for the asked tick
 * @param errorMessage the current error text, empty when there is none
 */
record ProvisionAnswer(boolean finished, String errorMessage) {

    /** Understands a whole HTTP/1.1 answer, headers included, with a body by length, in chunks, or up to the end. */
    static ProvisionAnswer parse(byte[] answer) throws IOException {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int headEnd = text.indexOf("\r\n\r\n");
        if (headEnd < 0 || !text.startsWith("HTTP/1.")) {
            throw new IOException(answer.length == 0 ? "connection closed" : "not an HTTP answer");
        }
        String line = text.substring(0, text.indexOf('\r'));
        int blank = line.indexOf(' ');
        if (!line.startsWith("200", blank + 1)) {
            throw new IOException("unexpected status: " + line.substring(blank + 1));
        }
        String head = lower(text.substring(0, headEnd + 2));
        String body = text.substring(headEnd + 4);
        if (head.contains("\r\ntransfer-encoding: chunked\r\n")) {
            body = unchunk(body);
        } else {
            body = cut(head, body);
        }
        return new ProvisionAnswerReader(new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)).read();
    }

    private static String cut(String head, String body) throws IOException {
        int at = head.indexOf("\r\ncontent-length:");
        if (at < 0) {
            return body;
        }
        int from = at + "\r\ncontent-length:".length();
        int length = number(head.substring(from, head.indexOf('\r', from)).trim(), 10);
        if (body.length() < length) {
            throw new IOException("cut short: " + body.length() + " of " + length + " bytes");
        }
        return body.substring(0, length);
    }

    private static String unchunk(String body) throws IOException {
        StringBuilder out = new StringBuilder(body.length());
        int at = 0;
        while (true) {
            int lineEnd = body.indexOf("\r\n", at);
            if (lineEnd < 0) {
                throw new IOException("cut short");
            }
            int extension = body.indexOf(';', at);
            int size = number(body.substring(at, extension >= 0 && extension < lineEnd ? extension : lineEnd).trim(), 16);
            if (size == 0) {
                return out.toString();
            }
            int from = lineEnd + 2;
            if (size > body.length() - from - 2) {
                throw new IOException("cut short");
            }
            out.append(body, from, from + size);
            at = from + size + 2;
        }
    }

    private static int number(String digits, int radix) throws IOException {
        try {
            return Integer.parseUnsignedInt(digits, radix) & Integer.MAX_VALUE;
        } catch (NumberFormatException e) {
            throw new IOException("not a length: " + digits);
        }
    }

    /* Not String.toLowerCase: header names are ASCII, and no locale shall be loaded. */
    private static String lower(String ascii) {
        char[] chars = ascii.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] >= 'A' && chars[i] <= 'Z') {
                chars[i] += 32;
            }
        }
        return new String(chars);
    }
}
