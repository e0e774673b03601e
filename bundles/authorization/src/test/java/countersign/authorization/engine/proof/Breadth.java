package countersign.authorization.engine.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.engine.advice.RuleChange;
import countersign.authorization.engine.advice.SideEffect;
import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Subject;
import countersign.policy.AccessControlRules;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether a proposal is as narrow as the rule language lets it be: naming what passes as well is no excuse for letting it pass. */
final class Breadth {
    private final RuleItem item;
    private final Facts request;
    private final RuleChange change;
    private final Profile profile;

    Breadth(RuleItem item, Facts request, RuleChange change, Profile profile) {
        this.item = item;
        this.request = request;
        this.change = change;
        this.profile = profile;
    }

    /** What the rule language can separate from the request is left out, and what is named is true. */
    void assertNamesWhatMustPassAndDoes() {
        CompiledPolicy after = Worlds.compile(change.applyTo(item));
        for (SideEffect effect : change.alsoAllows()) {
            assertTrue(isInevitable(effect), () -> profile + ": " + effect + " for " + request + "\n" + item + "\n" + change);
            example(effect).ifPresent(example -> assertEquals("allow", Worlds.verdict(after, example, profile),
                    () -> profile + ": " + effect + " is not true of " + example + "\n" + item + "\n" + change));
        }
    }

    /** Every entry is needed. */
    void assertSmallest() {
        AccessControlRules all = change.additions();
        List<AccessControlRules> smaller = new ArrayList<>();
        without(all.privileges()).forEach(list -> smaller.add(new AccessControlRules(list, all.roles(), all.identities(), all.roleAssignments())));
        without(all.roles()).forEach(list -> smaller.add(new AccessControlRules(all.privileges(), list, all.identities(), all.roleAssignments())));
        without(all.identities()).forEach(list -> smaller.add(new AccessControlRules(all.privileges(), all.roles(), list, all.roleAssignments())));
        without(all.roleAssignments()).forEach(list -> smaller.add(new AccessControlRules(all.privileges(), all.roles(), all.identities(), list)));
        for (AccessControlRules additions : smaller) {
            CompiledPolicy after = Worlds.compile(new RuleChange(additions, List.of(), List.of()).applyTo(item));
            assertTrue(!Worlds.verdict(after, request, profile).equals("allow"),
                    () -> profile + ": " + additions + " is enough for " + request + "\n" + item + "\n" + change);
        }
    }

    private boolean isInevitable(SideEffect effect) {
        Subject who = request.subject();
        return switch (effect.kind()) {
            case USERS -> profile == Profile.STRICT && (who.userName().isBlank() || who.userName().equals(Subject.UNKNOWN_USER));
            case PROGRAMS -> isUnknown(who.exePath()) && isUnknown(who.processName());
            case PROGRAMS_OF_THAT_NAME -> isUnknown(who.exePath());
            case PROCESS_NAMES -> isUnknown(who.processName());
            case PARAMETER -> profile == Profile.STRICT && isRepeated(effect.subject());
            case PATHS_BEGINNING -> profile == Profile.COMPAT || item.defaultAccess().equalsIgnoreCase("allow");
            case KEPT -> profile == Profile.STRICT && item.defaultAccess().equalsIgnoreCase("allow");
            case PATHS_BELOW, PATHS_BELOW_IN_ONE_READING, ONE_READING, MISREAD -> profile == Profile.STRICT;
            case METHODS, FURTHER_PARAMETERS, GROUPS, ELEVATION -> true;
            case REPEATED_PARAMETERS, DEFAULT_ONLY -> false;
        };
    }

    private boolean isUnknown(String text) {
        return profile == Profile.STRICT && text.isBlank();
    }

    private boolean isRepeated(String key) {
        return Canonicalizer.canonicalize(request.method(), request.target()) instanceof Canonical.Form form
                && new HashSet<>(form.query().getOrDefault(key, List.of())).size() > 1;
    }

    /** A request that differs in nothing but what is named. */
    private Optional<Facts> example(SideEffect effect) {
        Subject who = request.subject();
        List<String> groups = new ArrayList<>(who.groups());
        groups.add("more");
        int mark = request.target().indexOf('?');
        String path = mark < 0 ? request.target() : request.target().substring(0, mark);
        String query = mark < 0 ? "" : request.target().substring(mark);
        // In the path, to the compat profile, a query may begin.
        boolean plain = !path.toLowerCase(Locale.ROOT).contains("%3f");
        return switch (effect.kind()) {
            case METHODS -> Optional.of(new Facts(request.destination(), request.method().equals("PUT") ? "POST" : "PUT", request.target(), who));
            case ELEVATION -> caller(new Subject(who.userName(), who.groups(), who.exePath(), who.processName(), !who.elevated()));
            case GROUPS -> caller(new Subject(who.userName(), groups, who.exePath(), who.processName(), who.elevated()));
            case USERS -> caller(new Subject("mallory", who.groups(), who.exePath(), who.processName(), who.elevated()));
            case PROGRAMS -> caller(new Subject(who.userName(), who.groups(), "/tmp/any", "any", who.elevated()));
            case PROGRAMS_OF_THAT_NAME -> caller(new Subject(who.userName(), who.groups(), "/tmp/any", who.processName(), who.elevated()));
            case PROCESS_NAMES -> caller(new Subject(who.userName(), who.groups(), who.exePath(), "any", who.elevated()));
            case FURTHER_PARAMETERS -> target(path + (query.isEmpty() ? "?" : query + "&") + "further=1");
            case PATHS_BELOW, PATHS_BEGINNING -> plain ? target(path + (path.endsWith("/") ? "" : "/") + "below" + query) : Optional.empty();
            case PATHS_BELOW_IN_ONE_READING, PARAMETER, ONE_READING, MISREAD, KEPT, REPEATED_PARAMETERS, DEFAULT_ONLY -> Optional.empty();
        };
    }

    private Optional<Facts> caller(Subject who) {
        return Optional.of(new Facts(request.destination(), request.method(), request.target(), who));
    }

    private Optional<Facts> target(String target) {
        return Optional.of(new Facts(request.destination(), request.method(), target, request.subject()));
    }

    private static <T> List<Optional<List<T>>> without(Optional<List<T>> entries) {
        List<Optional<List<T>>> shorter = new ArrayList<>();
        for (int i = 0; i < entries.map(List::size).orElse(0); i++) {
            List<T> list = new ArrayList<>(entries.get());
            list.remove(i);
            shorter.add(Optional.of(list));
        }
        return shorter;
    }
}
