package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:0DB8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:1:2:3:4:5:6, ::1:2:3:4:5:6",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "::ffff:192.0.2.1, ::ffff:192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "fe80::85f:dbff:fed8:8585, fe80::85f:dbff:fed8:8585",
    })
    void printsWhatRfc5952Wants(String text, String canonical) {
        assertThat(Ipv6Address.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                "1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "g::",
                "1:2:3:4:5:6:7:",
                ":1:2:3:4:5:6:7",
                "::1%eth0",
                "[::1]",
                "::1.2.3",
                "::1.2.3.256",
                "::01.2.3.4",
                "1.2.3.4::",
                "1.2.3.4",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::١",
                "1.2.3.4::1.2.3.4",
            })
    void refusesTextThatIsNoAddress(String text) {
        assertThatThrownBy(() -> Ipv6Address.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void readsItsOwnTextAndAgreesWithTheJdkAboutTheBytes() throws UnknownHostException {
        long seed = Long.getLong("roost.seed", System.nanoTime());
        System.out.println("AddressTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            // Nibble masks make zero groups, and so runs of them, likely.
            long high = random.nextLong() & sparse(random);
            long low = random.nextLong() & sparse(random);
            Ipv6Address address = new Ipv6Address(high, low);

            assertThat(Ipv6Address.parse(address.toString())).isEqualTo(address);
            if (!address.toString().contains(".")) {
                assertThat(InetAddress.getByName(address.toString()).getAddress())
                        .isEqualTo(address.toBytes());
            }
        }
    }

    private static long sparse(Random random) {
        long mask = 0;
        for (int shift = 0; shift < 64; shift += 16) {
            mask |= (random.nextBoolean() ? 0xffffL : 0) << shift;
        }
        return mask;
    }

    @Test
    void sortsAsAnUnsignedNumber() {
        List<Ipv6Address> sorted = Stream.of(
                        "ff02::1", "::1", "2001:db8::1", "2001:db8::8000:0:0:0", "2001:db8::7fff:0:0:0")
                .map(Ipv6Address::parse)
                .sorted()
                .toList();

        assertThat(sorted)
                .extracting(Ipv6Address::toString)
                .containsExactly("::1", "2001:db8::1", "2001:db8:0:0:7fff::", "2001:db8:0:0:8000::", "ff02::1");
    }

    @Test
    void knowsItsKind() {
        assertThat(Ipv6Address.parse("ff0e::1").isMulticast()).isTrue();
        assertThat(Ipv6Address.parse("fe80::1").isLinkLocal()).isTrue();
        assertThat(Ipv6Address.parse("febf::1").isLinkLocal()).isTrue();
        assertThat(Ipv6Address.parse("fec0::1").isLinkLocal()).isFalse();
        assertThat(Ipv6Address.UNSPECIFIED.isUnspecified()).isTrue();
        assertThat(Ipv6Address.LOOPBACK.isLoopback()).isTrue();
        assertThat(Stream.of("::", "::1", "fe80::1", "ff02::1", "2001:db8::1", "::2", "fc00::1")
                        .filter(a -> Ipv6Address.parse(a).isRoutableUnicast()))
                .containsExactly("2001:db8::1", "::2", "fc00::1");
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 2526, 2: an EUI-64 interface identifier, universal/local bit zero
        "2001:db8:1::/64, 2001:db8:1:0:fdff:ffff:ffff:fffe",
        // all other lengths: ones, and the identifier 0x7e in the last seven bits
        "::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
        "2001:db8::/32, 2001:db8:ffff:ffff:ffff:ffff:ffff:fffe",
        "2001:db8::/48, 2001:db8:0:ffff:ffff:ffff:ffff:fffe",
        "2001:db8:1::/63, 2001:db8:1:1:ffff:ffff:ffff:fffe",
        "2001:db8:1::/65, 2001:db8:1:0:7fff:ffff:ffff:fffe",
        "2001:db8:1::/80, 2001:db8:1::ffff:ffff:fffe",
        "2001:db8:1::/112, 2001:db8:1::fffe",
        "2001:db8:1::/120, 2001:db8:1::fe",
        "2001:db8:1::/121, 2001:db8:1::7e",
        "2001:db8:1::80/121, 2001:db8:1::fe",
    })
    void homeAgentsAnycastAddressOfAnyPrefixLength(String prefix, String anycast) {
        assertThat(Ipv6Prefix.parse(prefix).homeAgentsAnycast()).hasToString(anycast);
    }

    @Test
    void prefixesTooLongForAnAnycastIdentifierSaySo() {
        assertThatThrownBy(() -> Ipv6Prefix.parse("2001:db8::/122").homeAgentsAnycast())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theSolicitedNodeGroupOfEveryHomeAgentsAnycastAddressIsTheSame() {
        Ipv6Address group =
                Ipv6Prefix.parse("2001:db8:7::/64").homeAgentsAnycast().solicitedNode();

        assertThat(group).hasToString("ff02::1:ffff:fffe");
        assertThat(MacAddress.multicastFor(group)).hasToString("33:33:ff:ff:ff:fe");
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8::/64, 2001:db8::ffff:ffff:ffff:ffff, true",
        "2001:db8::/64, 2001:db8:0:1::, false",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "2001:db8::/65, 2001:db8::7fff:0:0:0, true",
        "2001:db8::1/128, 2001:db8::1, true",
        "2001:db8::1/128, 2001:db8::, false",
        "::/0, ff02::1, true",
        "2001:db8::/33, 2001:db8:7fff::, true",
        "2001:db8::/33, 2001:db8:8000::, false",
    })
    void prefixContains(String prefix, String address, boolean inside) {
        assertThat(Ipv6Prefix.parse(prefix).contains(Ipv6Address.parse(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2001:db8::",
                "2001:db8::/",
                "2001:db8::/129",
                "2001:db8::/-1",
                "2001:db8::/+1",
                "2001:db8::1/64",
                "::/1000"
            })
    void refusesTextThatIsNoPrefix(String text) {
        assertThatThrownBy(() -> Ipv6Prefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void linkLayerAddressesReadAndPrint() {
        MacAddress mac = MacAddress.parse("E6:99:c6:38:94:09");

        assertThat(mac).hasToString("e6:99:c6:38:94:09");
        // As seen in the captures: this interface took the address fe80::e499:c6ff:fe38:9409.
        assertThat(Ipv6Address.linkLocal(mac)).hasToString("fe80::e499:c6ff:fe38:9409");
        assertThat(mac.isMulticast()).isFalse();
        assertThat(MacAddress.BROADCAST.isMulticast()).isTrue();
        assertThatThrownBy(() -> MacAddress.parse("e6:99:c6:38:94:0g")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MacAddress.parse("e6-99-c6-38-94-09")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MacAddress(1L << 48)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusalsNameReasonAndPlaceAndCostNoStackTrace() {
        var refusal = new MalformedPacketException(
                MalformedPacketException.Reason.ZERO_LENGTH_OPTION, "option length == 0", 0, 56);

        assertThat(refusal).hasMessage("zero-length-option at 56: option length == 0: 0");
        assertThat(refusal.getStackTrace()).isEmpty();
    }
}
