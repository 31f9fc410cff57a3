@NullMarked
package dev.roost.controller;

import org.jspecify.annotations.NullMarked;
