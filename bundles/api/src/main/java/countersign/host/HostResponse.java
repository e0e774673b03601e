package countersign.host;

import static java.util.Objects.requireNonNull;

import countersign.request.HeaderField;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An answer of the host.
 *
 * @param body at most 1 MiB (secure-channel.md Q2); not copied, so that whoever reads a secret out of it can overwrite it
 */
public record HostResponse(int status, List<HeaderField> headers, byte[] body) {
    public HostResponse {
        headers = List.copyOf(headers);
        requireNonNull(body, "body");
    }

    /** Value of the first field of that lower-case name. */
    public Optional<String> first(String name) {
        return headers.stream().filter(field -> field.name().equals(name)).map(HeaderField::value).findFirst();
    }

    /** Whether the body says it is XML; everything else, also without a type, counts as JSON (secure-channel.md section 2). */
    public boolean isXml() {
        return contentType().contains("xml");
    }

    /**
     * The body as UTF-8, bad bytes replaced (secure-channel.md section 2). That is {@link #body} itself when nothing needs to be decoded,
     * else a new array; copies made on the way are overwritten.
     *
     * @throws CharacterCodingException when the body says it is UTF-32
     */
    public byte[] utf8() throws CharacterCodingException {
        String type = contentType();
        if (type.contains("utf-32")) {
            throw new CharacterCodingException();
        }
        return type.contains("utf-16") ? recode(StandardCharsets.UTF_16LE) : isAscii() ? body : recode(StandardCharsets.UTF_8);
    }

    private byte[] recode(Charset charset) {
        CharBuffer text = charset.decode(ByteBuffer.wrap(body));
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(text);
        byte[] utf8 = new byte[encoded.remaining()];
        encoded.get(utf8);
        Arrays.fill(text.array(), (char) 0);
        Arrays.fill(encoded.array(), (byte) 0);
        return utf8;
    }

    private boolean isAscii() {
        for (byte b : body) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private String contentType() {
        return first("content-type").orElse("").toLowerCase(Locale.ROOT);
    }

    /** Status and sizes only: bodies can hold keys. */
    @Override
    public String toString() {
        return "HostResponse[status=" + status + ", headers=" + headers.size() + ", body=" + body.length + " bytes]";
    }
}
