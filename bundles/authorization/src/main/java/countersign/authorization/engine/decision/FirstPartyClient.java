package countersign.authorization.engine.decision;

/**
 * The one client known to put {@code %3F} where a question mark belongs (authorization.md Q4): it asks IMDS for
 * {@code /metadata/scheduledevents%3Fapi-version=<version>}. Nothing else is tolerated, not even another parameter.
 */
final class FirstPartyClient {
    private static final String PATH = "/metadata/scheduledevents";
    private static final String ESCAPED = "%3F";
    private static final String PARAMETER = "api-version=";
    private static final int LONGEST_VERSION = 32;

    private FirstPartyClient() {}

    /** What this client means, or {@code facts} themselves when they are not that client's. */
    static Facts intended(Facts facts) {
        String target = facts.target();
        int version = PATH.length() + ESCAPED.length() + PARAMETER.length();
        boolean known = facts.destination() == Destination.IMDS
                && target.length() > version
                && target.length() <= version + LONGEST_VERSION
                && target.startsWith(PATH)
                && target.regionMatches(true, PATH.length(), ESCAPED, 0, ESCAPED.length())
                && target.startsWith(PARAMETER, PATH.length() + ESCAPED.length())
                && target.chars().skip(version).allMatch(FirstPartyClient::isVersionCharacter);
        String meant = known ? PATH + '?' + target.substring(PATH.length() + ESCAPED.length()) : target;
        return known ? new Facts(facts.destination(), facts.method(), meant, facts.subject()) : facts;
    }

    private static boolean isVersionCharacter(int c) {
        return c >= '0' && c <= '9' || (c | 0x20) >= 'a' && (c | 0x20) <= 'z' || c == '-' || c == '.';
    }
}
