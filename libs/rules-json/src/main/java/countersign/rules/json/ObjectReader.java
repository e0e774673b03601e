package countersign.rules.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Walks one JSON object as authorization.md section 2.1 demands: member names compared exactly, unknown members skipped whatever they hold,
 * a repeated known member refused, no coercion of types, an absent optional member the same as {@code null}.
 *
 * <pre>{@code
 * ObjectReader object = ObjectReader.open(parser, "name", "path");
 * String name = null;
 * for (String member = object.next(); member != null; member = object.next()) {
 *     switch (member) {
 *         case "name" -> name = object.string();
 *         …
 *     }
 * }
 * object.require("name", name);
 * }</pre>
 *
 * <p>All methods throw {@link MalformedJson} for a document that is wrong and other {@code IOException}s as the parser does.
 */
public final class ObjectReader {
    /** Reads the value the parser stands at, leaving the parser at the value's last token. */
    @FunctionalInterface
    public interface ValueReader<T> {
        T read(JsonParser parser) throws IOException;
    }

    private final JsonParser parser;
    private final List<String> members;
    private final boolean[] seen;
    private final boolean positional;
    private int position;

    private ObjectReader(JsonParser parser, boolean positional, List<String> members) {
        this.parser = parser;
        this.members = members;
        this.seen = new boolean[members.size()];
        this.positional = positional;
    }

    /**
     * Enters the object the parser stands at.
     *
     * @param members the names that {@link #next} shall report
     */
    public static ObjectReader open(JsonParser parser, String... members) throws IOException {
        return open(parser, false, members);
    }

    /** @param positional whether an array of all members' values, in order, may stand for the object, as the reference allows */
    static ObjectReader open(JsonParser parser, boolean positional, String... members) throws IOException {
        boolean array = positional && parser.currentToken() == JsonToken.START_ARRAY;
        if (!array && parser.currentToken() != JsonToken.START_OBJECT) {
            throw expected(parser, "an object");
        }
        return new ObjectReader(parser, array, List.of(members));
    }

    /** Moves to the value of the next known member and returns its name; {@code null} after the last. */
    public String next() throws IOException {
        return positional ? nextByPosition() : nextByName();
    }

    /** The string the parser stands at. */
    public String string() throws IOException {
        return string(parser);
    }

    /** The string the parser stands at, or empty for {@code null}. */
    public Optional<String> optionalString() throws IOException {
        return optional(ObjectReader::string);
    }

    /** {@code true} or {@code false}, no text. */
    public boolean bool() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw expected(parser, "true or false");
        };
    }

    /** A whole number within bounds, written without fraction and exponent. */
    public long integer(long least, long most) throws IOException {
        String bounds = "a whole number from " + least + " to " + most;
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw expected(parser, bounds);
        }
        // Nineteen digits and a sign hold every long; longer ones are not worth parsing.
        long value;
        try {
            value = Long.parseLong(parser.getText());
        } catch (NumberFormatException e) {
            throw MalformedJson.at(parser, "expected " + bounds + ", got a number out of range");
        }
        if (value < least || value > most) {
            throw MalformedJson.at(parser, "expected " + bounds + ", got " + value);
        }
        return value;
    }

    /** What {@code reader} makes of the value, or empty for {@code null}. */
    public <T> Optional<T> optional(ValueReader<T> reader) throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(reader.read(parser));
    }

    /** A list whose every element {@code reader} accepts; immutable. */
    public <T> List<T> list(ValueReader<T> reader) throws IOException {
        return list(parser, reader);
    }

    /** The value of a required member. {@code value} is {@code null} when the member was not there. */
    public <T> T require(String member, T value) throws MalformedJson {
        if (value == null) {
            throw MalformedJson.at(parser, "expected the member " + member + ", which is missing");
        }
        return value;
    }

    /** As {@link #list(ValueReader)}, for readers of nested values. */
    public static <T> List<T> list(JsonParser parser, ValueReader<T> reader) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw expected(parser, "a list");
        }
        List<T> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(reader.read(parser));
        }
        return Collections.unmodifiableList(elements);
    }

    /** As {@link #string()}, for readers of nested values. */
    public static String string(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw expected(parser, "a string");
        }
        String text = parser.getText();
        if (Text.hasUnpairedSurrogate(text)) {
            throw MalformedJson.at(parser, "expected Unicode text, got half of a surrogate pair");
        }
        return text;
    }

    /** The refusal of the value the parser stands at; {@code what} completes "expected …". */
    public static MalformedJson expected(JsonParser parser, String what) {
        String got = switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "the end of the value";
        };
        return MalformedJson.at(parser, "expected " + what + ", got " + got);
    }

    private String nextByName() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int index = members.indexOf(name);
            if (index < 0) {
                parser.nextToken();
                parser.skipChildren();
                continue;
            }
            if (seen[index]) {
                throw MalformedJson.at(parser, "expected the member " + name + " once, got it again");
            }
            seen[index] = true;
            parser.nextToken();
            return name;
        }
        return null;
    }

    private String nextByPosition() throws IOException {
        boolean end = parser.nextToken() == JsonToken.END_ARRAY;
        if (position == members.size() && end) {
            return null;
        }
        if (position == members.size() || end) {
            throw MalformedJson.at(parser, "expected " + members.size() + " elements in place of an object");
        }
        return members.get(position++);
    }
}
