package countersign.interception.linux;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests that need a real kernel, naming everything this machine lacks for them. */
final class KernelCondition implements ExecutionCondition {
    private static final List<String> MISSING = Sandbox.missing();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return MISSING.isEmpty()
                ? ConditionEvaluationResult.enabled("this machine has all it takes")
                : ConditionEvaluationResult.disabled("kernel tests need " + String.join(", ", MISSING));
    }
}
