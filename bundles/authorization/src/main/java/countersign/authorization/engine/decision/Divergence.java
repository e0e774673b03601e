package countersign.authorization.engine.decision;

import java.util.Locale;

/** The line that reports a request on which compat and strict disagree (canonicalization.md section 1). Its form is a contract. */
public final class Divergence {
    private static final int LONGEST_URI = 2048;

    private Divergence() {}

    static String line(CanonicalMode mode, String ruleSet, RuleVerdict legacy, RuleVerdict strict, String target) {
        return "CANON_DIVERGENCE mode=" + mode.name().toLowerCase(Locale.ROOT) + " rule_set=" + ruleSet + " legacy=" + legacy.label()
                + " canon=" + strict.label() + " uri=\"" + escape(target) + '"';
    }

    private static String escape(String target) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < target.length() && i < LONGEST_URI; i++) {
            char c = target.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7F) {
                text.append(String.format("\\x%02x", (int) c));
            } else {
                text.append(c);
            }
        }
        return target.length() > LONGEST_URI ? text.append('…').toString() : text.toString();
    }
}
