/**
 * A switch in memory for tests, shipped in the test jar: it applies real OpenFlow messages, refuses what a real switch refuses, and says
 * where a packet goes. It shares no code with what compiles the rules.
 */
@NullMarked
package dev.roost.openflow.fake;

import org.jspecify.annotations.NullMarked;
