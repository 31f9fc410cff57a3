/**
 * Load and bindings as the home agents themselves tell them, by SNMPv3: counters asked for periodically, the binding cache read from
 * time to time, notifications taken (RFC 4295). It decides nothing and remembers little: what it learns goes to {@link
 * dev.roost.controller.HomeAgentReports}.
 */
@NullMarked
package dev.roost.controller.snmp;

import org.jspecify.annotations.NullMarked;
