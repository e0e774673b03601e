package countersign.authorization.engine.decision;

import countersign.authorization.engine.canonical.Canonical;
import java.util.HashMap;
import java.util.List;
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
    }

    void add(int privilege, PrivilegeRule.Pattern pattern) {
        Node node = root;
        for (String segment : pattern.segments()) {
            node = node.children.computeIfAbsent(segment, any -> new Node());
        }
        if (!pattern.neverInStrict()) {
            node.trusted.add(privilege, pattern.required());
            return;
        }
        if (node.untrusted == null) {
            node.untrusted = new Bucket();
        }
        node.untrusted.add(privilege, pattern.required());
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
            if (node.trusted.constrains(keys) || node.untrusted != null && node.untrusted.constrains(keys)) {
                return true;
            }
            node = i < segments.size() ? node.children.get(segments.get(i)) : null;
        }
        return false;
    }
}
