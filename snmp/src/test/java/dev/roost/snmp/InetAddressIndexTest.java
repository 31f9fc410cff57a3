package dev.roost.snmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snmp4j.smi.OID;

final class InetAddressIndexTest {
    private static final Ipv6Address ADDRESS = Ipv6Address.parse("2001:db8:1::ff");

    @Test
    void isTypeLengthAndOctets() {
        OID index = InetAddressIndex.of(ADDRESS);

        assertThat(index).hasToString("2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.0.255");
        assertThat(InetAddressIndex.read(index)).contains(ADDRESS);
    }

    @Test
    void readsNothingElse() {
        for (String other : List.of(
                "2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.0",
                "2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.0.255.1",
                "1.4.192.0.2.1",
                "2.15.32.1.13.184.0.1.0.0.0.0.0.0.0.0.0.255",
                "2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.0.256")) {
            assertThat(InetAddressIndex.read(new OID(other))).as(other).isEmpty();
        }
    }

    @Test
    void findsTheLowestAddressNotBelowAnyIndex() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        // Few bits, so that indices and addresses often meet.
        List<Ipv6Address> addresses = Stream.generate(() -> new Ipv6Address(random.nextInt(3) << 30, random.nextInt(4)))
                .limit(40)
                .distinct()
                .sorted()
                .toList();
        for (int i = 0; i < 20_000; i++) {
            OID index = somewhereNear(addresses, random);
            Optional<Ipv6Address> wanted = addresses.stream()
                    .filter(address -> InetAddressIndex.of(address).compareTo(index) >= 0)
                    .min(Comparator.naturalOrder());

            Optional<Ipv6Address> ceiling = InetAddressIndex.ceiling(index);

            Optional<Ipv6Address> found = ceiling.flatMap(bound -> addresses.stream()
                    .filter(address -> address.compareTo(bound) >= 0)
                    .findFirst());
            assertThat(found).as("seed %d, index %s", seed, index).isEqualTo(wanted);
        }
    }

    private static OID somewhereNear(List<Ipv6Address> addresses, Random random) {
        OID near = InetAddressIndex.of(addresses.get(random.nextInt(addresses.size())));
        OID index = new OID(near.getValue(), 0, random.nextInt(near.size() + 1));
        if (random.nextInt(3) == 0 && index.size() > 0) {
            index.getValue()[random.nextInt(index.size())] = random.nextInt(300);
        }
        return random.nextInt(3) == 0 ? index.append(random.nextInt(300)) : index;
    }
}
