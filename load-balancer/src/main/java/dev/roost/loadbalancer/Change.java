package dev.roost.loadbalancer;

import dev.roost.homeagent.binding.BindingChange;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A fact that {@link HomeNetwork#apply} takes in. Times are milliseconds since 1970 (UTC).
 *
 * <p>Durable facts go to the journal, by {@link ChangeCodec}, and alone rebuild what must outlive the process; the soft
 * ones are lost with it and come again by themselves.
 */
public sealed interface Change {

    void accept(Visitor visitor);

    /** Whether it has to be journalled. */
    default boolean durable() {
        return true;
    }

    /** Whose flow rules may be different now. */
    default Touched touched() {
        return Touched.NOTHING;
    }

    private static void require16Bits(int value, String what) {
        if (value >>> 16 != 0) {
            throw new IllegalArgumentException(what + ": wanted 0 to 65535, got " + value);
        }
    }

    /** One method for each kind of change, so that a new kind cannot be forgotten. */
    interface Visitor {

        void visit(HomeAgentLearned change);

        void visit(HomeAgentRefreshed change);

        void visit(HomeAgentSuspected change);

        void visit(HomeAgentRecovered change);

        void visit(HomeAgentRemoved change);

        void visit(HomeAgentForgotten change);

        void visit(HomeAgentDrained change);

        void visit(HomeAgentWeighted change);

        void visit(HomeAgentReaddressed change);

        void visit(AnswerSent change);

        void visit(BindingAccepted change);

        void visit(BindingReleased change);

        void visit(ForwarderChanged change);

        void visit(RepresentativeChanged change);

        void visit(BindingDoubted change);

        void visit(RouterLearned change);

        void visit(RouterLost change);

        void visit(DelegationNoted change);

        void visit(BindingUpdateSeen change);

        void visit(BindingUpdateSettled change);

        void visit(LoadSampled change);

        void visit(PortReachability change);

        void visit(AttachmentDoubted change);

        void visit(Reconfigured change);

        void visit(AddressesValid change);

        void visit(OffenderTold change);

        void visit(DiscoverySourceHeard change);

        void visit(BindingReleaseSeen change);

        void visit(BindingProlonged change);

        void visit(SightChanged change);
    }

    /**
     * A home agent is new in the list, or what is known of it is different: everything that is known, with its index,
     * which stays its own until it is forgotten.
     *
     * @param globalAddresses sorted, without duplicates
     * @param router whether its Router Lifetime was more than 0
     * @param knownSinceMillis when it was given the index; what was said of the index before is not about it
     */
    record HomeAgentLearned(
            int index,
            Ipv6Address linkLocalAddress,
            MacAddress linkLayerAddress,
            SwitchPort attachment,
            List<Ipv6Address> globalAddresses,
            int preference,
            long expiresAtMillis,
            boolean router,
            long knownSinceMillis)
            implements Change {

        public HomeAgentLearned {
            require16Bits(index, "index");
            require16Bits(preference, "preference");
            globalAddresses = List.copyOf(globalAddresses);
        }

        @Override
        public Touched touched() {
            return Touched.homeAgent(index);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** A home agent advertised itself again, with nothing new but its lifetime. */
    record HomeAgentRefreshed(int index, long expiresAtMillis) implements Change {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Its Router Lifetime fell to 0, and solicitation number {@code probesSent} went out. */
    record HomeAgentSuspected(int index, long probedAtMillis, int probesSent) implements Change {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** A suspect advertised itself when it was asked to. */
    record HomeAgentRecovered(int index) implements Change {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** A home agent left the list; while bindings refer to it, packets are still steered to it. */
    record HomeAgentRemoved(int index, HomeAgentRemoved.Cause cause) implements Change {

        /** Why it left. */
        public enum Cause {
            /** It advertised itself with the H bit off (RFC 6275, 10.5.1). */
            NOT_A_HOME_AGENT(0),
            /** It advertised itself with lifetime 0. */
            LIFETIME_ZERO(1),
            /** It fell silent. */
            LIFETIME_EXPIRED(2),
            /** It stopped being a router and did not answer probes. */
            PROBES_UNANSWERED(3),
            /** The operator no longer lists it. */
            NOT_ADMITTED(4),
            /** It stopped being a router, and its host is there, but advertised nothing when asked to. */
            SOLICITATIONS_UNANSWERED(5);

            private final int code;
            private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

            Cause(int code) {
                this.code = code;
            }

            /** As it is written to the journal. */
            int code() {
                return code;
            }

            public String word() {
                return word;
            }
        }

        @Override
        public Touched touched() {
            return Touched.homeAgent(index);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** A home agent that had left the list gave up its index to a new one. */
    record HomeAgentForgotten(int index) implements Change {
        @Override
        public Touched touched() {
            return Touched.homeAgent(index);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** The operator began, or ended, taking a home agent out of service. */
    record HomeAgentDrained(int index, boolean draining) implements Change {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * The operator set a home agent's weight while it was running.
     *
     * @param weight instead of the configured one; 0: as configured
     */
    record HomeAgentWeighted(int index, int weight) implements Change {

        public HomeAgentWeighted {
            require16Bits(index, "index");
            if (weight < 0 || weight > BalancingConfig.MOST_WEIGHT) {
                throw new IllegalArgumentException(
                        "weight: wanted 0 to " + BalancingConfig.MOST_WEIGHT + ", got " + weight);
            }
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * A home agent has only these global addresses left: the valid lifetime of others ended, or the operator no longer admits
     * them.
     *
     * @param globalAddresses sorted, without duplicates
     */
    record HomeAgentReaddressed(int index, List<Ipv6Address> globalAddresses) implements Change {

        public HomeAgentReaddressed {
            require16Bits(index, "index");
            globalAddresses = List.copyOf(globalAddresses);
        }

        @Override
        public Touched touched() {
            return Touched.homeAgent(index);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * A care-of address was given this list.
     *
     * @param sentAtMillis when; credit counts from here
     * @param listedAtMillis when the list was made; stickiness counts from here
     */
    record AnswerSent(Ipv6Address careOfAddress, HomeAgentOrder homeAgents, long sentAtMillis, long listedAtMillis)
            implements Change {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * A home agent accepted a binding: new, refreshed, or moved from elsewhere.
     *
     * @param sequence 0 where nothing tells it
     * @param acceptedAtMillis when the home agent accepted it last; 0: unknown, before all else
     */
    record BindingAccepted(
            Ipv6Address homeAddress,
            Ipv6Address careOfAddress,
            int homeAgent,
            Ipv6Address homeAgentAddress,
            int sequence,
            long acceptedAtMillis,
            long expiresAtMillis,
            Evidence evidence)
            implements Change {

        public BindingAccepted {
            require16Bits(homeAgent, "index");
            require16Bits(sequence, "sequence number");
        }

        @Override
        public Touched touched() {
            return Touched.binding(homeAddress, homeAgent);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** A binding ended. */
    record BindingReleased(Ipv6Address homeAddress, int homeAgent, BindingReleased.Cause cause) implements Change {

        /** Why it ended. */
        public enum Cause {
            DEREGISTERED(0),
            EXPIRED(1),
            /** Its home agent does not know it, and nobody forwards in that one's name. */
            FORGOTTEN(2);

            private final int code;
            private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

            Cause(int code) {
                this.code = code;
            }

            /** As it is written to the journal. */
            int code() {
                return code;
            }

            public String word() {
                return word;
            }
        }

        @Override
        public Touched touched() {
            return Touched.binding(homeAddress, homeAgent);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * Another home agent forwards for a bound home address from here on, or the one where it is bound does so again. A later
     * binding at another home agent ends it, and so does the end of the binding.
     *
     * @param forwarder index of the home agent
     * @param epoch the number that the one where it is bound gave this, compared unsigned; never 0
     */
    record ForwarderChanged(Ipv6Address homeAddress, int forwarder, long epoch) implements Change {

        public ForwarderChanged {
            require16Bits(forwarder, "index");
        }

        @Override
        public Touched touched() {
            return Touched.binding(homeAddress, forwarder);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Something about the representative as a home agent: what its own bindings are, and to whom it has delegated them. */
    record RepresentativeChanged(BindingChange change) implements Change {
        @Override
        public boolean durable() {
            return change.durable();
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * The home agent where it is bound is still to say who forwards, since it may have had this mobile node before and have it
     * delegated still. Ends with the next {@link ForwarderChanged}, or with the binding.
     */
    record BindingDoubted(Ipv6Address homeAddress) implements Change {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Registrations come through this router, which is attached there; what was known of its link-layer address before is over. */
    record RouterLearned(Router router) implements Change {
        @Override
        public Touched touched() {
            return Touched.EVERY_HOME_AGENT;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** It is not known where this router is. */
    record RouterLost(MacAddress linkLayerAddress) implements Change {
        @Override
        public Touched touched() {
            return Touched.EVERY_HOME_AGENT;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: something about delegations under way. */
    record DelegationNoted(DelegationNote note) implements Change {
        @Override
        public Touched touched() {
            return note.touched();
        }

        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * Soft: a binding update went by and awaits its acknowledgement.
     *
     * @param through the router that it came from; empty if the mobile node is at home
     */
    record BindingUpdateSeen(
            Ipv6Address homeAddress,
            Ipv6Address careOfAddress,
            Ipv6Address homeAgentAddress,
            int sequence,
            long seenAtMillis,
            Optional<Router> through)
            implements Change {

        /** Of an update that is encrypted. */
        static final int HIDDEN_SEQUENCE = -1;

        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a binding update was refused, or asked for nothing that has to be remembered. */
    record BindingUpdateSettled(Ipv6Address homeAddress, Ipv6Address homeAgentAddress, int sequence) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a load sample came. */
    record LoadSampled(
            int index,
            LoadSample.Source source,
            Instant takenAt,
            long packetsTransmitted,
            long packetsReceived,
            int counterBits,
            OptionalInt bindings)
            implements Change {

        public LoadSampled {
            require16Bits(index, "index");
        }

        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a port went down or came up. */
    record PortReachability(SwitchPort port, boolean reachable) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a port turned out to lead to another switch, so that nobody is attached there. */
    record AttachmentDoubted(SwitchPort port) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * Soft: the operator's decisions are these from here on. Not journalled, since a process that starts reads them from
     * its configuration.
     */
    record Reconfigured(HomeNetworkConfig config) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a home agent advertised until when its addresses are valid; whoever is not mentioned stays as it was. */
    record AddressesValid(int index, Map<Ipv6Address, Long> untilMillis) implements Change {

        public AddressesValid {
            untilMillis = Map.copyOf(untilMillis);
        }

        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a claim of what is another's was told, and is not told again for a while. */
    record OffenderTold(SwitchPort port, long toldAtMillis) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a home agent released a binding, whether or not it was known. */
    record BindingReleaseSeen(Ipv6Address homeAddress, int homeAgent, long releasedAtMillis) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * Soft: the mobile node may have refreshed its binding unseen, which therefore lasts longer than it was accepted for. Ends with
     * the next {@link BindingAccepted}.
     */
    record BindingProlonged(Ipv6Address homeAddress, long untilMillis) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: registrations are seen through other switches than before. */
    record SightChanged(Sight sight) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Soft: a discovery request that {@link AnswerSent} says nothing of. */
    record DiscoverySourceHeard(Ipv6Address source, long heardAtMillis, boolean answered) implements Change {
        @Override
        public boolean durable() {
            return false;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }
}
