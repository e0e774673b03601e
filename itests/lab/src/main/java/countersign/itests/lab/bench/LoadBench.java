package countersign.itests.lab.bench;

import countersign.itests.lab.Lab;
import countersign.itests.lab.Network;
import countersign.itests.lab.User;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Runs every traffic over every way, in turns, so that whatever else the machine does meets all alike. */
final class LoadBench {
    private static final int WARM_UP_MILLIS = 500;

    private final Lab lab;
    private final Load load;

    LoadBench(Lab lab) throws IOException {
        this.lab = lab;
        this.load = lab.load(lab.guest(User.NOBODY));
    }

    Map<Traffic, Map<Way, LoadResult>> run(int rounds, int millis) throws IOException {
        Map<Traffic, Map<Way, LoadResult>> results = new EnumMap<>(Traffic.class);
        for (int round = 0; round < rounds; round++) {
            for (Traffic traffic : Traffic.values()) {
                for (Way way : Way.values()) {
                    LoadResult result = once(traffic, way, millis);
                    results.computeIfAbsent(traffic, key -> new EnumMap<>(Way.class)).merge(way, result, LoadResult::plus);
                }
            }
        }
        return results;
    }

    /** One load generator serves all ways, so its compiled code is the same; it only moves between cgroups. */
    private LoadResult once(Traffic traffic, Way way, int millis) throws IOException {
        (way == Way.DIRECT ? lab.unguarded(User.NOBODY).cgroup() : lab.guarded()).adopt(load.pid());
        boolean nginx = way == Way.NGINX;
        load.start(new LoadPlan(nginx ? Nginx.ADDRESS : Network.IMDS, nginx ? Nginx.PORT : 80, traffic.keepAlive, traffic.clients,
                WARM_UP_MILLIS, millis, List.of(new LoadPlan.Shot(200, Stage.imds(Stage.INSTANCE).bytes()))));
        return load.finish();
    }
}
