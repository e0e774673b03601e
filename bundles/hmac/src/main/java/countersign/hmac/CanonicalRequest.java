package countersign.hmac;

import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The bytes a signature covers (signing.md section 3): {@link #beforeBody}, the body itself, {@link #afterBody}. In two parts, so that the
 * body is never copied.
 */
final class CanonicalRequest {
    private static final Comparator<HeaderField> BY_NAME = (a, b) -> a.name().compareTo(b.name());

    private final byte[] beforeBody;
    private final byte[] afterBody;

    private CanonicalRequest(byte[] beforeBody, byte[] afterBody) {
        this.beforeBody = beforeBody;
        this.afterBody = afterBody;
    }

    /** @param head as it will be sent, with date and claims; a field of the signature itself is left out */
    static CanonicalRequest of(RequestHead head, Target target) {
        StringBuilder after = new StringBuilder(1024).append('\n');
        appendHeaders(head, after);
        after.append(target.path()).append('\n');
        target.query().appendTo(after);
        return new CanonicalRequest(latin1(head.method() + "\n"), latin1(after));
    }

    byte[] beforeBody() {
        return beforeBody;
    }

    byte[] afterBody() {
        return afterBody;
    }

    private static void appendHeaders(RequestHead head, StringBuilder out) {
        HeaderField[] fields = head.headers().toArray(new HeaderField[0]);
        // Stable: of fields with one name the last received stays last, and only that one counts.
        Arrays.sort(fields, BY_NAME);
        for (int i = 0; i < fields.length; i++) {
            String name = fields[i].name();
            boolean displaced = i + 1 < fields.length && fields[i + 1].name().equals(name);
            if (!displaced && !name.equals(HeaderField.AUTHORIZATION)) {
                out.append(name).append(':');
                appendTrimmed(fields[i].value(), out);
                out.append('\n');
            }
        }
    }

    private static void appendTrimmed(String value, StringBuilder out) {
        int from = 0;
        int to = value.length();
        while (from < to && isBlank(value.charAt(from))) {
            from++;
        }
        while (from < to && isBlank(value.charAt(to - 1))) {
            to--;
        }
        out.append(value, from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static byte[] latin1(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
