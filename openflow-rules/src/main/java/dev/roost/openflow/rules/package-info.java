/**
 * From what the load balancer decided, and the network as it is, to flow rules and groups.
 *
 * <p>{@link dev.roost.openflow.rules.RuleCompiler} says which rules are wanted, one subject at a time;
 * {@link dev.roost.openflow.rules.InstalledState} keeps what one switch is believed to have and turns the difference into OpenFlow
 * messages, in an order that never leaves a gap. {@link dev.roost.openflow.rules.Pipeline} is the one list of priorities.
 *
 * <p>Everything here is pure: no clock, no thread, no socket. Messages are built and read, never sent.
 */
@NullMarked
package dev.roost.openflow.rules;

import org.jspecify.annotations.NullMarked;
