package countersign.interception.linux;

import countersign.secrets.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns the zero-separated arguments of a process into what is shown of them (proxy.md section 2). */
final class CommandLine {
    private static final int SHOWN_ARGUMENTS = 4;

    private CommandLine() {}

    /** The first four non-empty arguments joined by blanks, malformed UTF-8 replaced, secrets redacted. */
    static String of(byte[] arguments) {
        List<String> shown = new ArrayList<>(SHOWN_ARGUMENTS);
        int start = 0;
        for (int end = 0; end <= arguments.length && shown.size() < SHOWN_ARGUMENTS; end++) {
            if (end == arguments.length || arguments[end] == 0) {
                if (end > start) {
                    shown.add(new String(arguments, start, end - start, StandardCharsets.UTF_8));
                }
                start = end + 1;
            }
        }
        return Secrets.redact(String.join(" ", shown));
    }
}
