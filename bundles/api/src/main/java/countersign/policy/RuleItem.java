package countersign.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The rule set of one service, texts as written (authorization.md section 2.3).
 *
 * @param defaultAccess {@code allow} ignoring case means allow, every other text deny
 * @param mode {@code disabled}, {@code audit} or {@code enforce} ignoring case; other texts are possible here
 * @param id a label, may be empty, may carry the local-file marker
 */
public record RuleItem(String defaultAccess, String mode, String id, Optional<AccessControlRules> rules) {
    public RuleItem {
        requireNonNull(defaultAccess, "defaultAccess");
        requireNonNull(mode, "mode");
        requireNonNull(id, "id");
        requireNonNull(rules, "rules");
    }
}
