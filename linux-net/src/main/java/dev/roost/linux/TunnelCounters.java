package dev.roost.linux;

/**
 * Packets that the tunnels handled since they were opened.
 *
 * @param encapsulated put into a tunnel
 * @param decapsulated taken out of a tunnel
 * @param wrongSource dropped: a binding exists and it was tunnelled to us, but the outer addresses are not those registered
 * @param noBinding dropped: tunnelled to us for a home address that has no binding
 * @param tooBig left to the kernel to answer with Packet Too Big
 * @param refused dropped for what they are: neighbor discovery for a home address other than solicitations, which its home agent answers
 *     in user space; tunnelled packets to link-local or multicast addresses; broken ones
 * @param octetsEncapsulated of those put into a tunnel, outer headers included
 * @param octetsDecapsulated of those taken out of a tunnel, outer headers included
 */
public record TunnelCounters(
        long encapsulated,
        long decapsulated,
        long wrongSource,
        long noBinding,
        long tooBig,
        long refused,
        long octetsEncapsulated,
        long octetsDecapsulated) {}
