/** The journal on disk. */
@NullMarked
package dev.roost.controller.journal;

import org.jspecify.annotations.NullMarked;
