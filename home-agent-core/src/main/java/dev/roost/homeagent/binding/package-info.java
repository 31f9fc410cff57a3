/**
 * What a home agent decides (RFC 6275, 10): its binding cache, what it answers to binding updates, which neighbors it stands in
 * for, when it advertises itself.
 *
 * <p>Pure: no socket, clock, thread, file, logger or unseeded chance. Every event is a method of {@link
 * dev.roost.homeagent.binding.HomeAgent} that takes {@code Instant now} and returns a {@link
 * dev.roost.homeagent.binding.Decision}: changes to remember and effects to send. {@link
 * dev.roost.homeagent.binding.HomeAgent#apply} is the only thing that alters bindings. The daemon's one loop thread owns all of it.
 *
 * <p>It is not the tunnel: which routes to install follows from the changes, and the shell installs them.
 */
@NullMarked
package dev.roost.homeagent.binding;

import org.jspecify.annotations.NullMarked;
