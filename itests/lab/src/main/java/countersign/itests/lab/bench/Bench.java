package countersign.itests.lab.bench;

import countersign.itests.lab.Checkout;
import countersign.itests.lab.Lab;
import countersign.itests.lab.Requirements;
import countersign.itests.lab.agent.Memory;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Measures and reports. The host is in audit mode for IMDS: it verifies every signature and counts what it would have refused, but
 * answers the unsigned requests of the direct path and of nginx too. Exit status 1 if any request failed or any signature was wrong.
 *
 * <p>Arguments: seconds per measurement (default 3), rounds (default 3), starts (default 5), status runs (default 20).
 */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws IOException {
        Checkout checkout = Checkout.here();
        List<String> missing = Requirements.missing(checkout, "nginx");
        if (!missing.isEmpty()) {
            missing.forEach(System.err::println);
            System.exit(3);
        }
        double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 3;
        BenchReport report = run(checkout, (int) (seconds * 1000), number(args, 1, 3), number(args, 2, 5), number(args, 3, 20));
        System.out.print(report.table());
        System.out.println("written to " + checkout.root().relativize(report.write(checkout.reports().resolve("bench.json"))));
        System.exit(report.faultless() ? 0 : 1);
    }

    private static BenchReport run(Checkout checkout, int millis, int rounds, int starts, int statusRuns) throws IOException {
        try (Lab lab = Lab.open(checkout)) {
            Stage stage = new Stage(lab);
            lab.host().serve(Policy.open("bench").service("imds", "audit", "allow", "bench").document());
            List<StartBench.Start> started = StartBench.agent(stage, starts);
            StartBench.Status status = StartBench.status(stage, statusRuns);
            Memory idle = stage.agent().memory();
            long nginx = Nginx.start(lab);
            lab.host().journal(0);
            LoadBench bench = new LoadBench(lab, Map.of(Way.NGINX, nginx, Way.AGENT, stage.agent().pid()));
            bench.warmUp();
            Map<String, Long> before = lab.host().counters("imds");
            Map<Traffic, Map<Way, Measured>> load = bench.run(rounds, millis);
            Map<String, Long> verdicts = lab.host().counters("imds");
            before.forEach((reason, count) -> verdicts.merge(reason, -count, Long::sum));
            return new BenchReport(started, status, idle, stage.agent().memory(), load, verdicts);
        }
    }

    private static int number(String[] args, int index, int absent) {
        return args.length > index ? Integer.parseInt(args[index]) : absent;
    }
}
