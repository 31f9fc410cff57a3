@NullMarked
package dev.roost.controller.standalone;

import org.jspecify.annotations.NullMarked;
