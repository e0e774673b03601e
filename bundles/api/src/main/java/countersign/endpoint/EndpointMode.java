package countersign.endpoint;

import java.util.Locale;
import java.util.Optional;

/** How strictly an endpoint is guarded (secure-channel.md section 3). It is redirected unless {@link #DISABLED}. */
public enum EndpointMode {
    DISABLED("Disabled"),
    AUDIT("Audit"),
    ENFORCE("Enforce");

    private final String label;

    EndpointMode(String label) {
        this.label = label;
    }

    /** The spelling of status documents and rule snapshot files: {@code Disabled}, {@code Audit}, {@code Enforce}. */
    public String label() {
        return label;
    }

    /** Reads {@code text} ignoring case and without trimming; empty when it is none of the three. */
    public static Optional<EndpointMode> parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "disabled" -> Optional.of(DISABLED);
            case "audit" -> Optional.of(AUDIT);
            case "enforce" -> Optional.of(ENFORCE);
            default -> Optional.empty();
        };
    }
}
