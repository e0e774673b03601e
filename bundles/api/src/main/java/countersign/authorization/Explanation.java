package countersign.authorization;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * Why a request was decided as it was. For audit events and operators: only {@link #decisionId}, {@link #stage}, endpoint,
 * {@link #canonicalPath} and {@link #epoch} may be told to the caller.
 *
 * @param decisionId names this decision in the 403 body, the audit event and the tools; unique while the agent runs
 * @param epoch number of the policy snapshot
 * @param service rule set that was consulted ({@code imds}, {@code wireserver}), or empty
 * @param ruleSetId effective id of that rule set, or empty (authorization.md section 9.2)
 * @param canonicalPath canonical form of the path, or the error code that replaced it
 * @param privilege name of the privilege that matched first, if any did
 * @param holder name of the identity through which the privilege was granted
 * @param mismatches for a refusal by rules: the identities that hold the matched privileges, in rule order, at most 16
 * @param remedy what could be done about a refusal; {@link Remedy#NONE} when the request passed
 */
public record Explanation(
        String decisionId,
        Stage stage,
        long epoch,
        String service,
        String ruleSetId,
        String canonicalPath,
        Optional<String> privilege,
        Optional<String> holder,
        List<IdentityMismatch> mismatches,
        Remedy remedy) {
    public Explanation {
        requireNonNull(decisionId, "decisionId");
        requireNonNull(stage, "stage");
        requireNonNull(service, "service");
        requireNonNull(ruleSetId, "ruleSetId");
        requireNonNull(canonicalPath, "canonicalPath");
        requireNonNull(privilege, "privilege");
        requireNonNull(holder, "holder");
        mismatches = List.copyOf(mismatches);
        requireNonNull(remedy, "remedy");
    }

    /** Without a remedy. */
    public Explanation(
            String decisionId,
            Stage stage,
            long epoch,
            String service,
            String ruleSetId,
            String canonicalPath,
            Optional<String> privilege,
            Optional<String> holder,
            List<IdentityMismatch> mismatches) {
        this(decisionId, stage, epoch, service, ruleSetId, canonicalPath, privilege, holder, mismatches, Remedy.NONE);
    }
}
