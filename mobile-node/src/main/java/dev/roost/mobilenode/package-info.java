@NullMarked
package dev.roost.mobilenode;

import org.jspecify.annotations.NullMarked;
