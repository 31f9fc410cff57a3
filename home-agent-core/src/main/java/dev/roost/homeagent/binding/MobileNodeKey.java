package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;

/** The key that a mobile node shares with its home agent (RFC 4285, 5.1), named by home address and security parameter index. */
public final class MobileNodeKey {
    private final Ipv6Address homeAddress;
    private final long spi;
    private final byte[] key;

    public MobileNodeKey(Ipv6Address homeAddress, long spi, byte[] key) {
        this.homeAddress = homeAddress;
        this.spi = spi;
        this.key = key.clone();
    }

    public Ipv6Address homeAddress() {
        return homeAddress;
    }

    /** 256 to 2^32 - 1. */
    public long spi() {
        return spi;
    }

    byte[] key() {
        return key;
    }

    /** Without the key, which belongs in no log. */
    @Override
    public String toString() {
        return "key of " + homeAddress + " with spi " + spi;
    }
}
