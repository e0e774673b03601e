package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvocationTest {
    @ParameterizedTest
    @CsvSource({
        "'', agent", "agent, agent", "console, console", "status, status", "--status, status", "-s, status",
        "version, version", "--version, version", "-v, version", "-s -v, version", "--wait 3 -s --version, version",
        "help, help", "--help, help", "-h, help", "policy check x, policy", "detach, detach"})
    void words_nameTheCommand(String words, String command) throws UsageException {
        assertEquals(command, parse(words).command());
    }

    @ParameterizedTest
    @CsvSource({
        "status, 0", "-s, 0", "-s -w 5, 5", "--wait 7 --status, 7", "status --wait 120, 120", "status --wait=9, 9", "-s -w9, 9",
        "-s -w=9, 9", "-s -w 18446744073709551615, 9223372036854775807"})
    void wait_isWholeUnsignedSeconds(String words, long seconds) throws UsageException {
        assertEquals(seconds, parse(words).waitSeconds());
    }

    @ParameterizedTest
    @CsvSource({
        "nonsense, unknown command: nonsense", "--wait 5, --wait needs --status", "-s -w, -w: expected whole seconds after it",
        "-s -w -1, -w: expected whole seconds: -1", "-s -w 1.5, -w: expected whole seconds: 1.5",
        "-s -w 18446744073709551616, -w: expected whole seconds: 18446744073709551616", "status now, unknown argument: now",
        "agent --config, --config: expected a file after it", "agent --config=, --config: expected a file after it",
        "agent --config a b, unknown argument: b", "agent x, unknown argument: x", "version x, unknown argument: x"})
    void malformedWords_areRefusedByName(String words, String message) {
        assertEquals(message, assertThrows(UsageException.class, () -> parse(words)).getMessage());
    }

    @Test
    void config_isTakenInBothSpellings() throws UsageException {
        assertEquals("/x.json", parse("agent --config /x.json").config());
        assertEquals("/x.json", parse("console --config=/x.json").config());
        assertNull(parse("agent").config());
    }

    @Test
    void policyWords_areHandedOn() throws UsageException {
        assertArrayEquals(new String[] {"check", "--status", "f"}, parse("policy check --status f").rest());
    }

    private static Invocation parse(String words) throws UsageException {
        return Invocation.parse(words.isEmpty() ? new String[0] : words.split(" "));
    }
}
