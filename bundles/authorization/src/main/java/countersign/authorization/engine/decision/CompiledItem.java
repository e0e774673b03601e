package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.endpoint.EndpointMode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The compiled rule set of one service (authorization.md section 4). Immutable once built; safe from any thread.
 */
public final class CompiledItem {
    private static final int[] NOBODY = {};

    private final String id;
    private final boolean defaultAllow;
    private final Optional<EndpointMode> mode;
    private final List<PrivilegeRule> privileges;
    private final List<IdentityRule> identities;
    private final int[][] holders;
    private final PrefixIndex prefixes;
    private final SegmentIndex segments;
    private final boolean identitiesAlike;

    /**
     * @param id effective id (authorization.md section 9.2)
     * @param mode empty when the document's word is none of the three
     * @param holders for each privilege the indices of the identities that hold it, ascending; {@code null} when none was ever assigned
     */
    public CompiledItem(
            String id,
            boolean defaultAllow,
            Optional<EndpointMode> mode,
            List<PrivilegeRule> privileges,
            List<IdentityRule> identities,
            int[][] holders) {
        this(id, defaultAllow, mode, List.copyOf(privileges), List.copyOf(identities), holders.clone(), new PrefixIndex(), new SegmentIndex());
        if (holders.length != privileges.size()) {
            throw new IllegalArgumentException("holders: expected " + privileges.size() + " sets, got " + holders.length);
        }
        for (int i = 0; i < privileges.size(); i++) {
            PrivilegeRule rule = privileges.get(i);
            prefixes.add(i, rule.path(), required(rule.query()));
            if (rule.pattern().isPresent()) {
                segments.add(i, rule.pattern().get());
            }
            // A privilege whose parameters have no canonical form still has a path on which they count.
            if (!rule.query().isEmpty() && Canonicalizer.pattern(rule.path(), "") instanceof Canonical.Form form) {
                segments.constrain(form.path().segments(), rule.query().keySet());
            }
        }
    }

    private CompiledItem(
            String id,
            boolean defaultAllow,
            Optional<EndpointMode> mode,
            List<PrivilegeRule> privileges,
            List<IdentityRule> identities,
            int[][] holders,
            PrefixIndex prefixes,
            SegmentIndex segments) {
        this.id = requireNonNull(id, "id");
        this.defaultAllow = defaultAllow;
        this.mode = requireNonNull(mode, "mode");
        this.privileges = privileges;
        this.identities = identities;
        this.holders = holders;
        this.prefixes = prefixes;
        this.segments = segments;
        this.identitiesAlike = identities.stream().allMatch(IdentityRule::isAlikeInBothProfiles);
    }

    /** The same rules under another id: HostGAPlugin's, when no local file is merged. */
    public CompiledItem withId(String other) {
        return new CompiledItem(other, defaultAllow, mode, privileges, identities, holders, prefixes, segments);
    }

    public String id() {
        return id;
    }

    public boolean defaultAllow() {
        return defaultAllow;
    }

    /** The mode in force: a word that is none of the three means disabled in compat and enforce in strict (authorization.md Q7). */
    public EndpointMode mode(Profile profile) {
        return mode.orElse(profile == Profile.STRICT ? EndpointMode.ENFORCE : EndpointMode.DISABLED);
    }

    public List<PrivilegeRule> privileges() {
        return privileges;
    }

    public List<IdentityRule> identities() {
        return identities;
    }

    /** Whether any assignment named a role with this privilege, be it without a defined identity. */
    public boolean isAssigned(int privilege) {
        return holders[privilege] != null;
    }

    /** Whether any identity holds any privilege. */
    public boolean isAnythingHeld() {
        return Arrays.stream(holders).anyMatch(set -> set != null && set.length > 0);
    }

    /** Number of identities that hold a privilege. */
    public int holderCount(int privilege) {
        return holders(privilege).length;
    }

    /** One of the identities that hold a privilege, in rule order. */
    public IdentityRule holder(int privilege, int index) {
        return identities.get(holders(privilege)[index]);
    }

    /** Whether the compat matcher finds no privilege at all for a request. */
    public boolean nothingMatchesInCompat(Facts facts) {
        return evaluateCompat(new CompatRequest(facts.target()), facts.subject(), Profile.COMPAT).matched().length == 0;
    }

    /** Whether the canonical matcher of the strict profile finds no privilege at all for a request. */
    public boolean nothingMatchesInCanonical(Facts facts) {
        return Canonicalizer.canonicalize(facts.method(), facts.target()) instanceof Canonical.Form form
                && evaluateCanonical(form, facts.subject(), Profile.STRICT).matched().length == 0;
    }

    /** What the rules alone say about a request in a profile, whatever the mode makes of it and apart from elevation. */
    public boolean allows(Facts facts, Profile profile) {
        CompatRequest request = new CompatRequest(facts.target());
        if (profile == Profile.COMPAT) {
            return evaluateCompat(request, facts.subject(), profile).allowed();
        }
        Canonical canonical = Canonicalizer.canonicalize(facts.method(), facts.target());
        return RuleEvaluator.enforced(this, request, canonical, facts.destination().endpoint(), facts.subject()).allowed();
    }

    int[] holders(int privilege) {
        int[] set = holders[privilege];
        return set == null ? NOBODY : set;
    }

    IdentityRule identity(int index) {
        return identities.get(index);
    }

    /** Runs the compat matcher. {@code identityRules} says whether Q10 holds. */
    Evaluation evaluateCompat(CompatRequest request, Subject subject, Profile identityRules) {
        Evaluation evaluation = new Evaluation(this, subject, identityRules, false);
        prefixes.offerTo(evaluation, request);
        return evaluation;
    }

    /** Runs the canonical matcher. {@code profile} says whether Q10 and C6 hold. */
    Evaluation evaluateCanonical(Canonical.Form request, Subject subject, Profile profile) {
        Evaluation evaluation = new Evaluation(this, subject, profile, true);
        segments.offerTo(evaluation, request, profile);
        return evaluation;
    }

    /** Whether the compat matcher says the same in both profiles, to whomever. */
    boolean isCompatMatcherAlike() {
        return identitiesAlike;
    }

    /** Whether a privilege whose canonical path matches constrains one of these keys, given as {@link SegmentIndex#alike} writes them. */
    boolean constrains(Canonical.Form request, Set<String> keys) {
        return segments.constrains(request, keys);
    }

    private static Map<String, Set<String>> required(Map<String, String> query) {
        Map<String, Set<String>> required = new HashMap<>();
        query.forEach((key, value) -> required.put(key, Set.of(value)));
        return required;
    }
}
