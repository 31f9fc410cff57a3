package dev.roost.mobilenode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobilenode.CommandLine.UsageException;
import dev.roost.mobilenode.generator.GeneratorOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class GeneratorArgumentsTest {
    private static final List<String> LEAST = List.of(
            "--many=20",
            "--interface=eth0",
            "--home-prefix=2001:db8:1::/64",
            "--first-home-address=2001:db8:1::100",
            "--care-of-prefix=2001:db8:3::/64");

    @Test
    void readsTheLeastWithItsDefaults() throws UsageException {
        GeneratorOptions options = parse();

        assertThat(options.plan().nodes()).isEqualTo(20);
        assertThat(options.plan().homeAddress(19)).isEqualTo(Ipv6Address.parse("2001:db8:1::113"));
        assertThat(options.plan().careOfAddress(19)).isEqualTo(Ipv6Address.parse("2001:db8:3::252:ff:fe00:13"));
        assertThat(options.homeAgent()).isEmpty();
        assertThat(options.rate()).isEqualTo(100);
        assertThat(options.lifetime()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.refreshRate()).isEmpty();
        assertThat(options.duration()).isEmpty();
    }

    @Test
    void limitsWhatMayWaitWhenTheRateIsUnlimited() throws UsageException {
        assertThat(parse("--rate", "max").window()).isEqualTo(512);
        assertThat(parse("--rate", "max", "--window", "7").window()).isEqualTo(7);
        assertThat(parse("--rate", "5000").window()).isGreaterThan(1_000_000);
    }

    @Test
    void saysWhatWasWanted() {
        assertThatThrownBy(() -> parse("--rate", "fast"))
                .hasMessage("--rate: 'fast' found; wanted a number a second up to 10000000, or max");
        assertThatThrownBy(() -> parse("--home-agent", "ff02::1"))
                .hasMessage("--home-agent: 'ff02::1' found; wanted a routable unicast address");
        assertThatThrownBy(() -> parse("--livetime", "5"))
                .hasMessage("unknown option '--livetime'; did you mean --lifetime?");
        assertThatThrownBy(() -> parse("--lifetime")).hasMessage("--lifetime wants S");
        assertThatThrownBy(() -> GeneratorArguments.parse(List.of("--many", "5")))
                .hasMessage("--interface is missing");
        assertThatThrownBy(() -> parse("--many=2000000", "--home-prefix=2001:db8:1::/112"))
                .hasMessageContaining("to be in 2001:db8:1::/112");
    }

    @Test
    void isAskedForHelpByMoreThanOneWay() throws UsageException {
        assertThat(GeneratorArguments.areMeant(List.of("--many", "--help"))).isTrue();
        assertThat(GeneratorArguments.parse(List.of("--many", "--help"))).isEmpty();
        assertThat(GeneratorArguments.help()).contains("--data-plane", "--refresh-rate");
        assertThat(GeneratorArguments.areMeant(List.of("--config", "x"))).isFalse();
    }

    private static GeneratorOptions parse(String... more) throws UsageException {
        return GeneratorArguments.parse(
                        Stream.concat(LEAST.stream(), Arrays.stream(more)).toList())
                .orElseThrow();
    }
}
