/**
 * The decision core of Roost: what the representative of one Mobile IPv6 home network knows and what it does about it.
 *
 * <p>{@link dev.roost.loadbalancer.HomeNetwork} is the entrance. Each event is a method that takes the time and returns a
 * {@link dev.roost.loadbalancer.Decision}: changes to remember and effects to carry out. It alters nothing;
 * {@link dev.roost.loadbalancer.HomeNetwork#apply} is the only thing that does. So a second copy that is fed the same
 * changes is the same, whether it runs beside the first one or is built from the journal after a crash.
 *
 * <p>Nothing here knows a socket, a clock, a thread, a logger, OpenFlow or a host. No class is safe for use by two
 * threads; each home network is owned by one loop.
 */
@NullMarked
package dev.roost.loadbalancer;

import org.jspecify.annotations.NullMarked;
