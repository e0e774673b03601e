package countersign.provisioning;

import static java.util.Objects.requireNonNull;

/** Whether provisioning has finished for the one who asked, and what is missing; {@code errorMessage} may be empty. */
public record ProvisionReport(boolean finished, String errorMessage) {
    public ProvisionReport {
        requireNonNull(errorMessage, "errorMessage");
    }
}
