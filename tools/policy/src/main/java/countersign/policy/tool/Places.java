package countersign.policy.tool;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.MalformedJson;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Line and column of every value of a JSON text, by JSON Pointer. */
final class Places {
    private final Map<String, String> places;

    private Places(Map<String, String> places) {
        this.places = places;
    }

    static Places of(byte[] json, int maxBytes) throws MalformedJson {
        return JsonBytes.read(json, maxBytes, parser -> {
            Map<String, String> places = new HashMap<>();
            int depth = 0;
            do {
                JsonToken token = parser.currentToken();
                if (token.isStructStart()) {
                    // Of a repeated member the first counts, which is the one an author finds first.
                    places.putIfAbsent(pointer(parser, true), place(parser));
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token.isScalarValue()) {
                    places.putIfAbsent(pointer(parser, false), place(parser));
                }
            } while (depth > 0 && parser.nextToken() != null);
            return new Places(places);
        });
    }

    /** For example {@code 3:14}; the document's beginning for a value that is not there. */
    String of(String pointer) {
        return places.getOrDefault(pointer, "1:1");
    }

    /** Orders values as they stand in the text. */
    int compare(String pointer, String other) {
        String[] one = of(pointer).split(":");
        String[] two = of(other).split(":");
        int lines = Integer.compare(Integer.parseInt(one[0]), Integer.parseInt(two[0]));
        return lines != 0 ? lines : Integer.compare(Integer.parseInt(one[1]), Integer.parseInt(two[1]));
    }

    private static String pointer(JsonParser parser, boolean container) {
        var context = container ? parser.getParsingContext().getParent() : parser.getParsingContext();
        return context == null ? "" : context.pathAsPointer().toString();
    }

    private static String place(JsonParser parser) throws IOException {
        var location = parser.currentTokenLocation();
        return location.getLineNr() + ":" + location.getColumnNr();
    }
}
