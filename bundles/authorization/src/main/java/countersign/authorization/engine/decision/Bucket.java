package countersign.authorization.engine.decision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The privileges of one path, found by the query parameters they require: many privileges may share a path and differ only in a parameter.
 * Filled by one thread, then read by any.
 */
final class Bucket {
    private int[] unconditional = {};
    private int count;
    private Map<String, Map<String, List<Requirement>>> byFirstKey = Map.of();

    private record Requirement(int privilege, Map<String, Set<String>> query) {
        boolean holds(Map<String, List<String>> request) {
            for (Map.Entry<String, Set<String>> required : query.entrySet()) {
                if (!anyOf(request.get(required.getKey()), required.getValue())) {
                    return false;
                }
            }
            return true;
        }

        private static boolean anyOf(List<String> values, Set<String> accepted) {
            if (values != null) {
                for (int i = 0; i < values.size(); i++) {
                    if (accepted.contains(values.get(i))) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    void add(int privilege, Map<String, Set<String>> required) {
        if (required.isEmpty()) {
            if (count == unconditional.length) {
                unconditional = Arrays.copyOf(unconditional, Math.max(1, 2 * count));
            }
            unconditional[count++] = privilege;
            return;
        }
        if (byFirstKey.isEmpty()) {
            byFirstKey = new HashMap<>(2);
        }
        Requirement requirement = new Requirement(privilege, required);
        // Any one key will do to find it; the others are compared afterwards.
        Map.Entry<String, Set<String>> first = required.entrySet().iterator().next();
        Map<String, List<Requirement>> byValue = byFirstKey.computeIfAbsent(first.getKey(), key -> new HashMap<>(2));
        for (String value : first.getValue()) {
            byValue.computeIfAbsent(value, any -> new ArrayList<>(1)).add(requirement);
        }
    }

    /** Offers every privilege whose query constraints hold; true when one of them grants. */
    boolean offerTo(Evaluation evaluation, Queries request) {
        for (int i = 0; i < count; i++) {
            if (evaluation.offer(unconditional[i])) {
                return true;
            }
        }
        return !byFirstKey.isEmpty() && offerConstrained(evaluation, request.query());
    }

    private boolean offerConstrained(Evaluation evaluation, Map<String, List<String>> query) {
        if (query.size() < byFirstKey.size()) {
            for (Map.Entry<String, List<String>> pair : query.entrySet()) {
                if (offer(evaluation, byFirstKey.get(pair.getKey()), pair.getValue(), query)) {
                    return true;
                }
            }
            return false;
        }
        for (Map.Entry<String, Map<String, List<Requirement>>> entry : byFirstKey.entrySet()) {
            if (offer(evaluation, entry.getValue(), query.get(entry.getKey()), query)) {
                return true;
            }
        }
        return false;
    }

    private static boolean offer(
            Evaluation evaluation, Map<String, List<Requirement>> byValue, List<String> values, Map<String, List<String>> query) {
        if (byValue == null || values == null) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            List<Requirement> found = byValue.get(values.get(i));
            for (int j = 0; found != null && j < found.size(); j++) {
                Requirement requirement = found.get(j);
                if (requirement.holds(query) && evaluation.offer(requirement.privilege)) {
                    return true;
                }
            }
        }
        return false;
    }
}
