package dev.roost.delegation;

/** What a home agent is ready to be: one that delegates, one that forwards for others, or both. */
public record Roles(boolean primary, boolean secondary) {
    public static final Roles NONE = new Roles(false, false);

    private static final int PRIMARY = 1;
    private static final int SECONDARY = 2;

    int flags() {
        return (primary ? PRIMARY : 0) | (secondary ? SECONDARY : 0);
    }

    static Roles of(int flags) {
        return new Roles((flags & PRIMARY) != 0, (flags & SECONDARY) != 0);
    }
}
