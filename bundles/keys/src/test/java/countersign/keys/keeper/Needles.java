package countersign.keys.keeper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds many byte sequences in one pass. */
final class Needles {
    private static final int PREFIX = 4;

    private final Map<Integer, List<Needle>> byPrefix = new HashMap<>();
    private final boolean[] firstTwo = new boolean[1 << 16];

    private record Needle(String name, byte[] bytes) {}

    /** @param bytes at least four */
    void add(String name, byte[] bytes) {
        byPrefix.computeIfAbsent(prefix(bytes, 0), ignored -> new ArrayList<>()).add(new Needle(name, bytes));
        firstTwo[(bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF] = true;
    }

    /** The name of each one found, as often as it is there. */
    List<String> in(byte[] haystack) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i + PREFIX <= haystack.length; i++) {
            if (firstTwo[(haystack[i] & 0xFF) << 8 | haystack[i + 1] & 0xFF]) {
                for (Needle needle : byPrefix.getOrDefault(prefix(haystack, i), List.of())) {
                    if (isAt(needle.bytes, haystack, i)) {
                        found.add(needle.name);
                    }
                }
            }
        }
        return found;
    }

    private static boolean isAt(byte[] needle, byte[] haystack, int from) {
        return from + needle.length <= haystack.length
                && Arrays.equals(needle, 0, needle.length, haystack, from, from + needle.length);
    }

    private static int prefix(byte[] bytes, int from) {
        return (bytes[from] & 0xFF) << 24 | (bytes[from + 1] & 0xFF) << 16 | (bytes[from + 2] & 0xFF) << 8 | bytes[from + 3] & 0xFF;
    }
}
