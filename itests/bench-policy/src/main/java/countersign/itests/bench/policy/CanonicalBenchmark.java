package countersign.itests.bench.policy;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Targets of 120 bytes: an ordinary one, and one in which much has to be decoded and resolved. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CanonicalBenchmark {
    @Param({
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/&client_id=11111111-2222-33",
        "/Metadata/./Identity%2FOAuth2;v=1/%74%6F%6B%65%6E/?API-Version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F"
    })
    private String target;

    @Benchmark
    public Canonical canonicalize() {
        return Canonicalizer.canonicalize("GET", target);
    }
}
