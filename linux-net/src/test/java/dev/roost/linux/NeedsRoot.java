package dev.roost.linux;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that work on the real kernel, in network namespaces of their own: left out, and said so, where that is not allowed. */
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
@interface NeedsRoot {
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (LinuxCalls.isRoot()) {
                return ConditionEvaluationResult.enabled("root");
            }
            if (Boolean.getBoolean("roost.crosscheck")) {
                throw new IllegalStateException("roost.crosscheck is set, but this is not root");
            }
            System.out.println(context.getDisplayName() + " left out: needs root for network namespaces");
            return ConditionEvaluationResult.disabled("not root");
        }
    }
}
