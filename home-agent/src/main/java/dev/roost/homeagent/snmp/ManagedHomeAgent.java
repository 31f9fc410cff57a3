package dev.roost.homeagent.snmp;

import dev.roost.homeagent.binding.BindingSnapshot;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** What the agent reads of a home agent; called by the agent's thread, so answers must not depend on any other's. */
public interface ManagedHomeAgent {

    /** The clock of the bindings. */
    Instant now();

    /** Of the last second. */
    HomeAgentFacts facts();

    /** All bindings, once the loop comes to copy them; fails if too much waits for it already. */
    CompletableFuture<BindingSnapshot.Copy> copyBindings();
}
