package countersign.launcher;

import java.util.logging.LogManager;

/**
 * Keeps the log open while the agent stops. The usual log manager closes every handler in a shutdown hook of its own, which
 * runs beside ours, and what bundles say while they stop would be lost. Named by {@code java.util.logging.manager}.
 */
public final class KeptLogManager extends LogManager {
    @Override
    public void reset() {
        if (!Thread.currentThread().getClass().getName().startsWith(LogManager.class.getName())) {
            super.reset();
        }
    }
}
