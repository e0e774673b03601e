package countersign.authorization.engine.decision;

import countersign.authorization.Decision;
import countersign.authorization.engine.Rules;
import java.util.ArrayList;
import java.util.List;

/** Policies and requests for the tests of this package. */
final class Policies {
    static final Subject ALICE = new Subject("alice", List.of("users"), "/usr/bin/curl", "curl", false);
    static final Subject ROOT = new Subject("root", List.of("root"), "/usr/bin/curl", "curl", true);
    final List<String> divergences = new ArrayList<>();
    private final CompiledPolicy policy;
    private final CanonicalMode mode;

    Policies(CanonicalMode mode, boolean tolerant, String json) {
        this.mode = mode;
        this.policy = new CompiledPolicy(7, new Settings(mode, tolerant, divergences::add), new DecisionIds("d"), Rules.compile(Rules.document(json)));
    }

    static Policies of(CanonicalMode mode, String json) {
        return new Policies(mode, false, json);
    }

    /** An IMDS item with these members; {@code rules} may be empty. */
    static String imds(String access, String rules) {
        return item("imds", access, "enforce", rules);
    }

    static String item(String service, String access, String mode, String rules) {
        return "{'" + service + "':{'defaultAccess':'" + access + "','mode':'" + mode + "','id':'x'" + (rules.isEmpty() ? "" : ",'rules':{" + rules + "}") + "}}";
    }

    /** Privilege {@code p} on a path, held by the identities of the first list, which are defined by the second. */
    static String rules(String path, String holders, String identities) {
        return "'privileges':[{'name':'p','path':'" + path + "'}],'roles':[{'name':'r','privileges':['p']}],'identities':[" + identities
                + "],'roleAssignments':[{'role':'r','identities':[" + holders + "]}]";
    }

    CompiledPolicy policy() {
        return policy;
    }

    Decision decide(Destination destination, String method, String target, Subject subject) {
        return policy.decide(new Facts(destination, method, target, subject), mode.profile());
    }

    /** Outcome and stage, for example {@code deny RULES}. */
    String verdict(Destination destination, String method, String target, Subject subject) {
        Decision decision = decide(destination, method, target, subject);
        return decision.fold(allow -> "allow", audited -> "audited", deny -> "deny") + " " + decision.explanation().stage();
    }
}
