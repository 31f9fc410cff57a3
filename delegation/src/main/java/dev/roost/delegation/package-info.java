/**
 * Delegated forwarding: the home agent at which a mobile node registered, its <em>primary</em>, keeps the signalling and lets another
 * home agent, its <em>forwarder</em>, tunnel for it. {@code docs/forwarding-protocol.md} is the specification.
 *
 * <p>{@link dev.roost.delegation.ForwardingMessage} is what is said, {@link dev.roost.delegation.MessageProtection} makes datagrams
 * that nobody can forge or replay of it, {@link dev.roost.delegation.Primary} and {@link dev.roost.delegation.Secondary} decide.
 *
 * <p>Pure: no socket, clock, thread, file, logger or unseeded chance. Every event is a method that takes {@code Instant now} and returns
 * a {@link dev.roost.delegation.DelegationDecision}: changes to remember and effects to act on. {@code apply} is the only thing that
 * alters who forwards. One loop thread owns all of it.
 *
 * <p>It is neither the tunnel nor the switch: what to install follows from the changes, and the shells install it.
 */
@NullMarked
package dev.roost.delegation;

import org.jspecify.annotations.NullMarked;
