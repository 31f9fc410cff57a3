package dev.roost.homeagent.snmp;

import dev.roost.mobileip.MacAddress;
import dev.roost.snmp.SnmpEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.snmp4j.SNMP4JSettings;

/**
 * How often this home agent's SNMP engine was started (snmpEngineBoots, RFC 3414, 2.2.1), in a file: a number that goes back would let
 * old messages be replayed.
 */
public final class EngineBoots {
    private static final int ENTERPRISE_BIT = 0x8000_0000;
    /** RFC 3411, SnmpEngineID: what follows is a MAC address. */
    private static final byte MAC_FORMAT = 3;

    private static final int HEADER_BYTES = 5;

    private EngineBoots() {}

    /** The identity for this start, which is written down before it is used. */
    public static SnmpEngine.Identity next(Path directory, MacAddress linkLayerAddress) throws IOException {
        Path file = directory.resolve("snmp-engine-boots");
        Path temporary = directory.resolve("snmp-engine-boots.tmp");
        int boots = read(file) + 1;
        Files.writeString(temporary, boots + "\n");
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new SnmpEngine.Identity(engineId(linkLayerAddress), boots);
    }

    private static int read(Path file) throws IOException {
        try {
            return Integer.parseInt(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return 0;
        } catch (NumberFormatException e) {
            throw new IOException(file + " is not a number of starts; remove it, and with it what managers know", e);
        }
    }

    /** Made of the MAC address, so that it is the same whenever this home agent starts. */
    private static byte[] engineId(MacAddress linkLayerAddress) {
        return ByteBuffer.allocate(HEADER_BYTES + MacAddress.LENGTH)
                .putInt(ENTERPRISE_BIT | SNMP4JSettings.getEnterpriseID())
                .put(MAC_FORMAT)
                .put(linkLayerAddress.toBytes())
                .array();
    }
}
