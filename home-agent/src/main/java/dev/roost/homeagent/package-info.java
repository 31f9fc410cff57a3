/**
 * The home agent daemon: configuration, the loop, the state on disk. {@link dev.roost.homeagent.Main} starts it; one thread owns
 * everything behind {@link dev.roost.homeagent.HomeAgentLoop}.
 */
@NullMarked
package dev.roost.homeagent;

import org.jspecify.annotations.NullMarked;
