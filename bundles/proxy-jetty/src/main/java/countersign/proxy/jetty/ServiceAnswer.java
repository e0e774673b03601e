package countersign.proxy.jetty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Status line and fields of the host's answer.
 *
 * @param hasLength the length of the content is among the fields
 * @param hasContent content may follow: the request was not HEAD and the status allows it
 */
record ServiceAnswer(int status, String reason, List<HttpField> fields, boolean hasLength, boolean hasContent) {
    private static final String AUTHORIZATION = "x-ms-azure-host-authorization";

    ServiceAnswer {
        fields = List.copyOf(fields);
    }

    /** The host wants this connection closed; told to the client likewise (proxy.md section 8). */
    boolean closes() {
        return fields.stream().anyMatch(field -> field.getHeader() == HttpHeader.CONNECTION && field.contains("close"));
    }

    /**
     * The head as the client gets it: unmodified but for framing and connection, a date where there is none, and the sign that the answer came
     * through an agent.
     *
     * @param chunked the client gets the content in chunks
     */
    ByteBuffer encode(boolean chunked, boolean close, boolean http10, String date) {
        Set<String> hopByHop = hopByHop();
        StringBuilder out = new StringBuilder(512);
        out.append("HTTP/1.1 ").append((char) ('0' + status / 100)).append((char) ('0' + status / 10 % 10)).append((char) ('0' + status % 10));
        out.append(' ').append(reason == null ? "" : reason).append("\r\n");
        boolean dated = false;
        for (HttpField field : fields) {
            String name = field.getName();
            if (!hopByHop.contains(name.toLowerCase(Locale.ROOT)) && !name.equalsIgnoreCase(AUTHORIZATION)) {
                dated |= field.getHeader() == HttpHeader.DATE;
                line(out, name, field.getValue());
            }
        }
        if (!dated) {
            line(out, "Date", date);
        }
        line(out, AUTHORIZATION, "value");
        if (chunked) {
            line(out, "Transfer-Encoding", "chunked");
        }
        if (close) {
            line(out, "Connection", "close");
        } else if (http10) {
            line(out, "Connection", "keep-alive");
        }
        return ByteBuffer.wrap(out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private Set<String> hopByHop() {
        Set<String> names = new HashSet<>(Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"));
        for (HttpField field : fields) {
            if (field.getHeader() == HttpHeader.CONNECTION) {
                for (String option : field.getValues()) {
                    names.add(option.toLowerCase(Locale.ROOT));
                }
            }
        }
        names.remove("content-length");
        return names;
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(name).append(": ").append(value == null ? "" : value).append("\r\n");
    }
}
