package countersign.authorization.engine.live;

import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.decision.CompiledPolicy;

/** The last question before a snapshot goes live. */
@FunctionalInterface
public interface Gate {
    /** Lets everything pass. */
    Gate OPEN = policy -> {};

    /** @throws CompileException when the snapshot must not go live */
    void check(CompiledPolicy policy) throws CompileException;
}
