@NullMarked
package dev.roost.linux;

import org.jspecify.annotations.NullMarked;
