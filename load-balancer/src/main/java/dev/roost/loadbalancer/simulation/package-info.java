/**
 * What would happen: plays crowds of mobile nodes on a virtual clock, against the real decision core and against simpler
 * ways to choose a home agent.
 */
@NullMarked
package dev.roost.loadbalancer.simulation;

import org.jspecify.annotations.NullMarked;
