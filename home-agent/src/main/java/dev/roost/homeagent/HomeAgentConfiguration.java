package dev.roost.homeagent;

import dev.roost.homeagent.binding.BindingAuthenticator;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.binding.MobileNodeKey;
import dev.roost.homeagent.linux.HomeLinkInterface;
import dev.roost.homeagent.snmp.SnmpSettings;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the configuration file says; {@link ConfigurationReader} reads and checks it.
 *
 * @param interfaceName on the home link
 * @param preference at the time of reading; {@code PreferenceFile} keeps it current
 */
record HomeAgentConfiguration(
        String interfaceName,
        Ipv6Address address,
        Ipv6Prefix prefix,
        int preference,
        Advertised advertised,
        Limits limits,
        Path statePath,
        Authentication authentication,
        Optional<DelegationConfiguration> delegation,
        Optional<SnmpSettings> snmp) {

    /** What router advertisements say. */
    record Advertised(
            int homeAgentLifetime,
            int routerLifetime,
            Duration interval,
            Duration prefixValidLifetime,
            Duration prefixPreferredLifetime) {}

    /** What binding updates are granted. */
    record Limits(Duration maximumBindingLifetime, int maximumBindings, boolean duplicateAddressDetection) {}

    /**
     * Who is believed.
     *
     * @param required false with {@code authentication: none}
     * @param timestampRequired whether the replay protection option of RFC 4285 must be there
     * @param keys empty only if none is required
     */
    record Authentication(boolean required, boolean timestampRequired, List<MobileNodeKey> keys) {
        static final Authentication NONE = new Authentication(false, false, List.of());

        Authentication {
            keys = List.copyOf(keys);
        }

        BindingAuthenticator authenticator() {
            return required ? BindingAuthenticator.of(keys, timestampRequired) : BindingAuthenticator.none();
        }
    }

    /** The core's settings, completed by what only the interface knows. */
    HomeAgentSettings settings(HomeLinkInterface homeLink) {
        return new HomeAgentSettings(
                address,
                prefix,
                homeLink.linkLayerAddress(),
                homeLink.linkLocalAddress(),
                homeLink.ownAddresses(),
                advertised.homeAgentLifetime(),
                advertised.routerLifetime(),
                advertised.interval(),
                advertised.prefixValidLifetime(),
                advertised.prefixPreferredLifetime(),
                limits.maximumBindingLifetime(),
                limits.maximumBindings(),
                limits.duplicateAddressDetection() ? HomeAgentSettings.RETRANS_TIMER : Duration.ZERO);
    }
}
