/** The controller's configuration file: records for what it says, and the one parser that the server and check-config share. */
@NullMarked
package dev.roost.controller.config;

import org.jspecify.annotations.NullMarked;
