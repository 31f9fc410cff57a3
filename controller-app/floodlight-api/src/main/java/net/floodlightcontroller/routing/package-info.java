/** Signatures only; see {@code net.floodlightcontroller.core}. */
package net.floodlightcontroller.routing;
