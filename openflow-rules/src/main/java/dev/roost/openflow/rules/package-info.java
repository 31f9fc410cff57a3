@NullMarked
package dev.roost.openflow.rules;

import org.jspecify.annotations.NullMarked;
