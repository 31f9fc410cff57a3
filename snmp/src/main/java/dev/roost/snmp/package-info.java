/**
 * What the two ends of SNMP have in common: a home agent that answers, and a controller that asks. The objects of MOBILEIPV6-MIB (RFC
 * 4295) by their numbers, and an SNMPv3 engine with one user. It knows neither bindings nor load.
 */
@NullMarked
package dev.roost.snmp;

import org.jspecify.annotations.NullMarked;
