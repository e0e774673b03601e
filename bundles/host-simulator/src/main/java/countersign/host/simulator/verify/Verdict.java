package countersign.host.simulator.verify;

import java.util.Objects;

/**
 * The outcome of verification.
 *
 * @param kind what happens to the request
 * @param reason the row that decided
 * @param signature what checks 3 to 8 alone say, whether or not they mattered; {@code null} if they could not run
 */
public record Verdict(Kind kind, Reason reason, Reason signature) {
    /** What happens to a request. */
    public enum Kind {
        SERVE("serve"),
        SERVE_COUNTED("serve-counted"),
        REFUSE("refuse");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Its name in the journal. */
        public String text() {
            return text;
        }
    }

    public Verdict {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "reason");
    }
}
