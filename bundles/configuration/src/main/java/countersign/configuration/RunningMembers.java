package countersign.configuration;

import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Members that an agent keeps as they were when it started. Keys, tag files, the lock and the rules beside them belong together: were some of
 * them to move, a second agent could have the rest.
 */
final class RunningMembers {
    private static final String KEY_FOLDER = "latchKeyFolder";

    private RunningMembers() {}

    /**
     * What the file says, but for what has to wait.
     *
     * @param inForce what the agent goes by; {@code null} when it starts
     * @param postponed told what has to wait, if anything
     */
    static Map<String, Object> over(Dictionary<String, Object> inForce, Map<String, Object> file, Consumer<String> postponed) {
        Object kept = inForce == null ? null : inForce.get(KEY_FOLDER);
        if (kept == null || kept.equals(file.get(KEY_FOLDER))) {
            return file;
        }
        postponed.accept(KEY_FOLDER + " takes effect when the agent starts again; until then it is " + kept);
        Map<String, Object> next = new HashMap<>(file);
        next.put(KEY_FOLDER, kept);
        return next;
    }
}
