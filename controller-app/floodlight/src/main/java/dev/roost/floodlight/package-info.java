/**
 * The module for the Floodlight controller: shows Floodlight's switches, links and REST interface to the runtime as the ports that it
 * knows. It decides nothing about home networks.
 *
 * <p>Floodlight calls on many threads: packet-ins and errors on netty's workers, news of switches on the thread of its main loop, links
 * on a thread of link discovery, requests on threads of the REST server. All of them only leave work for the controller's loop, and
 * nothing is ever thrown at Floodlight, which drops what a switch says, or the switch, when a listener throws.
 */
@NullMarked
package dev.roost.floodlight;

import org.jspecify.annotations.NullMarked;
