/**
 * What a daemon knows, kept on disk: an append-only log with snapshots, shared by the controller and the home agent. It knows
 * bytes only; what they mean is the caller's.
 */
@NullMarked
package dev.roost.statelog;

import org.jspecify.annotations.NullMarked;
