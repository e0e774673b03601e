package countersign.authorization.engine.canonical;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A path as segments (canonicalization.md section 3). The root marker is implied: no segment at all is {@code /}.
 *
 * @param segments immutable; ASCII lower case, no slash in any of them
 * @param trailingSlash the raw path ended with a slash; takes no part in matching
 * @param decoded the whole path after decoding once and folding ASCII case, before anything was cut or resolved
 * @param whole whether nothing was cut or resolved: the segments with slashes between them are {@code decoded}
 */
public record CanonicalPath(List<String> segments, boolean trailingSlash, String decoded, boolean whole) {

    /** A path of given segments, without trailing slash. */
    public static CanonicalPath ofSegments(List<String> segments) {
        return new CanonicalPath(List.copyOf(segments), false, '/' + String.join("/", segments), true);
    }

    /** The rendered path (canonicalization.md section 9). */
    public String text() {
        return whole && !Rendering.isEncodedInPaths(decoded) ? decoded : render(segments, trailingSlash);
    }

    /** @param raw without query and fragment; empty means {@code /}; {@code null} with a flaw */
    static CanonicalPath of(String raw, Flaw flaw) {
        String decoded = Octets.decodePath(raw.isEmpty() ? "/" : raw, flaw);
        if (decoded == null) {
            return null;
        }
        List<String> segments = new ArrayList<>(8);
        boolean parameters = decoded.indexOf(';') >= 0;
        boolean whole = !parameters && decoded.charAt(0) == '/';
        int length = decoded.length();
        for (int from = 0; from <= length; ) {
            int to = decoded.indexOf('/', from);
            to = to < 0 ? length : to;
            int end = parameters ? endOfSegment(decoded, from, to) : to;
            if (isParent(decoded, from, end)) {
                if (segments.isEmpty()) {
                    return flaw.is(CanonicalError.UNDERFLOW);
                }
                segments.remove(segments.size() - 1);
                whole = false;
            } else if (end == from) {
                whole &= from == 0 || from == length;
            } else if (end == from + 1 && decoded.charAt(from) == '.') {
                whole = false;
            } else {
                segments.add(decoded.substring(from, end));
            }
            from = to + 1;
        }
        boolean trailing = raw.length() > 1 && raw.endsWith("/") && !segments.isEmpty();
        whole &= trailing == (decoded.endsWith("/") && length > 1);
        return new CanonicalPath(Collections.unmodifiableList(segments), trailing, decoded, whole);
    }

    private static boolean isParent(String path, int from, int end) {
        return end == from + 2 && path.charAt(from) == '.' && path.charAt(from + 1) == '.';
    }

    /** Where the parameters of a piece begin, or its end. */
    private static int endOfSegment(String path, int from, int to) {
        int semicolon = path.indexOf(';', from);
        return semicolon < 0 || semicolon > to ? to : semicolon;
    }

    private static String render(List<String> segments, boolean trailing) {
        StringBuilder text = new StringBuilder("/");
        for (int i = 0; i < segments.size(); i++) {
            if (i > 0) {
                text.append('/');
            }
            Rendering.appendSegment(text, segments.get(i));
        }
        return trailing ? text.append('/').toString() : text.toString();
    }
}
