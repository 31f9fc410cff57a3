package dev.roost.mobilenode.movement;

/**
 * A part of the mobile node's state after an event: what {@link MobileNode#apply} takes, and the only thing that alters a node.
 *
 * <p>Every change carries the whole new value of its part. The parts are small, there is one node, and a value can be put in place
 * twice without harm.
 */
public sealed interface Change {

    /** The state with this part replaced. */
    MobileNodeState appliedTo(MobileNodeState state);

    record SolicitationChanged(SolicitationState solicitation) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(solicitation);
        }
    }

    record LinkChanged(LinkState link) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(link);
        }
    }

    record AddressChanged(AddressState address) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(address);
        }
    }

    record DiscoveryChanged(DiscoveryState discovery) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(discovery);
        }
    }

    record RegistrationChanged(RegistrationState registration) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(registration);
        }
    }

    record ReturnChanged(ReturnState returning) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(returning);
        }
    }

    record PrefixesChanged(PrefixState prefixes) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(prefixes);
        }
    }

    record FarewellChanged(FarewellState farewell) implements Change {
        @Override
        public MobileNodeState appliedTo(MobileNodeState state) {
            return state.with(farewell);
        }
    }
}
