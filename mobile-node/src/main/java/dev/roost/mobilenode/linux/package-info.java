/**
 * The shell around one mobile node: packet socket, kernel addresses and routes, clock, log. It decides nothing; it carries out what
 * {@code movement} decides. One thread runs it all; a second one only watches the interface.
 */
@NullMarked
package dev.roost.mobilenode.linux;

import org.jspecify.annotations.NullMarked;
