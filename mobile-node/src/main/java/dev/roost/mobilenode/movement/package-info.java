/**
 * The decisions of one mobile node (RFC 6275, section 11): which link it is on, which address it has there, which home agent it
 * registers with and when.
 *
 * <p>{@link dev.roost.mobilenode.movement.MobileNode} is the entrance. Everything here is pure: the time is handed in with every call,
 * chance with the constructor, and what should happen comes back as a {@link dev.roost.mobilenode.movement.Decision}. There is no
 * socket, clock, thread or logger, and no byte of a packet: the shell turns packets into calls and effects into packets.
 *
 * <p>The parts, in the order in which each builds on what the one before it has found:
 *
 * <pre>
 *   RouterSolicitation     asks for router advertisements
 *   MovementDetection      which routers and prefixes there are; the same link or another one
 *   AddressConfiguration   the care-of address, or the home address at home
 *   HomeAgentDiscovery     the list of home agents
 *   HomeRegistration       away: the binding with one of them
 *   ReturnHome             at home: taking the binding back
 *   MobilePrefixes         what the home agent tells of the home prefix
 * </pre>
 *
 * <p>Each has an immutable state record, digests its own messages, and has one method {@code advance} that does whatever is due, by
 * the clock or because an earlier part has changed. After every event all of them advance, until nothing changes any more.
 */
@NullMarked
package dev.roost.mobilenode.movement;

import org.jspecify.annotations.NullMarked;
