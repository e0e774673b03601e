package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import countersign.policy.Identity;
import countersign.rules.json.Text;
import java.util.List;
import java.util.Optional;

/** One identity of a rule set, ready to be compared with callers (authorization.md section 6.3, and Q10 for the strict profile). */
public final class IdentityRule {
    /** What an identity may select by, in the order in which explanations name them. */
    public enum Selector {
        USER_NAME("userName"),
        GROUP_NAME("groupName"),
        EXE_PATH("exePath"),
        PROCESS_NAME("processName");

        private final String member;

        Selector(String member) {
            this.member = member;
        }

        /** The member of the rule document. */
        public String member() {
            return member;
        }
    }

    private final Identity identity;
    private final String userName;
    private final String groupName;
    private final String exePath;
    private final String processName;
    private final boolean blankSelector;

    public IdentityRule(Identity identity) {
        this.identity = requireNonNull(identity, "identity");
        this.userName = identity.userName().orElse(null);
        this.groupName = identity.groupName().orElse(null);
        this.exePath = identity.exePath().map(ExePath::normal).orElse(null);
        this.processName = identity.processName().orElse(null);
        this.blankSelector = isBlank(identity.userName()) || isBlank(identity.groupName()) || isBlank(identity.exePath())
                || isBlank(identity.processName());
    }

    public Identity identity() {
        return identity;
    }

    /** Somebody whom this identity describes and, as far as its selectors leave it open, no other does. */
    public Subject specimen() {
        Subject somebody = Subject.SOMEBODY;
        return new Subject(
                identity.userName().orElse(somebody.userName()),
                identity.groupName().map(List::of).orElse(somebody.groups()),
                identity.exePath().orElse(somebody.exePath()),
                identity.processName().orElse(somebody.processName()),
                true);
    }

    /** Whether every selector holds. */
    public boolean matches(Subject subject, Profile profile) {
        if (profile == Profile.STRICT && blankSelector) {
            return false;
        }
        return userMatches(subject, profile) && groupMatches(subject) && exeMatches(subject, profile) && processMatches(subject, profile);
    }

    /** Whether both profiles always agree on whom this describes: Q10 makes no difference. */
    boolean isAlikeInBothProfiles() {
        return !blankSelector && !Subject.UNKNOWN_USER.equals(userName);
    }

    /** The first selector that does not hold; empty when all do. */
    public Optional<Selector> firstMismatch(Subject subject, Profile profile) {
        boolean strict = profile == Profile.STRICT;
        if (strict && isBlank(identity.userName()) || !userMatches(subject, profile)) {
            return Optional.of(Selector.USER_NAME);
        }
        if (strict && isBlank(identity.groupName()) || !groupMatches(subject)) {
            return Optional.of(Selector.GROUP_NAME);
        }
        if (strict && isBlank(identity.exePath()) || !exeMatches(subject, profile)) {
            return Optional.of(Selector.EXE_PATH);
        }
        boolean process = !(strict && isBlank(identity.processName())) && processMatches(subject, profile);
        return process ? Optional.empty() : Optional.of(Selector.PROCESS_NAME);
    }

    /** The rule's text for a selector, empty when it has none. */
    public String text(Selector selector) {
        return switch (selector) {
            case USER_NAME -> identity.userName().orElse("");
            case GROUP_NAME -> identity.groupName().orElse("");
            case EXE_PATH -> identity.exePath().orElse("");
            case PROCESS_NAME -> identity.processName().orElse("");
        };
    }

    private boolean userMatches(Subject subject, Profile profile) {
        return userName == null
                || userName.equals(subject.userName()) && !(profile == Profile.STRICT && Subject.UNKNOWN_USER.equals(userName));
    }

    private boolean groupMatches(Subject subject) {
        return groupName == null || subject.groups().contains(groupName);
    }

    private boolean exeMatches(Subject subject, Profile profile) {
        if (exePath == null) {
            return true;
        }
        String path = subject.exePath();
        return exePath.equals(ExePath.normal(path)) && isText(path) && !(profile == Profile.STRICT && path.isEmpty());
    }

    private boolean processMatches(Subject subject, Profile profile) {
        if (processName == null) {
            return true;
        }
        String name = subject.processName();
        return processName.equals(name) && isText(name) && !(profile == Profile.STRICT && name.isEmpty());
    }

    /** A name that is not valid UTF-8 reaches us with U+FFFD in it and must never equal a rule's text. */
    private static boolean isText(String path) {
        return path.indexOf('\uFFFD') < 0;
    }

    private static boolean isBlank(Optional<String> selector) {
        return selector.isPresent() && Text.isBlank(selector.get());
    }
}
