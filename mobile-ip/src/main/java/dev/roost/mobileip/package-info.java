@NullMarked
package dev.roost.mobileip;

import org.jspecify.annotations.NullMarked;
