package countersign.authorization.engine.decision;

import java.util.ArrayList;
import java.util.List;

/**
 * Paths of executables, equal by components: repeated separators, {@code .} components after the first and a trailing separator are ignored,
 * {@code ..} and links are not resolved (authorization.md section 6.3).
 */
final class ExePath {
    private ExePath() {}

    /** Two paths are equal when their normal texts are. */
    static String normal(String path) {
        return isNormal(path) ? path : rebuild(path);
    }

    private static boolean isNormal(String path) {
        int length = path.length();
        for (int i = 0; i < length; i++) {
            if (path.charAt(i) == '/' && (i + 1 == length || path.charAt(i + 1) == '/' || isDot(path, i + 1))) {
                return length == 1;
            }
        }
        return true;
    }

    private static boolean isDot(String path, int at) {
        return path.charAt(at) == '.' && (at + 1 == path.length() || path.charAt(at + 1) == '/');
    }

    private static String rebuild(String path) {
        boolean absolute = path.startsWith("/");
        List<String> components = new ArrayList<>();
        String[] pieces = path.split("/", -1);
        for (int i = 0; i < pieces.length; i++) {
            boolean leadingDot = i == 0 && pieces[i].equals(".");
            if (!pieces[i].isEmpty() && (!pieces[i].equals(".") || leadingDot)) {
                components.add(pieces[i]);
            }
        }
        return (absolute ? "/" : "") + String.join("/", components);
    }
}
