package net.floodlightcontroller.core;

/** Has no values: the type of the chain of {@link IHAListener}s. */
public enum HAListenerTypeMarker {}
