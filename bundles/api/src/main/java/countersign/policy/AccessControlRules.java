package countersign.policy;

import java.util.List;
import java.util.Optional;

/**
 * The four lists of an item. An absent list differs from an empty one: when any is absent none takes effect
 * (authorization.md section 4, step 2).
 */
public record AccessControlRules(
        Optional<List<Privilege>> privileges,
        Optional<List<Role>> roles,
        Optional<List<Identity>> identities,
        Optional<List<RoleAssignment>> roleAssignments) {
    public AccessControlRules {
        privileges = privileges.map(List::copyOf);
        roles = roles.map(List::copyOf);
        identities = identities.map(List::copyOf);
        roleAssignments = roleAssignments.map(List::copyOf);
    }
}
