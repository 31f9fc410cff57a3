@NullMarked
package dev.roost.loadbalancer;

import org.jspecify.annotations.NullMarked;
