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
    private final Map<Way, Long> processes;
    private final Load load;

    /** @param processes id of the process in between, for each way that has one */
    LoadBench(Lab lab, Map<Way, Long> processes) throws IOException {
        this.lab = lab;
        this.processes = Map.copyOf(processes);
        this.load = lab.load(lab.guest(User.NOBODY));
    }

    /** Makes everybody compile what they will need. */
    void warmUp() throws IOException {
        for (Traffic traffic : Traffic.values()) {
            for (Way way : Way.values()) {
                once(traffic, way, WARM_UP_MILLIS);
            }
        }
    }

    Map<Traffic, Map<Way, Measured>> run(int rounds, int millis) throws IOException {
        Map<Traffic, Map<Way, Measured>> results = new EnumMap<>(Traffic.class);
        for (int round = 0; round < rounds; round++) {
            for (Traffic traffic : Traffic.values()) {
                for (Way way : Way.values()) {
                    Measured result = once(traffic, way, millis);
                    results.computeIfAbsent(traffic, key -> new EnumMap<>(Way.class)).merge(way, result, Measured::plus);
                }
            }
        }
        return results;
    }

    /** One load generator serves all ways, so its compiled code is the same; it only moves between cgroups. */
    private Measured once(Traffic traffic, Way way, int millis) throws IOException {
        (way == Way.DIRECT ? lab.unguarded(User.NOBODY).cgroup() : lab.guarded()).adopt(load.pid());
        boolean nginx = way == Way.NGINX;
        long before = ticks(way);
        load.start(new LoadPlan(nginx ? Nginx.ADDRESS : Network.IMDS, nginx ? Nginx.PORT : 80, traffic.keepAlive, traffic.clients,
                WARM_UP_MILLIS, millis, List.of(new LoadPlan.Shot(200, Stage.imds(Stage.INSTANCE).bytes()))));
        LoadResult result = load.finish();
        return new Measured(result, ticks(way) - before);
    }

    private long ticks(Way way) throws IOException {
        return processes.containsKey(way) ? Measured.ticks(processes.get(way)) : 0;
    }
}
