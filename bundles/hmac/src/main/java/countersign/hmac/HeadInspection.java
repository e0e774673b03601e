package countersign.hmac;

import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.request.ExemptRequest;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.util.List;
import java.util.Optional;

/** What makes a head unfit for endorsement, in the order in which it is reported (signing.md sections 4, 5, 8 and 9). */
final class HeadInspection {
    static final int MAX_TARGET = 65_534;
    static final int MAX_HEADERS = 100;
    static final long MAX_BODY = 100L << 10;
    static final long MAX_EXEMPT_BODY = 100L << 20;

    private static final int DEFAULT_PORT = 80;
    private static final String ANY_AZURE = "x-ms-azure-";

    private HeadInspection() {}

    static Optional<RefusalReason> check(Endpoint endpoint, RequestHead head) {
        if (head.target().length() > MAX_TARGET) {
            return Optional.of(RefusalReason.TARGET_LENGTH);
        }
        Target target = Target.of(head.target()).orElse(null);
        if (target == null || !target.hasPermittedCharacters()) {
            return Optional.of(RefusalReason.TARGET_BYTES);
        }
        RefusalReason headers = checkHeaders(head.headers());
        if (headers == null) {
            headers = checkLength(endpoint, head);
        }
        if (headers != null) {
            return Optional.of(headers);
        }
        if (target.isAbsolute() && !isAuthorityOf(endpoint, target.authority())) {
            return Optional.of(RefusalReason.AUTHORITY);
        }
        return target.query().collides() ? Optional.of(RefusalReason.QUERY_COLLISION) : Optional.empty();
    }

    static long maxBody(Endpoint endpoint, RequestHead head) {
        return ExemptRequest.of(endpoint, head.method(), head.target()).isPresent() ? MAX_EXEMPT_BODY : MAX_BODY;
    }

    private static RefusalReason checkHeaders(List<HeaderField> headers) {
        if (headers.size() > MAX_HEADERS) {
            return RefusalReason.HEADER_COUNT;
        }
        boolean length = false;
        boolean coding = false;
        boolean repeated = false;
        for (int i = 0; i < headers.size(); i++) {
            HeaderField field = headers.get(i);
            if (!isToken(field.name()) || !isSignable(field.value())) {
                return RefusalReason.HEADER_BYTES;
            }
            length |= field.name().equals("content-length");
            coding |= field.name().equals("transfer-encoding");
            repeated |= mustBeSingle(field.name()) && occursBefore(headers, i);
        }
        if (length && coding) {
            return RefusalReason.LENGTH_AND_CHUNKED;
        }
        return repeated ? RefusalReason.HEADER_REPEATED : null;
    }

    private static RefusalReason checkLength(Endpoint endpoint, RequestHead head) {
        for (HeaderField field : head.headers()) {
            if (field.name().equals("transfer-encoding") && !field.value().strip().equalsIgnoreCase("chunked")) {
                return RefusalReason.TRANSFER_CODING;
            }
            if (field.name().equals("content-length")) {
                long length = parseLength(field.value().strip());
                if (length < 0) {
                    return RefusalReason.LENGTH_SYNTAX;
                }
                if (length > maxBody(endpoint, head)) {
                    return RefusalReason.BODY_LENGTH;
                }
            }
        }
        return null;
    }

    /** Digits only; more of them than any limit needs count as the largest number. Negative when it is no number. */
    private static long parseLength(String text) {
        long length = text.isEmpty() ? -1 : 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            length = length > Long.MAX_VALUE / 20 ? Long.MAX_VALUE / 20 + 1 : length * 10 + c - '0';
        }
        return length;
    }

    private static boolean isAuthorityOf(Endpoint endpoint, String authority) {
        int port = endpoint.address().getPort();
        return authority.equals(endpoint.ip() + ":" + port) || port == DEFAULT_PORT && authority.equals(endpoint.ip());
    }

    private static boolean mustBeSingle(String name) {
        return switch (name) {
            case "host", "content-length", "transfer-encoding", "metadata", "x-ms-version" -> true;
            default -> name.startsWith(ANY_AZURE);
        };
    }

    private static boolean occursBefore(List<HeaderField> headers, int index) {
        String name = headers.get(index).name();
        for (int i = 0; i < index; i++) {
            if (headers.get(i).name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSignable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '\t' && (c < 0x20 || c > 0x7e)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= 0x20 || c > 0x7e || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }
}
