/**
 * The home agent as network management sees it: MOBILEIPV6-MIB (RFC 4295) over SNMPv3, read-only, and notifications of what happens to
 * bindings.
 *
 * <p>It has two threads of its own, one that answers and one that notifies, and shares nothing with the binding loop but what {@link
 * dev.roost.homeagent.snmp.ManagedHomeAgent} hands over: numbers that are a second old at most, and copies of the bindings.
 */
@NullMarked
package dev.roost.homeagent.snmp;

import org.jspecify.annotations.NullMarked;
