package dev.roost.homeagent;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** What other threads want to know of the loop's state: asked by any, answered by the loop between two batches. */
final class LoopQuestions {
    private static final int LIMIT = 4;

    private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(LIMIT);
    private final Runnable wakeUp;

    LoopQuestions(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** @return fails with {@link RejectedExecutionException} when too many wait */
    <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (waiting.offer(() -> answer.complete(question.get()))) {
            wakeUp.run();
        } else {
            answer.completeExceptionally(new RejectedExecutionException("too many questions wait for the loop"));
        }
        return answer;
    }

    /** The loop's part. One a batch, so that questions don't hold it up. */
    void answerOne() {
        Runnable question = waiting.poll();
        if (question != null) {
            question.run();
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }
}
