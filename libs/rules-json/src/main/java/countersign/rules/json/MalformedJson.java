package countersign.rules.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/**
 * A document that is not what was expected. The message names line, column, member and what was expected, for example
 * {@code line 3, column 17, /imds/mode: expected a string, got a number}; it never quotes more than a few words of the document.
 */
public final class MalformedJson extends IOException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;
    private final String member;
    private final String problem;

    private MalformedJson(JsonLocation where, String member, String problem) {
        // The parser counts from 0 where nothing is.
        this(where.getLineNr(), Math.max(1, where.getColumnNr()), member, problem);
    }

    MalformedJson(int line, int column, String member, String problem) {
        super("line " + line + ", column " + column + (member.isEmpty() ? "" : ", " + member) + ": " + problem);
        this.line = line;
        this.column = column;
        this.member = member;
        this.problem = problem;
    }

    /** Blames the value the parser stands at. */
    public static MalformedJson at(JsonParser parser, String problem) {
        JsonLocation where = parser.currentTokenLocation();
        String member = Text.shorten(parser.getParsingContext().pathAsPointer().toString(), 200);
        return new MalformedJson(where, member, problem);
    }

    /** Turns the parser's own complaint into one of ours: same place, shortened text, no excerpt of the source. */
    static MalformedJson from(JsonParser parser, JsonProcessingException complaint) {
        JsonLocation where = complaint.getLocation() == null ? parser.currentLocation() : complaint.getLocation();
        String member = Text.shorten(parser.getParsingContext().pathAsPointer().toString(), 200);
        return new MalformedJson(where, member, Text.shorten(complaint.getOriginalMessage(), 200));
    }

    /** Counted from 1. */
    public int line() {
        return line;
    }

    /** Counted from 1, in characters. */
    public int column() {
        return column;
    }

    /** JSON Pointer (RFC 6901) of the value, empty for the document itself, shortened when very long. */
    public String member() {
        return member;
    }

    /** What was expected and what was found, without the place. */
    public String problem() {
        return problem;
    }
}
