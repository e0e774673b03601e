package countersign.key.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads the key document, as the host sends it and as vaults keep it (secure-channel.md section 5). No text of the document gets into a
 * message, and the key's digits never into a {@code String}. Stateless, safe from any thread.
 */
public final class KeyJson {
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private enum Member {
        AUTHORIZATION_SCHEME("authorizationScheme"),
        INCARNATION_ID("incarnationId"),
        GUID("guid"),
        ISSUED("issued"),
        KEY("key");

        private final String text;

        Member(String text) {
            this.text = text;
        }

        static Member of(String name) {
            for (Member member : values()) {
                if (member.text.equals(name)) {
                    return member;
                }
            }
            return null;
        }
    }

    private final JsonParser json;
    private final Set<Member> seen = EnumSet.noneOf(Member.class);
    private String scheme;
    private String guid;
    private String issued;
    private OptionalLong incarnation = OptionalLong.empty();
    private byte[] hex = {};

    private KeyJson(JsonParser json) {
        this.json = json;
    }

    /**
     * Reads one key document and always overwrites {@code utf8}.
     *
     * @param utf8 the document; only its part before {@code length} is read
     * @throws KeyFormatException when it is not a key document of our scheme; the message says what was expected, where
     */
    public static SigningKey take(byte[] utf8, int length) throws KeyFormatException {
        try {
            for (int i = 0; i < length; i++) {
                // Otherwise the parser would take the document for UTF-16 or UTF-32 and decode it into buffers of its own.
                if (utf8[i] == 0) {
                    throw new KeyFormatException("expected UTF-8, got a zero byte at " + i + " of " + length);
                }
            }
            return parse(utf8, length);
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    private static SigningKey parse(byte[] utf8, int length) throws KeyFormatException {
        try (WipedBuffers buffers = new WipedBuffers(); JsonParser json = factory(buffers).createParser(utf8, 0, length)) {
            try {
                return new KeyJson(json).document();
            } catch (JsonProcessingException e) {
                // Its message quotes the document, so only the position is told.
                throw new KeyFormatException(
                        "expected JSON, got something else at byte " + json.currentLocation().getByteOffset() + " of " + length);
            }
        } catch (KeyFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new KeyFormatException("expected JSON in UTF-8 of " + length + " bytes, got something else");
        }
    }

    private static JsonFactory factory(WipedBuffers buffers) {
        return JsonFactory.builder()
                .recyclerPool(buffers)
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(128).build())
                .build();
    }

    private SigningKey document() throws IOException {
        try {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new KeyFormatException("expected an object, got something else");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                Member member = Member.of(json.currentName());
                json.nextToken();
                if (member == null) {
                    json.skipChildren();
                } else {
                    read(member);
                }
            }
            if (json.nextToken() != null) {
                throw new KeyFormatException("expected one object, got more after it");
            }
            return key();
        } finally {
            Arrays.fill(hex, (byte) 0);
        }
    }

    private void read(Member member) throws IOException {
        if (!seen.add(member)) {
            throw new KeyFormatException("member " + member.text + ": expected once, got it twice");
        }
        switch (member) {
            case AUTHORIZATION_SCHEME -> scheme = text(member);
            case GUID -> guid = text(member);
            case ISSUED -> issued = text(member);
            case INCARNATION_ID -> incarnation = number(member);
            case KEY -> hex = secret(member);
        }
    }

    private SigningKey key() throws KeyFormatException {
        require(Member.AUTHORIZATION_SCHEME);
        require(Member.GUID);
        require(Member.ISSUED);
        require(Member.KEY);
        if (!scheme.equals(KeyDescription.SCHEME)) {
            throw new KeyFormatException("member authorizationScheme: expected " + KeyDescription.SCHEME + ", got another text");
        }
        try {
            return SigningKey.takeHex(new KeyDescription(guid, incarnation, issued), hex);
        } catch (IllegalArgumentException e) {
            // Both constructors say what they expected and quote nothing.
            throw new KeyFormatException(e.getMessage());
        }
    }

    private void require(Member member) throws KeyFormatException {
        if (!seen.contains(member)) {
            throw new KeyFormatException("member " + member.text + ": expected, got none");
        }
    }

    private String text(Member member) throws IOException {
        expect(member, JsonToken.VALUE_STRING, "a string");
        return json.getText();
    }

    private OptionalLong number(Member member) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return OptionalLong.empty();
        }
        expect(member, JsonToken.VALUE_NUMBER_INT, "a whole number");
        long value = json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : json.getLongValue();
        if (value < 0 || value > UNSIGNED_32) {
            throw new KeyFormatException("member " + member.text + ": expected 0 to 4294967295, got another number");
        }
        return OptionalLong.of(value);
    }

    private byte[] secret(Member member) throws IOException {
        expect(member, JsonToken.VALUE_STRING, "a string");
        char[] buffer = json.getTextCharacters();
        int from = json.getTextOffset();
        byte[] ascii = new byte[json.getTextLength()];
        for (int i = 0; i < ascii.length; i++) {
            // Anything outside ASCII becomes a byte that is no digit.
            ascii[i] = buffer[from + i] < 0x80 ? (byte) buffer[from + i] : -1;
        }
        return ascii;
    }

    private void expect(Member member, JsonToken token, String words) throws KeyFormatException {
        if (json.currentToken() != token) {
            throw new KeyFormatException("member " + member.text + ": expected " + words + ", got something else");
        }
    }
}
