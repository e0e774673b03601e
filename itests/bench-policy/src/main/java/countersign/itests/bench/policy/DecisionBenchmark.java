package countersign.itests.bench.policy;

import countersign.attribution.Caller;
import countersign.authorization.AccessRequest;
import countersign.authorization.Decision;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Settings;
import countersign.endpoint.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One decision as the proxy asks for it, explanation included; half of the requests are allowed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmark {
    private static final int REQUESTS = 1024;

    @Param({"10", "1000", "10000"})
    private int privileges;

    @Param({"OFF", "SHADOW", "ENFORCE"})
    private CanonicalMode mode;

    private CompiledPolicy policy;
    private AccessRequest[] requests;
    private int next;

    @Setup
    public void setUp() {
        policy = new CompiledPolicy(1, Settings.of(mode), new DecisionIds(), Documents.compile(Documents.document(Documents.json(privileges))).items());
        Random random = new Random(1);
        requests = new AccessRequest[REQUESTS];
        int allowed = 0;
        for (int i = 0; i < REQUESTS; ) {
            AccessRequest request = request(random);
            boolean allow = policy.decide(request) instanceof Decision.Allow;
            // As many of each kind as of the other.
            if (allow ? allowed < REQUESTS / 2 : i - allowed < REQUESTS / 2) {
                requests[i++] = request;
                allowed += allow ? 1 : 0;
            }
        }
    }

    private AccessRequest request(Random random) {
        int privilege = random.nextInt(privileges);
        int roles = Math.max(1, privileges / 10);
        int identities = Math.max(2, privileges / 5);
        int user = random.nextBoolean() ? privilege % roles % identities : random.nextInt(2 * identities);
        Caller caller = new Caller(1000, Optional.of("user" + user), List.of("users", "audio", "video"), 4711, 99,
                Optional.of("/usr/bin/tool" + user % 7), Optional.empty(), false);
        return new AccessRequest(Endpoint.IMDS.address(), "GET", Documents.path(privilege) + "/details?api-version=2021-02-01", caller);
    }

    @Benchmark
    public Decision decide() {
        return policy.decide(requests[next++ & REQUESTS - 1]);
    }
}
