package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "asks the C library of Linux")
class UsersTest {
    private final AtomicLong now = new AtomicLong();
    private final Users users = new Users(now::get);

    @Test
    void root_hasItsNameAndPrimaryGroupFirst() {
        assertEquals(Optional.of("root"), users.of(0).name());
        assertEquals("root", users.of(0).groups().get(0));
    }

    @Test
    void unknownUid_hasNeitherNameNorGroups() {
        assertEquals(Users.User.NONE, users.of(3_999_999_999L));
    }

    @Test
    void answer_isKeptForFiveMinutesAndNotLonger() {
        Users.User first = users.of(0);
        now.set(Users.KEPT_NS - 1);
        assertSame(first, users.of(0));
        now.set(Users.KEPT_NS);
        assertNotSame(first, users.of(0));
    }
}
