@NullMarked
package dev.roost.loadbalancer.simulation;

import org.jspecify.annotations.NullMarked;
