package countersign.interception.linux;

import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The machine's user database, asked through the C library so that every configured source answers. Answers are kept for five
 * minutes at most. Safe from any platform thread; an answer that is not kept may take as long as the source takes.
 */
final class Users {
    static final long KEPT_NS = 300_000_000_000L;
    static final int KEPT_ENTRIES = 1024;

    private static final int FIRST_BUFFER = 16 * 1024;
    private static final int LAST_BUFFER = 1024 * 1024;
    private static final int FIRST_GROUPS = 64;
    private static final int LAST_GROUPS = 65536;
    private static final int PASSWD_SIZE = 64;
    private static final int PASSWD_GID = 20;
    private static final int GROUP_SIZE = 64;

    private final LongSupplier clock;
    private final Map<Long, Kept> kept = new ConcurrentHashMap<>();

    /** @param clock nanoseconds that only go forward */
    Users(LongSupplier clock) {
        this.clock = clock;
    }

    /** An account: its name, when there is one, and the names of its primary and supplementary groups. */
    record User(Optional<String> name, List<String> groups) {
        static final User NONE = new User(Optional.empty(), List.of());
    }

    User of(long uid) {
        long now = clock.getAsLong();
        Kept known = kept.get(uid);
        if (known != null && now - known.since < KEPT_NS) {
            return known.user;
        }
        User user = ask((int) uid);
        if (kept.size() >= KEPT_ENTRIES) {
            kept.clear(); // a caller can make up uids in a namespace of its own; real machines never come here
        }
        kept.put(uid, new Kept(user, now));
        return user;
    }

    private record Kept(User user, long since) {}

    private static User ask(int uid) {
        OffHeap passwd = new OffHeap(PASSWD_SIZE);
        return withEntry(passwd, (buffer, result) ->
                        Libc.getpwuid_r(uid, passwd.address, buffer.address, buffer.bytes.capacity(), result.address),
                entry -> new User(Optional.of(entry), groups(entry, passwd.bytes.getInt(PASSWD_GID))))
                .orElse(User.NONE);
    }

    private static List<String> groups(String user, int primary) {
        byte[] name = Libc.text(user);
        ByteBuffer count = new OffHeap(Integer.BYTES).bytes;
        for (int capacity = FIRST_GROUPS; capacity <= LAST_GROUPS; capacity *= 2) {
            ByteBuffer ids = new OffHeap(capacity * Integer.BYTES).bytes;
            count.putInt(0, capacity);
            if (Libc.getgrouplist(name, primary, ids, count) >= 0) {
                return names(ids, count.getInt(0));
            }
        }
        return List.of();
    }

    private static List<String> names(ByteBuffer ids, int count) {
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            groupName(ids.getInt(i * Integer.BYTES)).ifPresent(names::add);
        }
        return names;
    }

    private static Optional<String> groupName(int gid) {
        OffHeap group = new OffHeap(GROUP_SIZE);
        return withEntry(group, (buffer, result) ->
                Libc.getgrgid_r(gid, group.address, buffer.address, buffer.bytes.capacity(), result.address), name -> name);
    }

    private interface Question {
        int ask(OffHeap buffer, OffHeap result);
    }

    private interface Answer<T> {
        T of(String name);
    }

    /** Asks with ever larger buffers; {@code answer} runs while the buffer that {@code entry} points into is alive. */
    private static <T> Optional<T> withEntry(OffHeap entry, Question question, Answer<T> answer) {
        OffHeap result = new OffHeap(Long.BYTES);
        for (int size = FIRST_BUFFER; size <= LAST_BUFFER; size *= 4) {
            OffHeap buffer = new OffHeap(size);
            int errno = question.ask(buffer, result);
            if (errno == 0) {
                boolean found = result.bytes.getLong(0) != 0;
                Optional<T> outcome = found
                        ? Optional.of(answer.of(new Pointer(entry.bytes.getLong(0)).getString(0, "UTF-8")))
                        : Optional.empty();
                Reference.reachabilityFence(buffer);
                return outcome;
            }
            if (errno != Libc.ERANGE) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
