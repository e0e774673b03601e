package countersign.policy.tool;

import countersign.authorization.engine.decision.Profile;
import countersign.rules.json.Text;
import java.util.List;
import java.util.Locale;

/** Profiles as words of the command line. */
final class Profiles {
    private Profiles() {}

    /** Both when {@code word} is {@code null}. */
    static List<Profile> of(String word) throws Trouble {
        if (word == null) {
            return List.of(Profile.values());
        }
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "compat" -> List.of(Profile.COMPAT);
            case "strict" -> List.of(Profile.STRICT);
            default -> throw new Trouble("--profile: expected compat or strict, got " + Text.quote(word));
        };
    }

    static String name(Profile profile) {
        return profile.name().toLowerCase(Locale.ROOT);
    }
}
