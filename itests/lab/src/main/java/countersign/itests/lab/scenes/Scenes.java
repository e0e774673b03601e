package countersign.itests.lab.scenes;

import java.util.List;
import java.util.stream.Stream;

/** The scenes in their order; each may build on those before it. */
public final class Scenes {
    private Scenes() {}

    public static List<Scene> all() {
        return Stream.of(WithoutAgent.scenes(), AgentStart.scenes(), Callers.scenes(), Changes.scenes(), Crash.scenes())
                .flatMap(List::stream).toList();
    }
}
