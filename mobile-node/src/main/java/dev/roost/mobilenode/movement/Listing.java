package dev.roost.mobilenode.movement;

import java.util.Collection;
import java.util.stream.Collectors;

/** Several values in one field of an event. */
final class Listing {
    private Listing() {}

    static String of(Collection<?> values) {
        return values.isEmpty() ? "none" : values.stream().map(Object::toString).collect(Collectors.joining(","));
    }
}
