package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message of neighbor discovery (RFC 4861) with its options.
 *
 * <p>Parsing has already checked lengths, the code and that no option is empty, and {@link Ipv6Packet#parse} the checksum and that it is
 * no fragment. What depends on the header around the message is checked by {@link #requireValid}, which every receiver must call
 * before it believes anything.
 */
public sealed interface NeighborDiscoveryMessage extends Icmpv6Message
        permits RouterSolicitation, RouterAdvertisement, NeighborSolicitation, NeighborAdvertisement {

    /** What an untouched hop limit is; a router would have lowered it. */
    int HOP_LIMIT = 255;

    List<NdOption> options();

    /**
     * The validity checks of RFC 4861 (6.1.1, 6.1.2, 7.1.1, 7.1.2) that need the header.
     *
     * @throws MalformedPacketException with the reason to count; its offset is the one in the IPv6 packet
     */
    void requireValid(Ipv6Header header) throws MalformedPacketException;

    /** The first option of this kind. */
    default <T extends NdOption> Optional<T> option(Class<T> kind) {
        for (NdOption option : options()) {
            if (kind.isInstance(option)) {
                return Optional.of(kind.cast(option));
            }
        }
        return Optional.empty();
    }

    /** All options of this kind, in their order. */
    default <T extends NdOption> List<T> options(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (NdOption option : options()) {
            if (kind.isInstance(option)) {
                found.add(kind.cast(option));
            }
        }
        return found;
    }

    /** The check that all four have in common. */
    static void requireUntouchedHopLimit(Ipv6Header header) throws MalformedPacketException {
        if (header.hopLimit() != HOP_LIMIT) {
            throw new MalformedPacketException(
                    Reason.BAD_HOP_LIMIT, "hop limit != 255", header.hopLimit(), Ipv6Header.HOP_LIMIT);
        }
    }

    /** An unspecified source has no link-layer address that anybody may learn (RFC 4861, 6.1.1 and 7.1.1). */
    default void requireNoSourceLinkLayerAddress() throws MalformedPacketException {
        if (option(SourceLinkLayerAddress.class).isPresent()) {
            throw new MalformedPacketException(
                    Reason.BAD_VALUE, "source link-layer address with unspecified source", 1, Ipv6Header.SOURCE);
        }
    }
}
