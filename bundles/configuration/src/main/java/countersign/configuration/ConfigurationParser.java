package countersign.configuration;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Reads the text of a configuration file (secure-channel.md section 12) into properties: strings as {@code String}, numbers as {@code Long},
 * booleans as {@code Boolean}. A byte order mark is skipped. Members this class does not know are handed on when they are plain values,
 * because other bundles may know them, and ignored otherwise.
 */
final class ConfigurationParser {
    private static final BigInteger UNSIGNED_64_END = BigInteger.ONE.shiftLeft(64);

    private final JsonFactory json = new JsonFactory();
    private final UnaryOperator<String> variables;

    /** @param variables the environment: answers {@code null} for an unset name */
    ConfigurationParser(UnaryOperator<String> variables) {
        this.variables = variables;
    }

    /** @return the properties, in a map that ignores case like Configuration Admin does */
    Map<String, Object> parse(byte[] utf8) throws InvalidConfigurationException {
        try (JsonParser parser = json.createParser(text(utf8))) {
            return document(parser);
        } catch (JsonProcessingException e) {
            throw new InvalidConfigurationException(position(e.getLocation()) + ": not JSON: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    private Map<String, Object> document(JsonParser parser) throws IOException, InvalidConfigurationException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw invalid(parser, "expected one JSON object");
        }
        // Configuration Admin refuses names that differ only by case; among unknown ones the last wins.
        Map<String, Object> properties = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Set<Member> seen = EnumSet.noneOf(Member.class);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            Member member = Member.named(name);
            if (member == null) {
                parser.nextToken();
                unknown(parser, name, properties);
                continue;
            }
            if (!seen.add(member)) {
                throw invalid(parser, member.label() + ": expected once, found again");
            }
            parser.nextToken();
            known(parser, member, properties);
        }
        if (parser.nextToken() != null) {
            throw invalid(parser, "expected nothing after the JSON object");
        }
        for (Member member : Member.values()) {
            if (member.required() && !seen.contains(member)) {
                throw new InvalidConfigurationException(
                        member.label() + ": missing, expected " + member.kind().expectation());
            }
        }
        return properties;
    }

    private void known(JsonParser parser, Member member, Map<String, Object> properties)
            throws IOException, InvalidConfigurationException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL && !member.required()) {
            return;
        }
        Object value =
                switch (member.kind()) {
                    case FOLDER -> token == JsonToken.VALUE_STRING ? Placeholders.replace(parser.getText(), variables) : null;
                    case TEXT -> token == JsonToken.VALUE_STRING ? parser.getText() : null;
                    case UNSIGNED -> token == JsonToken.VALUE_NUMBER_INT ? unsigned(parser) : null;
                    case FLAG -> token.isBoolean() ? (Object) parser.getBooleanValue() : null;
                };
        if (value == null) {
            throw invalid(parser, member.label() + ": expected " + member.kind().expectation() + ", got " + described(parser));
        }
        properties.put(member.label(), value);
    }

    private static void unknown(JsonParser parser, String name, Map<String, Object> properties) throws IOException {
        JsonToken token = parser.currentToken();
        if (token.isStructStart()) {
            parser.skipChildren();
        } else if (!name.isEmpty() && Member.named(name) == null && !clashes(name)) {
            switch (token) {
                case VALUE_STRING -> properties.put(name, parser.getText());
                case VALUE_TRUE, VALUE_FALSE -> properties.put(name, parser.getBooleanValue());
                case VALUE_NUMBER_INT -> {
                    if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                        properties.put(name, parser.getLongValue());
                    }
                }
                default -> { }
            }
        }
    }

    /** A name that means something to the framework, or that would replace a known member in a map that ignores case. */
    private static boolean clashes(String name) {
        if (name.startsWith(".") || name.startsWith("service.") || name.startsWith("component.") || name.startsWith("felix.")) {
            return true;
        }
        for (Member member : Member.values()) {
            if (member.label().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Unsigned 64 bit; what does not fit a {@code long} is more seconds or files than there can be, and is lowered to its maximum. */
    private static Long unsigned(JsonParser parser) throws IOException {
        BigInteger value = parser.getBigIntegerValue();
        if (value.signum() < 0 || value.compareTo(UNSIGNED_64_END) >= 0) {
            return null;
        }
        return value.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
    }

    private static String text(byte[] utf8) throws InvalidConfigurationException {
        boolean marked = utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB && utf8[2] == (byte) 0xBF;
        int start = marked ? 3 : 0;
        ByteBuffer bytes = ByteBuffer.wrap(utf8, start, utf8.length - start);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidConfigurationException("byte " + bytes.position() + ": expected UTF-8");
        }
    }

    private static String described(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            case VALUE_NULL -> "null";
            default -> parser.getText();
        };
    }

    private static InvalidConfigurationException invalid(JsonParser parser, String problem) {
        return new InvalidConfigurationException(position(parser.currentTokenLocation()) + ": " + problem);
    }

    private static String position(JsonLocation location) {
        return location == null ? "line 1" : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
