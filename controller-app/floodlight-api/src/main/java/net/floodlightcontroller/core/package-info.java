/**
 * Signatures of the types of Floodlight that our module touches, with their exact names, parameters and returns, read from
 * github.com/floodlight/floodlight, commit 71fe8a7e72096eb0fd96c1d814a04e3b7b782830 (master). Only what is called or
 * implemented stands here; a test holds it against the descriptors of the real build. At run time Floodlight's own classes
 * take their place: nothing of this is ever packaged.
 */
package net.floodlightcontroller.core;
