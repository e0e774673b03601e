package countersign.authorization.engine.advice;

import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Subject;
import countersign.policy.Identity;
import countersign.rules.json.Text;
import java.util.Optional;

/** Describes one caller by every attribute that a rule can select by. */
final class CallerSelectors {
    private CallerSelectors() {}

    /** An identity without name; empty when no attribute can be selected. */
    static Optional<Identity> of(Subject subject, Profile profile) {
        Optional<String> user = Optional.of(subject.userName())
                .filter(name -> profile == Profile.COMPAT || !Text.isBlank(name) && !name.equals(Subject.UNKNOWN_USER));
        Optional<String> group = subject.groups().stream().filter(name -> profile == Profile.COMPAT || !Text.isBlank(name)).findFirst();
        Optional<String> exe = selectable(subject.exePath(), profile);
        Optional<String> process = selectable(subject.processName(), profile);
        Identity identity = new Identity("", user, group, exe, process);
        boolean selects = user.isPresent() || group.isPresent() || exe.isPresent() || process.isPresent();
        return selects ? Optional.of(identity) : Optional.empty();
    }

    static Identity named(String name, Identity identity) {
        return new Identity(name, identity.userName(), identity.groupName(), identity.exePath(), identity.processName());
    }

    private static Optional<String> selectable(String text, Profile profile) {
        return Optional.of(text).filter(path -> path.indexOf('\uFFFD') < 0 && (profile == Profile.COMPAT || !Text.isBlank(path)));
    }
}
