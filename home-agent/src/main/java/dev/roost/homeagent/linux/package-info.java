/**
 * What a home agent has in the kernel and on the wire: frames in and out, tunnels, forwarding, the kernel's silence about Mobile
 * IPv6. It decides nothing. The daemon's loop thread calls all of it.
 */
@NullMarked
package dev.roost.homeagent.linux;

import org.jspecify.annotations.NullMarked;
