package countersign.rules.json;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import countersign.rules.json.ObjectReader.ValueReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * A whole JSON document in memory, read within bounds: UTF-8 only, RFC 8259 to the letter, at most {@value #MAX_DEPTH} levels, names of at
 * most {@value #MAX_NAME} and texts of at most {@value #MAX_TEXT} characters where they are used, nothing but white space after the value.
 */
public final class JsonBytes {
    public static final int MAX_DEPTH = 128;
    public static final int MAX_NAME = 4096;
    public static final int MAX_TEXT = 65536;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH).maxNameLength(MAX_NAME).maxStringLength(MAX_TEXT).maxNumberLength(1000).build())
            .errorReportConfiguration(ErrorReportConfiguration.builder().maxErrorTokenLength(40).build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // Interning would let a stranger's member names fill a table of the whole JVM.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private JsonBytes() {}

    /**
     * Reads the one value of a document.
     *
     * @param maxBytes longer documents are refused unread
     * @param reader gets a parser that stands at the value's first token
     * @throws MalformedJson when the bytes are no JSON or {@code reader} refuses what they say
     */
    public static <T> T read(byte[] document, int maxBytes, ValueReader<T> reader) throws MalformedJson {
        if (document.length > maxBytes) {
            throw new MalformedJson(1, 1, "", "expected at most " + maxBytes + " bytes, got " + document.length);
        }
        CharBuffer text = decode(document);
        try (JsonParser parser = FACTORY.createParser(text.array(), 0, text.remaining())) {
            try {
                if (parser.nextToken() == null) {
                    throw MalformedJson.at(parser, "expected a JSON value, got nothing");
                }
                T value = reader.read(parser);
                if (parser.nextToken() != null) {
                    throw MalformedJson.at(parser, "expected nothing after the value");
                }
                return value;
            } catch (JsonProcessingException e) {
                throw MalformedJson.from(parser, e);
            }
        } catch (MalformedJson e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading characters in memory does no input", e);
        }
    }

    /** Drops one leading byte-order mark, which rule files may have and the platform's documents may not. */
    public static byte[] withoutMark(byte[] document) {
        boolean marked = document.length >= 3 && (document[0] & 0xFF) == 0xEF && (document[1] & 0xFF) == 0xBB && (document[2] & 0xFF) == 0xBF;
        return marked ? java.util.Arrays.copyOfRange(document, 3, document.length) : document;
    }

    private static CharBuffer decode(byte[] document) throws MalformedJson {
        // Decoding first leaves the parser no choice of encoding and finds every byte that is not UTF-8, also in skipped members.
        ByteBuffer bytes = ByteBuffer.wrap(document);
        CharBuffer text = CharBuffer.allocate(document.length);
        var decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            var result = decoder.decode(bytes, text, true);
            if (result.isError()) {
                result.throwException();
            }
            return text.flip();
        } catch (CharacterCodingException e) {
            text.flip();
            int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
            int column = text.length() - text.toString().lastIndexOf('\n');
            throw new MalformedJson(line, column, "", "expected UTF-8, got byte " + bytes.position() + " that is not");
        }
    }
}
