package dev.roost.delegation;

import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.ForwarderReportAcknowledgement;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StartForwardingAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwardingAcknowledgement;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.OpaqueBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A datagram as {@code docs/forwarding-protocol.md} prints it, and what it says.
 *
 * @param fields as tshark names them, without the prefix
 */
record Vector(
        String name,
        Ipv6Address source,
        Ipv6Address destination,
        ForwardingMessage message,
        Map<String, String> fields,
        OpaqueBytes datagram) {

    static final Path DOCUMENT = Path.of("../docs/forwarding-protocol.md");
    static final long KEY_IDENTIFIER = 7;
    static final byte[] KEY = "an example key of 32 octets only".getBytes(StandardCharsets.US_ASCII);
    static final long SENDER_SESSION = 0x0123_4567_89ab_cdefL;
    static final long RECEIVER_SESSION = 0xfedc_ba98_7654_3210L;

    private static final Ipv6Address PRIMARY = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address SECONDARY = Ipv6Address.parse("2001:db8:1::12");
    private static final Ipv6Address CONTROLLER = Ipv6Address.parse("2001:db8:1::fe");
    private static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    private static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::5");
    private static final long EPOCH = 1_700_000_000_000L << 16 | 1;

    /** Who says what to whom; in the order in which the document has them. */
    private record Said(Ipv6Address source, Ipv6Address destination, ForwardingMessage message) {}

    static List<ForwardingMessage> messages() {
        return said().stream().map(Said::message).toList();
    }

    private static List<Said> said() {
        DelegationStatus accepted = DelegationStatus.ACCEPTED;
        return List.of(
                new Said(
                        PRIMARY,
                        SECONDARY,
                        new StartForwarding(1, HOME_ADDRESS, CARE_OF_ADDRESS, PRIMARY, 41, EPOCH, 600)),
                new Said(SECONDARY, PRIMARY, new StartForwardingAcknowledgement(1, accepted, HOME_ADDRESS, EPOCH)),
                new Said(PRIMARY, SECONDARY, new StopForwarding(2, HOME_ADDRESS, EPOCH, Optional.empty())),
                new Said(CONTROLLER, SECONDARY, new StopForwarding(3, HOME_ADDRESS, EPOCH, Optional.of(PRIMARY))),
                new Said(SECONDARY, PRIMARY, new StopForwardingAcknowledgement(2, accepted, HOME_ADDRESS, EPOCH)),
                new Said(CONTROLLER, PRIMARY, new DelegationOrder(4, HOME_ADDRESS, SECONDARY, 1_700_000_000_500L)),
                new Said(
                        PRIMARY,
                        CONTROLLER,
                        new DelegationOrderAcknowledgement(4, DelegationStatus.NOT_DELEGABLE, HOME_ADDRESS, EPOCH)),
                new Said(
                        PRIMARY,
                        CONTROLLER,
                        new ForwarderReport(5, accepted, HOME_ADDRESS, CARE_OF_ADDRESS, SECONDARY, EPOCH + 1)),
                new Said(CONTROLLER, PRIMARY, new ForwarderReportAcknowledgement(5, accepted, HOME_ADDRESS, EPOCH + 1)),
                new Said(PRIMARY, SECONDARY, new Hello(6, new Roles(true, false), 123_456, 0, 0)),
                new Said(
                        SECONDARY,
                        PRIMARY,
                        new HelloAcknowledgement(6, accepted, new Roles(true, true), 9_876_543_210L, 17, 42)),
                new Said(
                        SECONDARY,
                        PRIMARY,
                        new StartForwardingAcknowledgement(7, DelegationStatus.SESSION, Ipv6Address.UNSPECIFIED, 0)));
    }

    /** The vectors that the document has. */
    static List<Vector> read() throws IOException {
        List<Vector> vectors = new ArrayList<>();
        String[] blocks = Files.readString(DOCUMENT).split("(?m)^```vector\n", -1);
        List<Said> said = said();
        for (int i = 1; i < blocks.length; i++) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (String line : blocks[i].substring(0, blocks[i].indexOf("```")).split("\n", -1)) {
                String[] keyAndValue = line.split(" += +", 2);
                if (keyAndValue.length == 2) {
                    fields.merge(keyAndValue[0].strip(), keyAndValue[1].strip(), String::concat);
                }
            }
            Ipv6Address source = Ipv6Address.parse(taken(fields, "source"));
            Ipv6Address destination = Ipv6Address.parse(taken(fields, "destination"));
            OpaqueBytes datagram = OpaqueBytes.of(HexFormat.of().parseHex(taken(fields, "datagram")));
            vectors.add(new Vector(
                    taken(fields, "name"), source, destination, said.get(i - 1).message(), fields, datagram));
        }
        return vectors;
    }

    private static String taken(Map<String, String> fields, String key) {
        String value = fields.remove(key);
        if (value == null) {
            throw new IllegalStateException("a vector without " + key);
        }
        return value;
    }
}
