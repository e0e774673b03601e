package countersign.configuration;

import static java.util.Objects.requireNonNull;

import countersign.configuration.ConfigurationFile.Reading;
import countersign.configuration.ConfigurationFile.Stamp;
import java.util.Map;

/** Follows the configuration file: what is valid is taken over, what is not is reported once and changes nothing. One thread. */
final class ConfigurationWatch {
    /** Takes what the watch finds. */
    interface Listener {
        /** A valid configuration, at the start and after each change. */
        void valid(Map<String, Object> properties);

        /** There is no valid configuration at the start. */
        void unusable(String message);

        /** A change made the file invalid; the last good configuration stays. */
        void ignored(String message);
    }

    private final ConfigurationFile file;
    private final Listener listener;
    private Stamp settled;
    private Stamp suspect;

    ConfigurationWatch(ConfigurationFile file, Listener listener) {
        this.file = requireNonNull(file, "file");
        this.listener = requireNonNull(listener, "listener");
    }

    /** Reads the file for the first time. */
    void start() {
        settled = file.stamp();
        Reading reading = file.read();
        if (reading instanceof Reading.Valid valid) {
            listener.valid(valid.properties());
        } else if (reading instanceof Reading.Invalid invalid) {
            listener.unusable(invalid.message());
        }
    }

    /** Looks for a change; call every second. */
    void poll() {
        Stamp now = file.stamp();
        if (now.equals(settled)) {
            suspect = null;
            return;
        }
        Reading reading = file.read();
        if (reading instanceof Reading.Valid valid) {
            listener.valid(valid.properties());
            settled = now;
            suspect = null;
        } else if (!now.equals(suspect)) {
            // Perhaps it is just being written: only what is still there at the next look is reported.
            suspect = now;
        } else if (reading instanceof Reading.Invalid invalid) {
            settled = now;
            suspect = null;
            listener.ignored(invalid.message());
        }
    }
}
