package countersign.policy.tool;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.MalformedJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Line and column of some values of a JSON text, by JSON Pointer. */
final class Places {
    private static final Place BEGINNING = new Place(1, 1);

    private final Map<String, Place> places;

    private Places(Map<String, Place> places) {
        this.places = places;
    }

    /** Counted from 1; reads for example {@code 3:14}. */
    record Place(int line, int column) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return line != other.line ? Integer.compare(line, other.line) : Integer.compare(column, other.column);
        }

        @Override
        public String toString() {
            return line + ":" + column;
        }
    }

    /** @param wanted only these are kept, since a small text can hold many more values than anybody asks for */
    static Places of(byte[] json, int maxBytes, Set<String> wanted) throws MalformedJson {
        int deepest = wanted.stream().mapToInt(Places::depth).max().orElse(0);
        return JsonBytes.read(json, maxBytes, parser -> {
            Map<String, Place> places = new HashMap<>();
            int depth = 0;
            do {
                JsonToken token = parser.currentToken();
                depth -= token.isStructEnd() ? 1 : 0;
                boolean value = token.isStructStart() || token.isScalarValue();
                if (value && depth <= deepest) {
                    String pointer = pointer(parser, token.isStructStart());
                    // Of a member that is there more than once the last counts, as for everybody else who reads the text.
                    if (wanted.contains(pointer)) {
                        places.put(pointer, place(parser));
                    }
                }
                depth += token.isStructStart() ? 1 : 0;
            } while (depth > 0 && parser.nextToken() != null);
            return new Places(places);
        });
    }

    /** The document's beginning for a value that is not there. */
    Place of(String pointer) {
        return places.getOrDefault(pointer, BEGINNING);
    }

    private static int depth(String pointer) {
        return (int) pointer.chars().filter(c -> c == '/').count();
    }

    private static String pointer(JsonParser parser, boolean container) {
        var context = container ? parser.getParsingContext().getParent() : parser.getParsingContext();
        return context == null ? "" : context.pathAsPointer().toString();
    }

    private static Place place(JsonParser parser) {
        var location = parser.currentTokenLocation();
        return new Place(location.getLineNr(), location.getColumnNr());
    }
}
