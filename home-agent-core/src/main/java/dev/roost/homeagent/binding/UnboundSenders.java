package dev.roost.homeagent.binding;

import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;

/**
 * What to tell a sender whose packet presumes something that is not so: a binding that does not exist, or a message type that
 * nobody knows (RFC 6275, 9.3.3).
 *
 * <p>The RFC's answer is a Binding Error. A real mobile node that gets one from its home agent drops that home agent for seven
 * minutes and falls silent. So a sender that claims a home address of this home network, which makes it one of our mobile nodes
 * whose binding is lost, is asked to register again instead: an acknowledgement with status 135, upon which it sends a binding
 * update at once. Everybody else gets the Binding Error. Both are limited in rate, over all senders.
 *
 * <p>Where binding updates are authenticated nobody is asked to register again: unsigned, the mobile node would not believe it, and
 * signed it would give whoever claims the address a refusal to play to its mobile node.
 */
final class UnboundSenders {
    private static final double PER_SECOND = 100;
    private static final double BURST = 100;

    private final HomeAgentSettings settings;
    private final BindingCache cache;
    private final BindingAuthenticator authenticator;
    private final OutgoingPackets packets;
    private final TokenBucket errors = new TokenBucket(PER_SECOND, BURST);
    private final TokenBucket requests = new TokenBucket(PER_SECOND, BURST);

    UnboundSenders(
            HomeAgentSettings settings,
            BindingCache cache,
            BindingAuthenticator authenticator,
            OutgoingPackets packets) {
        this.settings = settings;
        this.cache = cache;
        this.authenticator = authenticator;
        this.packets = packets;
    }

    /** A Home Address option in something else than a binding update, and no binding that vouches for it (RFC 6275, 9.3.1). */
    Decision onUnboundHomeAddress(Instant now, Origin origin, Ipv6Address homeAddress) {
        if (!origin.source().isRoutableUnicast()) {
            return Decision.count(Counter.IGNORED_SOURCE);
        }
        if (!settings.prefix().contains(homeAddress)) {
            return bindingError(now, BindingError.UNKNOWN_BINDING, origin);
        }
        if (cache.contains(homeAddress) || authenticator.isRequired()) {
            // Bound at another care-of address: its mobile node knows what it does, or this is not its mobile node.
            return Decision.count(Counter.IGNORED_HOME_ADDRESS);
        }
        return requests.tryTake(now)
                ? Decision.of(
                        new Effect.Count(Counter.REREGISTRATIONS_ASKED),
                        packets.registerAgain(origin, cache.retainedSequence(homeAddress)))
                : Decision.count(Counter.REREGISTRATIONS_SUPPRESSED);
    }

    /** A Mobility Header of a type that is not known here (RFC 6275, 9.2). */
    Decision onUnknownMobilityMessage(Instant now, Origin origin) {
        if (!origin.source().isRoutableUnicast()) {
            return Decision.count(Counter.IGNORED_SOURCE);
        }
        if (settings.prefix().contains(origin.homeAddressOption().orElse(origin.source()))) {
            return Decision.count(Counter.IGNORED_MOBILITY_MESSAGE);
        }
        return bindingError(now, BindingError.UNRECOGNIZED_MH_TYPE, origin);
    }

    private Decision bindingError(Instant now, int status, Origin origin) {
        return errors.tryTake(now)
                ? Decision.of(new Effect.Count(Counter.BINDING_ERRORS_SENT), packets.bindingError(status, origin))
                : Decision.count(Counter.BINDING_ERRORS_SUPPRESSED);
    }
}
