package dev.roost.controller.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.AdmittedHomeAgent;
import dev.roost.loadbalancer.DiscoveryLimits;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.SwitchId;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RehearsalTest {

    private static final RuleCompiler.Options RULES = RuleCompiler.Options.STANDALONE;
    private static final HomeNetworkConfig CONFIG = HomeNetworkConfig.of(
            "home",
            Ipv6Prefix.parse("2001:db8:1::/64"),
            Ipv6Address.parse("2001:db8:1::fe"),
            MacAddress.parse("02:00:5e:00:00:fe"));

    @Test
    void answersAllThatItAsks() throws Exception {
        assertThat(new Rehearsal(CONFIG, RULES).run()).isEqualTo(Rehearsal.REQUESTS);
    }

    @Test
    void answersWhateverSwitchesAndHomeAgentsTheConfigurationWants() throws Exception {
        HomeNetworkConfig listed = CONFIG.withSwitches(Set.of(new SwitchId(9)))
                .withHomeAgents(List.of(AdmittedHomeAgent.of(MacAddress.parse("02:00:00:00:00:99"))));

        assertThat(new Rehearsal(listed, RULES).run()).isEqualTo(Rehearsal.REQUESTS);
    }

    @Test
    void keepsToTheLimitsThatAreConfigured() throws Exception {
        HomeNetworkConfig limited =
                CONFIG.withDiscoveryLimits(new DiscoveryLimits(OptionalInt.empty(), OptionalInt.of(10)));

        assertThat(new Rehearsal(limited, RULES).run()).isPositive().isLessThan(Rehearsal.REQUESTS);
    }
}
