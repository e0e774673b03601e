package countersign.authorization.engine.decision;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Finds the privileges whose path is a prefix of a request path, character by character (authorization.md section 6.1), in time that depends
 * on the request's length, not on the number of privileges. A radix tree, filled by one thread, then read by any.
 */
final class PrefixIndex {
    private final Node root = new Node("");

    /** The edges of a node are sorted by their first character, no two of which are equal. */
    private static final class Node {
        private String label;
        private char[] firsts = {};
        private Node[] children = {};
        private Bucket bucket;

        Node(String label) {
            this.label = label;
        }

        Bucket bucket() {
            if (bucket == null) {
                bucket = new Bucket();
            }
            return bucket;
        }

        void insert(int at, Node child) {
            firsts = Arrays.copyOf(firsts, firsts.length + 1);
            children = Arrays.copyOf(children, children.length + 1);
            System.arraycopy(firsts, at, firsts, at + 1, firsts.length - 1 - at);
            System.arraycopy(children, at, children, at + 1, children.length - 1 - at);
            firsts[at] = child.label.charAt(0);
            children[at] = child;
        }
    }

    void add(int privilege, String path, Map<String, Set<String>> required) {
        Node node = root;
        int position = 0;
        while (position < path.length()) {
            int at = Arrays.binarySearch(node.firsts, path.charAt(position));
            if (at < 0) {
                Node leaf = new Node(path.substring(position));
                node.insert(-at - 1, leaf);
                node = leaf;
                break;
            }
            Node child = node.children[at];
            int shared = sharedLength(child.label, path, position);
            if (shared < child.label.length()) {
                child = split(node, at, shared);
            }
            node = child;
            position += shared;
        }
        node.bucket().add(privilege, required);
    }

    /** Offers every privilege that matches; true when one grants. */
    boolean offerTo(Evaluation evaluation, CompatRequest request) {
        String path = request.path();
        Node node = root;
        int position = 0;
        while (true) {
            if (node.bucket != null && node.bucket.offerTo(evaluation, request)) {
                return true;
            }
            int at = position < path.length() ? Arrays.binarySearch(node.firsts, path.charAt(position)) : -1;
            if (at < 0 || !path.startsWith(node.children[at].label, position)) {
                return false;
            }
            node = node.children[at];
            position += node.label.length();
        }
    }

    private static Node split(Node parent, int at, int length) {
        Node lower = parent.children[at];
        Node upper = new Node(lower.label.substring(0, length));
        lower.label = lower.label.substring(length);
        upper.insert(0, lower);
        parent.children[at] = upper;
        return upper;
    }

    private static int sharedLength(String label, String path, int position) {
        int limit = Math.min(label.length(), path.length() - position);
        int i = 0;
        while (i < limit && label.charAt(i) == path.charAt(position + i)) {
            i++;
        }
        return i;
    }
}
