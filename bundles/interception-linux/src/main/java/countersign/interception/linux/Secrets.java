package countersign.interception.linux;

import java.util.List;
import java.util.regex.Pattern;

/** Replaces what looks like a secret by {@code [REDACTED]} (telemetry.md section 8). In doubt it takes too much, not too little. */
final class Secrets {
    private static final String MARK = "[REDACTED]";
    private static final String BASE64 = "[A-Za-z0-9+/]";
    private static final String NAMES = "(?:key|access|sas|shared|secret|password|pwd|pswd|credential)";

    /** Most command lines hold none of these and are done with here. */
    private static final Pattern SUSPICIOUS = Pattern.compile(
            "(?i)pwd|pswd|password|key|sig=|token|ado|vsts|azuredevops|secret|authorization|credential|sas|shared|access"
                    + "|azca|azurecr|private|eyj|://");

    private static final List<Pattern> RULES = List.of(
            exact("pwd=[^;]*"),
            exact("password=[^;]*"),
            exact("AccountKey=[^;]*"),
            exact("PrimaryKey=[^;]*"),
            exact("SecondaryKey=[^;]*"),
            exact("sig=[^&]*"),
            exact("[A-Za-z0-9]{33}AzCa[A-P][A-Za-z0-9]{5}=|[A-Za-z0-9]{44}AzCa[A-Za-z0-9]{5}[AQgw]"),
            exact("BEGIN (?:[A-Z ]+ )?PRIVATE KEY-----[\\s\\S]*?(?:-----END (?:[A-Z ]+ )?PRIVATE KEY|$)"),
            anyCase("(?:token|ado|vsts|azuredevops).[a-z2-7]{52}"),
            anyCase(NAMES + ".{0,200}?[^A-Za-z0-9+/]" + BASE64 + "{43}="),
            anyCase("(?:azurecr.{0,50}?|pwd|pswd|password)[:=\\s]+\\S+"),
            anyCase(NAMES + ".{0,200}?[^A-Za-z0-9+/]" + BASE64 + "{86}={1,2}"),
            anyCase("(?:(?<=\\W)aws|amazon)?.{0,5}(?:secret|access.?(?:key|token)).{0,10}[^A-Za-z0-9+/]" + BASE64 + "{40}(?!"
                    + BASE64 + ")"),
            anyCase("(?:(?:app|application|client|api|consumer|service)[_\\-. ]?(?:secret|key(?:[_\\-. ]?url)?)"
                    + "|(?:refresh|access|twilio)[_\\-. ]?(?:sid|token))[\\s:=>\"']+\\S{5,200}"),
            exact("eyJ[A-Za-z0-9_-]*\\.eyJ[A-Za-z0-9_.-]*"),
            anyCase("[a-z][a-z0-9+.-]{2,5}://[^\\s/:@]*:[^\\s@]+@\\S*"),
            anyCase("authorization[\\s:=\"']*(?:value[\\s:=\"']*)?(?:basic|digest|hoba|mutual|negotiate|oauth|bearer|scram-sha-1"
                    + "|scram-sha-256|vapid|aws4-hmac-sha256)\\b.*"));

    private Secrets() {}

    static String redact(String text) {
        if (!SUSPICIOUS.matcher(text).find()) {
            return text;
        }
        String redacted = text;
        for (Pattern rule : RULES) {
            redacted = rule.matcher(redacted).replaceAll(MARK);
        }
        return redacted;
    }

    private static Pattern exact(String rule) {
        return Pattern.compile(rule);
    }

    private static Pattern anyCase(String rule) {
        return Pattern.compile(rule, Pattern.CASE_INSENSITIVE);
    }
}
