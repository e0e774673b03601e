package countersign.policy;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** Gives a role to identities, by name (authorization.md section 2.5). */
public record RoleAssignment(String role, List<String> identities) {
    public RoleAssignment {
        requireNonNull(role, "role");
        identities = List.copyOf(identities);
    }
}
