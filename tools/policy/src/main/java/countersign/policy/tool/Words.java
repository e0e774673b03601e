package countersign.policy.tool;

import countersign.rules.json.Text;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The words that may stand at one place, and which of them a mistyped one was meant to be. */
final class Words {
    private final Set<String> words;
    private final Map<String, String> folded = new HashMap<>();

    Words(List<String> words) {
        this.words = new HashSet<>(words);
        words.forEach(word -> folded.putIfAbsent(fold(word), word));
    }

    boolean has(String word) {
        return words.contains(word);
    }

    /** A question to append to a complaint; empty when no word differs in case or in blanks around it only. */
    String hint(String text) {
        String meant = folded.get(fold(text));
        return meant == null || meant.equals(text) ? "" : "; did you mean " + Text.quote(meant) + '?';
    }

    private static String fold(String text) {
        return Text.trim(text).toLowerCase(Locale.ROOT);
    }
}
