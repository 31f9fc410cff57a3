/**
 * A generator that plays very many mobile nodes from one process, for load and for measuring: discovery, registration, refresh and
 * deregistration of each at stated rates, through one packet socket.
 *
 * <p>It is not {@code movement} many times over. A node here is a few numbers in flat arrays, a packet is a template in which addresses,
 * sequence number and checksum are replaced, and there is no movement. What a node accepts and repeats follows the same rules
 * (RFC 6275, 11.4.1, 11.7 and 11.8): latest discovery identifier only, equal sequence number, source and type 2 routing header of a binding
 * acknowledgement, a new sequence number in every binding update.
 *
 * <p>{@link dev.roost.mobilenode.generator.Generator} is the loop; one thread runs all of it.
 */
@NullMarked
package dev.roost.mobilenode.generator;

import org.jspecify.annotations.NullMarked;
