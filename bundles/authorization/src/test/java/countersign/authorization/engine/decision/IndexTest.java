package countersign.authorization.engine.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.decision.PrivilegeRule.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both indexes find what a scan would find. */
class IndexTest {
    private static final List<String> PATHS = List.of("", "/", "/a", "/ab", "/abc/d", "/abc/e", "/abd", "/b/", "x", "/abc");

    private static CompiledItem item(List<String> paths, List<Map<String, String>> queries) {
        List<PrivilegeRule> rules = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            Map<String, String> query = queries.isEmpty() ? Map.of() : queries.get(i);
            Map<String, Set<String>> required = new LinkedHashMap<>();
            query.forEach((key, value) -> required.put(key, Set.of(value)));
            List<String> segments = Arrays.stream(paths.get(i).split("/")).filter(segment -> !segment.isEmpty()).toList();
            rules.add(new PrivilegeRule("p" + i, paths.get(i), query, Optional.of(new Pattern(segments, required, false))));
        }
        return new CompiledItem("", false, Optional.empty(), rules, List.of(), new int[rules.size()][]);
    }

    private static List<Integer> compat(CompiledItem item, String target) {
        return boxed(item.evaluateCompat(new CompatRequest(target), Policies.ALICE, Profile.COMPAT).matched());
    }

    private static List<Integer> canonical(CompiledItem item, String target) {
        Canonical.Form form = (Canonical.Form) Canonicalizer.canonicalize("GET", target);
        return boxed(item.evaluateCanonical(form, Policies.ALICE, Profile.STRICT).matched());
    }

    private static List<Integer> boxed(int[] found) {
        return Arrays.stream(found).boxed().toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/|0 1|0 1", "/a|0 1 2|0 1 2", "/ab|0 1 2 3|0 1 3", "/abc|0 1 2 3 9|0 1 9", "/abc/d|0 1 2 3 4 9|0 1 4 9", "/abd/x|0 1 2 3 6|0 1 6",
        "/abce|0 1 2 3 9|0 1", "/b|0 1|0 1 7", "/b/|0 1 7|0 1 7", "/x|0 1|0 1 8", "/ABC/E|0 1 2 3 5 9|0 1 5 9", "/zz|0 1|0 1", "*|0|0 1"})
    void paths_areFound(String target, String compat, String canonical) {
        CompiledItem item = item(PATHS, List.of());
        assertEquals(numbers(compat), compat(item, target));
        assertEquals(numbers(canonical), canonical(item, target));
    }

    @Test
    void parameters_areFound() {
        List<Map<String, String>> queries = List.of(Map.of(), Map.of("k", "1"), Map.of("k", "2"), Map.of("j", "1"), Map.of("k", "1", "j", "1"), Map.of("k", ""), Map.of("l", "9"));
        CompiledItem item = item(List.of("/a", "/a", "/a", "/a", "/a", "/a", "/a"), queries);
        assertEquals(List.of(0), compat(item, "/a"));
        assertEquals(List.of(0, 1), compat(item, "/a?k=1"));
        assertEquals(List.of(0, 1), compat(item, "/a?K=1&k=2&x=3&y=4&z=5&=6"));
        assertEquals(List.of(0, 1, 3, 4), compat(item, "/a?j=1&k=1"));
        assertEquals(List.of(0, 5), compat(item, "/a?k"));
        assertEquals(List.of(0, 5), compat(item, "/a?k="));
        assertEquals(List.of(0, 3), compat(item, "/a%3Fj=%31"));
        assertEquals(List.of(0, 2, 3), compat(item, "/a%3Fj=1&k=1?k=2"));
        assertEquals(List.of(0, 6), compat(item, "/a?l=9&m=1&n=2&o=3"));
        assertEquals(List.of(0, 1, 2), canonical(item, "/a?k=1&K=2"));
        assertEquals(List.of(0, 1, 3, 4), canonical(item, "/a?j=%31&k=1"));
        assertEquals(List.of(0, 5), canonical(item, "/a?k&x=1&y=2&z=3&w=4"));
        assertEquals(List.of(), canonical(item, "/b?k=1"));
    }

    @Test
    void manyPrivilegesOnOnePath_areAllOffered_andSomeRemembered() {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            paths.add("/a");
        }
        CompiledItem item = item(paths, List.of());
        assertEquals(64, compat(item, "/a").size());
        assertEquals(List.of(0, 1, 2), compat(item, "/a").subList(0, 3));
        assertEquals(false, item.evaluateCompat(new CompatRequest("/a"), Policies.ALICE, Profile.COMPAT).allowed());
    }

    @Test
    void constrains_looksAtEveryPatternOnTheWay() {
        CompiledItem item = item(List.of("/a", "/a/b", "/c"), List.of(Map.of("k", "1"), Map.of("j", "1", "l", "1"), Map.of("m", "1")));
        Canonical.Form form = (Canonical.Form) Canonicalizer.canonicalize("GET", "/a/b/c");
        assertEquals(List.of(true, true, true, false, false), List.of("k", "j", "l", "m", "x").stream().map(key -> item.constrains(form, Set.of(key))).toList());
        Pattern untrusted = new Pattern(List.of("a"), Map.of("k", Set.of("1")), true);
        CompiledItem other = new CompiledItem("", false, Optional.empty(), List.of(new PrivilegeRule("p", "/a", Map.of("k", "1&"), Optional.of(untrusted))), List.of(), new int[1][]);
        assertEquals(true, other.constrains(form, Set.of("k")));
        assertEquals(false, other.constrains(form, Set.of("j")));
        assertEquals(0, other.evaluateCanonical((Canonical.Form) Canonicalizer.canonicalize("GET", "/a?k=1"), Policies.ALICE, Profile.STRICT).matched().length);
        assertEquals(1, other.evaluateCanonical((Canonical.Form) Canonicalizer.canonicalize("GET", "/a?k=1"), Policies.ALICE, Profile.COMPAT).matched().length);
    }

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(" ")).map(Integer::valueOf).toList();
    }
}
