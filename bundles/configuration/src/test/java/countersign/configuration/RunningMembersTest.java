package countersign.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunningMembersTest {
    private static final Map<String, Object> FILE = Map.of("latchKeyFolder", "/b", "pollKeyStatusIntervalInSeconds", 7L);

    private final List<String> postponed = new ArrayList<>();

    @Test
    void atTheStart_theFileIsTakenAsItIs() {
        assertEquals(FILE, RunningMembers.over(null, FILE, postponed::add));
        assertEquals(List.of(), postponed);
    }

    @Test
    void keyFolder_staysWhereItIs_theRestIsFollowed() {
        Hashtable<String, Object> inForce = new Hashtable<>(Map.of("latchKeyFolder", "/a", "pollKeyStatusIntervalInSeconds", 15L, "logFolder", "/c"));
        assertEquals(Map.of("latchKeyFolder", "/a", "pollKeyStatusIntervalInSeconds", 7L), RunningMembers.over(inForce, FILE, postponed::add));
        assertEquals(List.of("latchKeyFolder takes effect when the agent starts again; until then it is /a"), postponed);
    }

    @Test
    void sameKeyFolder_isNoNews() {
        assertEquals(FILE, RunningMembers.over(new Hashtable<>(Map.of("latchKeyFolder", "/b")), FILE, postponed::add));
        assertEquals(List.of(), postponed);
    }
}
