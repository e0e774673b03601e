package countersign.itests.bench.policy;

import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.twins.EvilTwins;
import countersign.policy.RuleDocument;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Off the request path: reading a document, compiling it, challenging it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CompileBenchmark {
    @Param({"10", "1000", "10000"})
    private int privileges;

    private byte[] json;
    private RuleDocument document;
    private ItemSet items;

    @Setup
    public void setUp() {
        json = Documents.json(privileges);
        document = Documents.document(json);
        items = Documents.compile(document).items();
    }

    @Benchmark
    public RuleDocument read() {
        return Documents.document(json);
    }

    @Benchmark
    public PolicyCompiler.Result compile() {
        return Documents.compile(document);
    }

    @Benchmark
    public void evilTwins() throws CompileException {
        EvilTwins.check(items);
    }
}
