package countersign.authorization.engine.proof;

import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.decision.Subject;
import countersign.authorization.engine.proof.NaiveEvaluator.Who;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Random rules, callers and requests over a small vocabulary, so that they meet often. Everything follows from the seed. */
final class Worlds {
    static final List<String> SEGMENTS = List.of("a", "b", "ab", "metadata", "A", "x y", "k%41", "é", "%");
    private static final List<String> KEYS = List.of("k", "K", "api-version", "q+", "é", "a&b", "");
    private static final List<String> VALUES = List.of("", "v", "V", "2021-02-01", "a b", "a+b", "a%20b", "x&y", "É", "c=d");
    private static final List<String> RAW_SEGMENTS =
            List.of("a", "b", "ab", "A", "metadata", "Metadata", "%61", "%41", "a;x", ".", "%2e", "a%2Fb", "x%20y", "k%2541", "k%41", "%c3%A9", "a%", "a%zz",
                    "%80", "%00", "a\\b", "", "..", "a%3Fk=v", "%3b", "%C0%AF", "%E2%84%AA", "%25");
    private static final List<String> RAW_KEYS = List.of("k", "K", "%6B", "api-version", "q%2B", "q+", "%C3%A9", "a%26b", "", "k%", "z");
    private static final List<String> RAW_VALUES =
            List.of("", "v", "V", "%76", "2021-02-01", "a+b", "a%20b", "a%2Bb", "a%2520b", "x%26y", "%C3%89", "%C3%A9", "c=d", "%", "%0A", "%FF", "w");
    private static final List<String> USERS = List.of("alice", "bob", "Alice", "undefined", "root");
    private static final List<String> GROUPS = List.of("users", "wheel", "");
    private static final List<String> EXES = List.of("/usr/bin/curl", "/usr//bin/./curl", "/usr/bin/wget", "", "./curl", "curl/");

    private final Random random;

    Worlds(long seed) {
        this.random = new Random(seed);
    }

    Random random() {
        return random;
    }

    RuleItem item() {
        String access = pick(List.of("allow", "deny", "ALLOW", "maybe"));
        String mode = pick(List.of("enforce", "enforce", "enforce", "Audit", "disabled", "bogus"));
        if (random.nextInt(20) == 0) {
            return new RuleItem(access, mode, "id", Optional.empty());
        }
        return new RuleItem(access, mode, "id", Optional.of(rules()));
    }

    private AccessControlRules rules() {
        List<Privilege> privileges = new ArrayList<>();
        List<Role> roles = new ArrayList<>();
        List<Identity> identities = new ArrayList<>();
        List<RoleAssignment> assignments = new ArrayList<>();
        repeat(6, () -> privileges.add(new Privilege("p" + random.nextInt(6), rulePath(), ruleQuery())));
        repeat(4, () -> roles.add(new Role("r" + random.nextInt(4), names("p", 7))));
        repeat(4, () -> identities.add(identity()));
        repeat(4, () -> assignments.add(new RoleAssignment("r" + random.nextInt(5), names("i", 5))));
        return new AccessControlRules(mostly(privileges), mostly(roles), mostly(identities), mostly(assignments));
    }

    private Identity identity() {
        return new Identity("i" + random.nextInt(4), sometimes(pick(USERS)), sometimes(pick(GROUPS), 4), sometimes(pick(EXES), 3),
                sometimes(pick(List.of("curl", "wget", "", "Curl")), 4));
    }

    private String rulePath() {
        StringBuilder path = new StringBuilder(random.nextInt(12) == 0 ? "" : "/");
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            path.append(i == 0 ? "" : "/").append(random.nextInt(3) == 0 ? pick(SEGMENTS) : pick(SEGMENTS.subList(0, 4)));
        }
        return path.append(random.nextInt(5) == 0 ? "/" : "").append(random.nextInt(30) == 0 ? "?k" : "").toString();
    }

    private Map<String, String> ruleQuery() {
        Map<String, String> query = new LinkedHashMap<>();
        if (random.nextInt(2) == 0) {
            repeat(2, () -> query.put(random.nextInt(3) == 0 ? pick(KEYS) : "k", random.nextInt(3) == 0 ? pick(VALUES) : "v"));
        }
        return query;
    }

    String target() {
        StringBuilder target = new StringBuilder(random.nextInt(25) == 0
                ? pick(List.of("http://169.254.169.254", "http://1.2.3.4", "http://2852039166", "http://168.63.129.16")) : "");
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            target.append('/').append(random.nextInt(3) == 0 ? pick(RAW_SEGMENTS) : pick(RAW_SEGMENTS.subList(0, 5)));
        }
        if (count == 0 || random.nextInt(6) == 0) {
            target.append('/');
        }
        if (random.nextInt(2) == 0) {
            target.append('?');
            repeat(3, () -> target.append(target.charAt(target.length() - 1) == '?' ? "" : "&")
                    .append(random.nextInt(3) == 0 ? pick(RAW_KEYS) : "k")
                    .append(random.nextInt(10) == 0 ? "" : "=")
                    .append(random.nextInt(2) == 0 ? pick(RAW_VALUES) : "v"));
        }
        return target.toString();
    }

    String method() {
        return random.nextInt(30) == 0 ? pick(List.of("get", "TRACE", "POST", "PUT")) : "GET";
    }

    Who who() {
        String exe = pick(List.of("/usr/bin/curl", "/usr/bin/wget", "", "./curl", "curl"));
        List<String> groups = random.nextInt(3) == 0 ? List.of() : random.nextBoolean() ? List.of("users") : List.of("users", "wheel");
        return new Who(pick(USERS), groups, exe, exe.substring(exe.lastIndexOf('/') + 1), random.nextInt(4) == 0);
    }

    /** As {@link #who}, with a process name that need not fit the program. */
    Who anybody() {
        Who who = who();
        return random.nextInt(6) > 0 ? who : new Who(who.user(), who.groups(), who.exe(), pick(List.of("curl", "wget", "", "Curl")), who.elevated());
    }

    static CompiledPolicy compile(RuleItem item) {
        try {
            Optional<CompiledItem> compiled = Optional.of(PolicyCompiler.compile("imds", item, new ArrayList<>()));
            return new CompiledPolicy(1, Settings.of(CanonicalMode.OFF), new DecisionIds("w"), new ItemSet(compiled, compiled, compiled));
        } catch (CompileException e) {
            throw new IllegalStateException(e);
        }
    }

    static Facts facts(String method, String target, Who who) {
        return new Facts(Destination.IMDS, method, target, new Subject(who.user(), who.groups(), who.exe(), who.process(), who.elevated()));
    }

    static String verdict(CompiledPolicy policy, Facts facts, Profile profile) {
        return policy.decide(facts, profile).fold(allow -> "allow", audited -> "audited", deny -> "deny");
    }

    private List<String> names(String prefix, int bound) {
        List<String> names = new ArrayList<>();
        repeat(4, () -> names.add(prefix + random.nextInt(bound)));
        return names;
    }

    private <T> Optional<List<T>> mostly(List<T> list) {
        return random.nextInt(40) == 0 ? Optional.empty() : Optional.of(list);
    }

    private Optional<String> sometimes(String text) {
        return sometimes(text, 2);
    }

    private Optional<String> sometimes(String text, int oneIn) {
        return random.nextInt(oneIn) == 0 ? Optional.of(text) : Optional.empty();
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void repeat(int most, Runnable action) {
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            action.run();
        }
    }
}
