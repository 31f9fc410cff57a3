package dev.roost.mobilenode.movement;

/** All that one mobile node knows: an immutable value, replaced part by part. */
record MobileNodeState(
        SolicitationState solicitation,
        LinkState link,
        AddressState address,
        DiscoveryState discovery,
        RegistrationState registration,
        ReturnState returning,
        PrefixState prefixes,
        FarewellState farewell) {

    static final MobileNodeState INITIAL = new MobileNodeState(
            SolicitationState.QUIET,
            LinkState.UNATTACHED,
            AddressState.NONE,
            DiscoveryState.IDLE,
            RegistrationState.UNREGISTERED,
            ReturnState.IDLE,
            PrefixState.IDLE,
            FarewellState.NONE);

    MobileNodeState with(SolicitationState changed) {
        return new MobileNodeState(changed, link, address, discovery, registration, returning, prefixes, farewell);
    }

    MobileNodeState with(LinkState changed) {
        return new MobileNodeState(
                solicitation, changed, address, discovery, registration, returning, prefixes, farewell);
    }

    MobileNodeState with(AddressState changed) {
        return new MobileNodeState(solicitation, link, changed, discovery, registration, returning, prefixes, farewell);
    }

    MobileNodeState with(DiscoveryState changed) {
        return new MobileNodeState(solicitation, link, address, changed, registration, returning, prefixes, farewell);
    }

    MobileNodeState with(RegistrationState changed) {
        return new MobileNodeState(solicitation, link, address, discovery, changed, returning, prefixes, farewell);
    }

    MobileNodeState with(ReturnState changed) {
        return new MobileNodeState(solicitation, link, address, discovery, registration, changed, prefixes, farewell);
    }

    MobileNodeState with(PrefixState changed) {
        return new MobileNodeState(solicitation, link, address, discovery, registration, returning, changed, farewell);
    }

    MobileNodeState with(FarewellState changed) {
        return new MobileNodeState(solicitation, link, address, discovery, registration, returning, prefixes, changed);
    }
}
