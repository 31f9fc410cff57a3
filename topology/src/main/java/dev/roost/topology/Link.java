package dev.roost.topology;

/**
 * A connection between ports of two switches, as probes showed it.
 *
 * @param from the smaller of the two ports when probes came through both ways, else the port whose probe was heard
 * @param bothWays whether probes came through in both directions; packets are only ever routed over links that carry both
 */
public record Link(SwitchPort from, SwitchPort to, boolean bothWays) {}
