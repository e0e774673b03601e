package countersign.authorization.engine.decision;

import countersign.authorization.engine.canonical.Canonical;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds the privileges whose segments are the first segments of a request (canonicalization.md section 6). A tree of segments, filled by one
 * thread, then read by any.
 */
final class SegmentIndex {
    private final Node root = new Node();

    private static final class Node {
        private final Map<String, Node> children = new HashMap<>(2);
        /** Patterns that count in both profiles. */
        private final Bucket trusted = new Bucket();
        /** Patterns that the strict profile does not use. */
        private Bucket untrusted;
        /** The parameters that privileges of this path constrain, be they without a pattern. */
        private Set<String> keys = Set.of();
    }

    /**
     * A key in the one spelling of all that either matcher takes for it: the compat matcher folds all of Unicode and knows plus signs, the
     * canonical one folds ASCII and knows blanks.
     */
    static String alike(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c >= 0x80 || c == '+' || c >= 'A' && c <= 'Z') {
                return key.toLowerCase(Locale.ROOT).replace('+', ' ');
            }
        }
        return key;
    }

    void add(int privilege, PrivilegeRule.Pattern pattern) {
        constrain(pattern.segments(), pattern.required().keySet());
        Node node = node(pattern.segments());
        if (!pattern.neverInStrict()) {
            node.trusted.add(privilege, pattern.required());
            return;
        }
        if (node.untrusted == null) {
            node.untrusted = new Bucket();
        }
        node.untrusted.add(privilege, pattern.required());
    }

    /** Takes down that a privilege of this path constrains these keys. */
    void constrain(List<String> segments, Set<String> keys) {
        Node node = node(segments);
        for (String key : keys) {
            node.keys = node.keys.isEmpty() ? new HashSet<>(2) : node.keys;
            node.keys.add(alike(key));
        }
    }

    private Node node(List<String> segments) {
        Node node = root;
        for (String segment : segments) {
            node = node.children.computeIfAbsent(segment, any -> new Node());
        }
        return node;
    }

    /** Offers every privilege that matches; true when one grants. {@code patterns} says whose patterns count. */
    boolean offerTo(Evaluation evaluation, Canonical.Form request, Profile patterns) {
        Queries queries = request::query;
        List<String> segments = request.path().segments();
        Node node = root;
        for (int i = 0; node != null; i++) {
            if (node.trusted.offerTo(evaluation, queries)) {
                return true;
            }
            if (patterns == Profile.COMPAT && node.untrusted != null && node.untrusted.offerTo(evaluation, queries)) {
                return true;
            }
            node = i < segments.size() ? node.children.get(segments.get(i)) : null;
        }
        return false;
    }

    /** Whether a privilege whose segments match constrains one of {@code keys}. */
    boolean constrains(Canonical.Form request, Set<String> keys) {
        List<String> segments = request.path().segments();
        Node node = root;
        for (int i = 0; node != null; i++) {
            if (!Collections.disjoint(node.keys, keys)) {
                return true;
            }
            node = i < segments.size() ? node.children.get(segments.get(i)) : null;
        }
        return false;
    }
}
