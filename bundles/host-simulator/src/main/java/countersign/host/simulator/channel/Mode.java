package countersign.host.simulator.channel;

import java.util.Locale;

/** How strictly a service treats signatures. */
public enum Mode {
    DISABLED, AUDIT, ENFORCE;

    /** The mode of that name, ignoring case. */
    public static Mode of(String text) {
        for (Mode mode : values()) {
            if (mode.name().equalsIgnoreCase(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("mode " + text + ": expected disabled, audit or enforce");
    }

    /** Its name in documents. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
