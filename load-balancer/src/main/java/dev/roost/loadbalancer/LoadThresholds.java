package dev.roost.loadbalancer;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Above which a home agent is overloaded; each is optional, and strictly more than the value is too much.
 *
 * @param transmitRate packets a second
 * @param receiveRate packets a second
 */
public record LoadThresholds(OptionalInt bindings, OptionalLong transmitRate, OptionalLong receiveRate) {

    public static final LoadThresholds NONE =
            new LoadThresholds(OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty());

    public LoadThresholds {
        if (bindings.orElse(0) < 0 || transmitRate.orElse(0) < 0 || receiveRate.orElse(0) < 0) {
            throw new IllegalArgumentException("load thresholds: wanted 0 or more");
        }
    }
}
