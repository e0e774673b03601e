package countersign.itests.lab;

import java.util.ArrayList;
import java.util.List;

/** Where and as whom a process runs. */
public record Place(Namespace namespace, Cgroup cgroup, User user) {
    public Place as(User other) {
        return new Place(namespace, cgroup, other);
    }

    /** The command that runs {@code command} here. It keeps its process id on the way: everything is exec'ed. */
    public List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(
                List.of("sh", "-c", "echo $$ > \"$1\"; shift; exec \"$@\"", "sh", cgroup.folder().resolve("cgroup.procs").toString()));
        whole.addAll(namespace.enter());
        whole.addAll(user.become());
        whole.addAll(command);
        return whole;
    }
}
