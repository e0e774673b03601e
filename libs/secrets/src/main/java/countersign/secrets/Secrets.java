package countersign.secrets;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces what looks like a secret by {@code [REDACTED]} (telemetry.md section 8). In doubt it takes too much, not too little. Callers
 * choose the text, so the time it takes grows with its length and no faster.
 */
public final class Secrets {
    private static final String MARK = "[REDACTED]";
    private static final Pattern NAME = anyCase("key|access|sas|shared|secret|password|pwd|pswd|credential");
    private static final Pattern CLOUD_NAME = anyCase("secret|access.?(?:key|token)");
    private static final String JWT = ".eyJ";
    private static final Pattern CACHE_KEY_END = Pattern.compile("AzCa(?:[A-P][A-Za-z0-9]{5}=|[A-Za-z0-9]{5}[AQgw])");

    /**
     * One of the spec's rules.
     *
     * @param words in lower case; a text that holds none of them has nothing for this rule
     */
    private record Rule(List<String> words, Pattern pattern) {
        String redact(String text, String lower) {
            for (String word : words) {
                if (lower.contains(word)) {
                    return pattern.matcher(text).replaceAll(MARK);
                }
            }
            return text;
        }
    }

    private static final List<Rule> RULES = List.of(
            rule("(?:pwd|password|accountkey|primarykey|secondarykey)=[^;]*+", "pwd=", "password=", "key="),
            rule("sig=[^&]*+", "sig="),
            exact("BEGIN (?:[A-Z ]{1,40} )?PRIVATE KEY-----[\\s\\S]*?(?:-----END (?:[A-Z ]{1,40} )?PRIVATE KEY|$)", "private key"),
            rule("(?:token|ado|vsts|azuredevops).[a-z2-7]{52}", "token", "ado", "vsts", "azuredevops"),
            rule("(?:azurecr.{0,50}?|pwd|pswd|password)[\"']?[:=\\s]++(?:\"[^\"]*+|'[^']*+|[^\\s\"';,]++)", "azurecr", "pwd", "pswd", "password"),
            rule("(?:(?:app|application|client|api|consumer|service)[_\\-. ]?(?:secret|key(?:[_\\-. ]?url)?)"
                    + "|(?:refresh|access|twilio)[_\\-. ]?(?:sid|token))[\\s:=>\"']++\\S{5,200}", "secret", "key", "refresh", "access", "twilio"),
            rule("[a-z][a-z0-9+.-]{2,5}+://[^\\s/:@]{0,200}+:[^\\s@]{1,200}+@\\S*+", "@"),
            rule("authorization[\\s:=\"']*+(?:value[\\s:=\"']*+)?(?:basic|digest|hoba|mutual|negotiate|oauth|bearer|scram-sha-1"
                    + "|scram-sha-256|vapid|aws4-hmac-sha256|azure-hmac-sha256)\\b.*+", "authorization"));

    private Secrets() {}

    /** The text without what looks like a secret; the same object when there is nothing. Safe from any thread. */
    public static String redact(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String redacted = text;
        for (Rule rule : RULES) {
            redacted = rule.redact(redacted, lower);
        }
        return redactTokens(redactKeys(redactCacheKeys(redacted)));
    }

    /** Found by their second half, because at each letter of a text their first half would be looked for. */
    private static String redactCacheKeys(String text) {
        StringBuilder out = null;
        int copied = 0;
        for (Matcher end = CACHE_KEY_END.matcher(text); end.find(); ) {
            int length = text.charAt(end.end() - 1) == '=' ? 33 : 44;
            int from = end.start();
            while (from > copied && end.start() - from < length && isAlphanumeric(text.charAt(from - 1))) {
                from--;
            }
            if (end.start() - from == length) {
                out = out == null ? new StringBuilder(text.length()) : out;
                out.append(text, copied, from).append(MARK);
                copied = end.end();
            }
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }

    /** Runs of Base64 as long as keys are, not far behind a word that names one. */
    private static String redactKeys(String text) {
        StringBuilder out = null;
        int copied = 0;
        int run = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && isBase64(text.charAt(i))) {
                run++;
                continue;
            }
            int from = run >= 40 ? named(text, copied, i - run, i) : -1;
            if (from >= 0) {
                out = out == null ? new StringBuilder(text.length()) : out;
                out.append(text, copied, from).append(MARK);
                copied = i;
                while (copied < text.length() && copied < i + 2 && text.charAt(copied) == '=') {
                    copied++;
                }
            }
            run = 0;
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }

    /** Where the word begins that makes the run a key; -1 when it is none. */
    private static int named(String text, int floor, int start, int end) {
        int length = end - start;
        boolean padded = end < text.length() && text.charAt(end) == '=';
        if (padded && (length == 43 || length == 86)) {
            return lastNamed(NAME, text, floor, start, 200);
        }
        return length == 40 ? lastNamed(CLOUD_NAME, text, floor, start, 10) : -1;
    }

    /** The first match that ends at most {@code distance} characters before the delimiter in front of {@code start}. */
    private static int lastNamed(Pattern pattern, String text, int floor, int start, int distance) {
        int delimiter = start - 1;
        if (delimiter < floor) {
            return -1;
        }
        Matcher name = pattern.matcher(text).region(Math.max(floor, delimiter - distance - 16), delimiter);
        while (name.find()) {
            if (delimiter - name.end() <= distance) {
                return name.start();
            }
        }
        return -1;
    }

    /** JSON web tokens, found by the second of their parts: the first may be long. */
    private static String redactTokens(String text) {
        StringBuilder out = null;
        int copied = 0;
        for (int dot = text.indexOf(JWT); dot >= 0; dot = text.indexOf(JWT, dot + 1)) {
            int first = dot;
            while (first > copied && isBase64Url(text.charAt(first - 1))) {
                first--;
            }
            int from = text.indexOf("eyJ", first);
            if (from < dot) {
                out = out == null ? new StringBuilder(text.length()) : out;
                out.append(text, copied, from).append(MARK);
                copied = dot;
                while (copied < text.length() && (text.charAt(copied) == '.' || isBase64Url(text.charAt(copied)))) {
                    copied++;
                }
            }
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }

    private static boolean isBase64(char c) {
        return isAlphanumeric(c) || c == '+' || c == '/';
    }

    private static boolean isBase64Url(char c) {
        return isAlphanumeric(c) || c == '-' || c == '_';
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static Rule rule(String pattern, String... words) {
        return new Rule(List.of(words), anyCase(pattern));
    }

    private static Rule exact(String pattern, String... words) {
        return new Rule(List.of(words), Pattern.compile(pattern));
    }

    private static Pattern anyCase(String pattern) {
        return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    }
}
