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
 * @param plain whether {@code decoded} is the rendered path
 */
public record CanonicalPath(List<String> segments, boolean trailingSlash, String decoded, boolean plain) {

    /** A path of given segments, without trailing slash. */
    public static CanonicalPath ofSegments(List<String> segments) {
        return new CanonicalPath(List.copyOf(segments), false, render(segments, false), true);
    }

    /** The rendered path (canonicalization.md section 9). */
    public String text() {
        return plain ? decoded : render(segments, trailingSlash);
    }

    /** @param raw without query and fragment; empty means {@code /}; {@code null} with a flaw */
    static CanonicalPath of(String raw, Flaw flaw) {
        String decoded = Octets.decodePath(raw.isEmpty() ? "/" : raw, flaw);
        if (decoded == null) {
            return null;
        }
        List<String> segments = new ArrayList<>(8);
        boolean plain = decoded.charAt(0) == '/';
        int length = decoded.length();
        for (int from = 0; from <= length; ) {
            int to = decoded.indexOf('/', from);
            to = to < 0 ? length : to;
            if (isParent(decoded, from, to)) {
                if (segments.isEmpty()) {
                    return flaw.is(CanonicalError.UNDERFLOW);
                }
                segments.remove(segments.size() - 1);
                plain = false;
            } else {
                plain &= append(segments, decoded, from, to);
            }
            from = to + 1;
        }
        boolean trailing = raw.length() > 1 && raw.endsWith("/") && !segments.isEmpty();
        plain &= trailing == (decoded.endsWith("/") && length > 1);
        return new CanonicalPath(Collections.unmodifiableList(segments), trailing, decoded, plain);
    }

    /** Whether a piece is {@code ..}, perhaps with parameters. */
    private static boolean isParent(String path, int from, int to) {
        return to - from >= 2 && path.charAt(from) == '.' && path.charAt(from + 1) == '.' && (to - from == 2 || path.charAt(from + 2) == ';');
    }

    /** Adds one piece of the path; false when the rendered path will differ from the decoded one here. */
    private static boolean append(List<String> segments, String path, int from, int to) {
        int end = to;
        boolean plain = true;
        for (int i = from; i < to; i++) {
            char c = path.charAt(i);
            if (c == ';') {
                end = i;
                plain = false;
                break;
            }
            plain &= !Rendering.encodedInSegments(c);
        }
        if (end == from) {
            return plain && (from == 0 || from == path.length());
        }
        if (end == from + 1 && path.charAt(from) == '.') {
            return false;
        }
        segments.add(path.substring(from, end));
        return plain;
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
