package countersign.configuration;

import java.util.function.UnaryOperator;

/** Replaces {@code %NAME%} in folder names (secure-channel.md section 12). */
final class Placeholders {
    private Placeholders() {}

    /**
     * Replaces each {@code %NAME%} by the variable's value, or by {@code NAME} itself when there is none. Values are not searched again, and
     * a single {@code %} stays.
     *
     * @param variables answers {@code null} for an unset name
     */
    static String replace(String text, UnaryOperator<String> variables) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (true) {
            int open = text.indexOf('%', at);
            int close = open < 0 ? -1 : text.indexOf('%', open + 1);
            if (close < 0) {
                return out.append(text, at, text.length()).toString();
            }
            String name = text.substring(open + 1, close);
            String value = name.isEmpty() ? null : variables.apply(name);
            out.append(text, at, open).append(value == null ? name : value);
            at = close + 1;
        }
    }
}
