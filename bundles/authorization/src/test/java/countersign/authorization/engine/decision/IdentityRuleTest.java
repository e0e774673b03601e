package countersign.authorization.engine.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.engine.decision.IdentityRule.Selector;
import countersign.policy.Identity;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityRuleTest {
    private static IdentityRule rule(String user, String group, String exe, String process) {
        return new IdentityRule(new Identity("i", Optional.ofNullable(user), Optional.ofNullable(group), Optional.ofNullable(exe), Optional.ofNullable(process)));
    }

    private static final Subject CURL = new Subject("alice", List.of("users", "wheel"), "/usr/bin/curl", "curl", false);

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "-,-,-,-,-", "alice,-,-,-,-", "-,wheel,-,-,-", "-,-,/usr/bin/curl,-,-", "-,-,-,curl,-", "alice,users,//usr/./bin/curl/,curl,-",
        "Alice,-,-,-,USER_NAME", "bob,root,/x,y,USER_NAME", "alice,root,/x,y,GROUP_NAME", "alice,users,/x,y,EXE_PATH", "alice,users,/usr/bin/curl,y,PROCESS_NAME",
        "-,-,/usr/bin/../bin/curl,-,EXE_PATH", "-,-,usr/bin/curl,-,EXE_PATH", "-,-,/usr/bin,-,EXE_PATH",
    })
    void selectors_mustAllHold_andTheFirstThatDoesNotIsNamed(String user, String group, String exe, String process, Selector mismatch) {
        IdentityRule rule = rule(user, group, exe, process);
        for (Profile profile : Profile.values()) {
            assertEquals(Optional.ofNullable(mismatch), rule.firstMismatch(CURL, profile));
            assertEquals(mismatch == null, rule.matches(CURL, profile));
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", emptyValue = "", value = {
        "undefined,-,-,-,USER_NAME", "-,-,'',-,EXE_PATH", "-,-,-,'',PROCESS_NAME", "-,'',-,-,GROUP_NAME", "' ',-,-,-,USER_NAME",
    })
    void unknownAttributesAndBlankSelectors_matchNothingInStrict(String user, String group, String exe, String process, Selector mismatch) {
        Subject unknown = new Subject(user == null || user.isBlank() ? " " : "undefined", List.of(""), "", "", false);
        IdentityRule rule = rule(user, group, exe, process);
        assertTrue(rule.matches(unknown, Profile.COMPAT));
        assertEquals(Optional.empty(), rule.firstMismatch(unknown, Profile.COMPAT));
        assertEquals(false, rule.matches(unknown, Profile.STRICT));
        assertEquals(Optional.of(mismatch), rule.firstMismatch(unknown, Profile.STRICT));
    }

    @Test
    void namesThatAreNoText_equalNoRule() {
        Subject odd = new Subject("alice", List.of(), "/bin/\uFFFD", "\uFFFD", false);
        for (Profile profile : Profile.values()) {
            assertEquals(Optional.of(Selector.EXE_PATH), rule(null, null, "/bin/\uFFFD", null).firstMismatch(odd, profile));
            assertEquals(Optional.of(Selector.PROCESS_NAME), rule(null, null, null, "\uFFFD").firstMismatch(odd, profile));
        }
    }

    @Test
    void unknownExe_doesNotEqualARelativeRule_inStrict() {
        Subject unknown = new Subject("alice", List.of(), "", "", false);
        assertEquals(false, rule(null, null, "/", null).matches(unknown, Profile.STRICT));
        assertEquals(false, rule(null, null, ".", null).matches(unknown, Profile.COMPAT));
    }

    @ParameterizedTest
    @CsvSource(emptyValue = "", value = {
        "/a/b,/a/b", "/a//b,/a/b", "//a/b/,/a/b", "/a/./b/.,/a/b", "/,/", "//,/", "/.,/", "'',''", "a/b,a/b", "./a,./a", ".,.", "./.,.", "./,.", "a/.,a",
        "/a/..,/a/..", "/.a/b.,/.a/b.", "/a/.b,/a/.b", "/a.,/a.", "a/,a", "/./a,/a", ".//a,./a",
    })
    void exePaths_areEqualByComponents(String path, String normal) {
        assertEquals(normal, ExePath.normal(path));
    }

    @Test
    void texts_areTheRulesOwn() {
        IdentityRule rule = rule("u", "g", "//e", "p");
        assertEquals(List.of("u", "g", "//e", "p"), List.of(Selector.values()).stream().map(rule::text).toList());
        assertEquals(List.of("", "", "", ""), List.of(Selector.values()).stream().map(rule(null, null, null, null)::text).toList());
        assertEquals(List.of("userName", "groupName", "exePath", "processName"), List.of(Selector.values()).stream().map(Selector::member).toList());
        assertEquals("i", rule.identity().name());
    }

    @Test
    void specimen_isDescribedByItsRule() {
        assertEquals(new Subject("u", List.of("g"), "/e", "p", true), rule("u", "g", "/e", "p").specimen());
        assertEquals(Subject.SOMEBODY, rule(null, null, null, null).specimen());
    }
}
