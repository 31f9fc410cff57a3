/**
 * Strict reading of YAML configuration files, shared by the controller and the daemons: every problem of a file is found in one
 * reading and told with its path, line, value and what was wanted; nothing unknown is passed over. It knows no key of any of them.
 */
@NullMarked
package dev.roost.configuration;

import org.jspecify.annotations.NullMarked;
