package countersign.launcher;

import org.apache.felix.framework.Logger;

/** The framework's own messages on standard error: standard output holds only what scripts read. */
final class FrameworkLog extends Logger {
    private static final String[] LEVELS = {"", "ERROR", "WARNING", "INFO", "DEBUG"};

    @Override
    protected void doLog(int level, String message, Throwable cause) {
        System.err.println("countersign: framework: " + LEVELS[Math.max(0, Math.min(level, LEVELS.length - 1))] + " " + message
            + (cause == null ? "" : " (" + cause + ")"));
    }
}
