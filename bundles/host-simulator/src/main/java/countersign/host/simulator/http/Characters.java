package countersign.host.simulator.http;

/** The character classes of RFC 9110 and of signing.md section 5. */
final class Characters {
    private Characters() {}

    /** RFC 9110 section 5.6.2. */
    static boolean token(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    static boolean hex(int c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    /** Whether a target has an accepted form and only accepted characters. */
    static boolean target(String target) {
        boolean absolute = Request.isAbsolute(target);
        if (!absolute && !target.startsWith("/")) {
            return target.equals("*");
        }
        boolean query = false;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (!query && c == '?') {
                query = true;
            } else if (!(query ? inQuery(c) : inPath(c))) {
                return false;
            }
        }
        return true;
    }

    private static boolean inPath(char c) {
        return c == 0x21 || c == 0x22 || c >= 0x24 && c <= 0x3b || c == 0x3d || c >= 0x40 && c <= 0x5f || c >= 0x61 && c <= 0x7e;
    }

    private static boolean inQuery(char c) {
        return c == 0x21 || c >= 0x24 && c <= 0x3b || c == 0x3d || c >= 0x3f && c <= 0x7e;
    }

    /** Without blanks and tabs at both ends; anything else stays, unlike with {@link String#trim()}. */
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && blank(text.charAt(from))) {
            from++;
        }
        while (to > from && blank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }
}
