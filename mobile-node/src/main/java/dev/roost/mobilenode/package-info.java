/**
 * The entrance of the mobile node: command line and configuration. {@link dev.roost.mobilenode.Main} starts either one mobile node
 * ({@code linux}, which obeys {@code movement}) or the generator that plays very many ({@code generator}).
 */
@NullMarked
package dev.roost.mobilenode;

import org.jspecify.annotations.NullMarked;
