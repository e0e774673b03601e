package countersign.policy;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** A named list of privilege names (authorization.md section 2.5). */
public record Role(String name, List<String> privileges) {
    public Role {
        requireNonNull(name, "name");
        privileges = List.copyOf(privileges);
    }
}
