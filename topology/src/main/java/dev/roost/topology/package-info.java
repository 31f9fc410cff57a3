/**
 * The network as the controller knows it: switches, their ports, the links between them, and the shortest way from one
 * switch to another.
 *
 * <p>Everything here is pure: no clock, no thread, no socket. The loop that owns a {@link dev.roost.topology.Topology}
 * feeds it what the switches say and asks it where to send things.
 */
@NullMarked
package dev.roost.topology;

import org.jspecify.annotations.NullMarked;
