@NullMarked
package dev.roost.homeagent;

import org.jspecify.annotations.NullMarked;
