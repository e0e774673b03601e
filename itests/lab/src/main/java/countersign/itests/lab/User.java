package countersign.itests.lab;

import java.util.List;

/** Whom a process runs as. Numbers only: they need no account. */
public record User(int uid, int gid) {
    public static final User ROOT = new User(0, 0);
    /** The account nobody, which every Debian has. */
    public static final User NOBODY = new User(65534, 65534);

    /** What to put before a command to run it as this user, without supplementary groups. */
    List<String> become() {
        return equals(ROOT)
                ? List.of()
                : List.of("setpriv", "--reuid", Integer.toString(uid), "--regid", Integer.toString(gid), "--clear-groups");
    }
}
