package countersign.itests.bench.policy;

import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.twins.EvilTwins;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The very first policy of a process: no code is compiled yet. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FirstBenchmark {
    @Param({"10", "1000"})
    private int privileges;

    private ItemSet items;

    @Setup
    public void setUp() {
        items = Documents.compile(Documents.document(Documents.json(privileges))).items();
    }

    @Benchmark
    public void evilTwinsCold() throws CompileException {
        EvilTwins.check(items);
    }
}
