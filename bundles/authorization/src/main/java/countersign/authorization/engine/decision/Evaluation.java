package countersign.authorization.engine.decision;

import java.util.Arrays;

/**
 * One run of one matcher over a rule set: takes the privileges that match, stops at the first one that the caller holds
 * (authorization.md section 5). For one thread, for one decision; its size is bounded whatever the rules say.
 */
final class Evaluation {
    private static final int REMEMBERED = 64;
    private static final int[] NONE = {};

    private final CompiledItem item;
    private final Subject subject;
    private final Profile profile;
    private final boolean canonical;
    private int[] matched = NONE;
    private int count;
    private int granted = -1;
    private int holder = -1;

    Evaluation(CompiledItem item, Subject subject, Profile profile, boolean canonical) {
        this.item = item;
        this.subject = subject;
        this.profile = profile;
        this.canonical = canonical;
    }

    /** Whether this is a run of the canonical matcher, not of the compat one. */
    boolean isCanonical() {
        return canonical;
    }

    /** Takes a privilege that matches the request; true when it grants and the search is over. */
    boolean offer(int privilege) {
        remember(privilege);
        for (int identity : item.holders(privilege)) {
            if (item.identity(identity).matches(subject, profile)) {
                granted = privilege;
                holder = identity;
                return true;
            }
        }
        return false;
    }

    /** The result: granted, or nothing matched and the default says allow. */
    boolean allowed() {
        return granted >= 0 || count == 0 && item.defaultAllow();
    }

    /** Index of the granting privilege, or -1. */
    int granted() {
        return granted;
    }

    /** Index of the identity through which it was granted, or -1. */
    int holder() {
        return holder;
    }

    /** The matched privileges in rule order, the first {@value #REMEMBERED} met. To be asked when the run is over, and not to be changed. */
    int[] matched() {
        int size = Math.min(count, REMEMBERED);
        if (matched.length != size) {
            matched = Arrays.copyOf(matched, size);
        }
        Arrays.sort(matched);
        return matched;
    }

    private void remember(int privilege) {
        if (count < REMEMBERED) {
            if (count == matched.length) {
                matched = Arrays.copyOf(matched, Math.max(4, 2 * count));
            }
            matched[count] = privilege;
        }
        count++;
    }
}
