package dev.roost.controller;

import dev.roost.delegation.ForwardingKey;
import dev.roost.delegation.MessageProtection;
import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.HomeNetwork;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What protects the messages of the forwarding protocol, for each home network that speaks it. Other keys in the configuration are taken
 * over at once, and sessions go on.
 *
 * <p>Belongs to the loop.
 */
final class ForwardingChannels {

    private final LongSupplier sessions;
    /** By number of the home network. */
    private final @Nullable Channel[] channels = new Channel[ServedNetworks.MOST];

    private record Channel(HomeNetwork of, List<DelegationConfig.Key> keys, MessageProtection protection) {}

    ForwardingChannels(LongSupplier sessions) {
        this.sessions = sessions;
    }

    /** Null where the protocol is not spoken. */
    @Nullable
    MessageProtection of(ServedNetwork network) {
        List<DelegationConfig.Key> keys = network.config().delegation().keys();
        if (keys.isEmpty()) {
            return null;
        }
        Channel known = channels[network.index()];
        if (known == null || known.of() != network.state()) {
            MessageProtection protection = new MessageProtection(
                    network.config().representativeAddress(), signing(keys), sessions.getAsLong());
            known = new Channel(network.state(), keys, protection);
            channels[network.index()] = known;
        } else if (!known.keys().equals(keys)) {
            known.protection().useKeys(signing(keys));
            known = new Channel(network.state(), keys, known.protection());
            channels[network.index()] = known;
        }
        return known.protection();
    }

    private static List<ForwardingKey> signing(List<DelegationConfig.Key> keys) {
        return keys.stream()
                .map(key -> new ForwardingKey(key.identifier(), key.secret().toBytes()))
                .toList();
    }
}
