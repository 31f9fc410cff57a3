/**
 * The host-independent shell around the decision core: one loop thread, its bounded queue, the ports that a host (the
 * standalone server or Floodlight) implements, the dispatch of punted packets, and the reconciling of flow rules.
 *
 * <p>Threads: hosts call {@link dev.roost.controller.SwitchEvents} from any of their threads and never wait; everything
 * else runs on the loop's own thread. No channel, socket or Floodlight type appears here.
 */
@NullMarked
package dev.roost.controller;

import org.jspecify.annotations.NullMarked;
