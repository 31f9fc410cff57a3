@NullMarked
package dev.roost.topology;

import org.jspecify.annotations.NullMarked;
