package dev.roost.homeagent.snmp;

import dev.roost.snmp.MobileIpv6Mib;
import dev.roost.snmp.SnmpEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.snmp4j.agent.CommandProcessor;
import org.snmp4j.agent.DefaultMOServer;
import org.snmp4j.agent.DuplicateRegistrationException;
import org.snmp4j.agent.mo.snmp.SNMPv2MIB;
import org.snmp4j.agent.mo.snmp.StorageType;
import org.snmp4j.agent.mo.snmp.VacmMIB;
import org.snmp4j.agent.security.MutableVACM;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;

/**
 * Answers SNMPv3 requests of the one configured user, on a thread of its own: the system group and {@link MobileIpv6Objects}. Whoever
 * else asks, or asks without authentication and privacy, sees nothing; nobody can set anything.
 */
final class SnmpAgent {
    private static final OID SYSTEM = new OID("1.3.6.1.2.1.1");
    private static final OctetString GROUP = ascii("roost");
    private static final OctetString VIEW = ascii("home-agent");
    private static final OctetString NO_VIEW = new OctetString();
    private static final OctetString DEFAULT_CONTEXT = new OctetString();
    /** sysServices of RFC 3418: internet (3) and end-to-end (4). */
    private static final int SERVICES = 12;

    private SnmpAgent() {}

    /** Begins to answer what the engine receives. */
    static void serve(SnmpEngine engine, SnmpEngine.Identity identity, String user, ManagedHomeAgent managed)
            throws IOException {
        DefaultMOServer server = new DefaultMOServer();
        server.addContext(DEFAULT_CONTEXT);
        try {
            new SNMPv2MIB(ascii("Roost home agent"), new OID("0.0"), new Integer32(SERVICES))
                    .registerMOs(server, DEFAULT_CONTEXT);
            new MobileIpv6Objects(server, managed).register();
        } catch (DuplicateRegistrationException e) {
            throw new IllegalStateException("two objects have the same number", e);
        }
        CommandProcessor processor = new CommandProcessor(identity.engineId());
        processor.addMOServer(server);
        processor.setVacm(access(server, ascii(user)));
        engine.dispatcher().addCommandResponder(processor);
        engine.listen();
    }

    private static VacmMIB access(DefaultMOServer server, OctetString user) {
        VacmMIB access = new VacmMIB(new DefaultMOServer[] {server});
        access.addGroup(SecurityModel.SECURITY_MODEL_USM, user, GROUP, StorageType.readOnly);
        access.addAccess(
                GROUP,
                DEFAULT_CONTEXT,
                SecurityModel.SECURITY_MODEL_USM,
                SecurityLevel.AUTH_PRIV,
                MutableVACM.VACM_MATCH_EXACT,
                VIEW,
                NO_VIEW,
                NO_VIEW,
                StorageType.readOnly);
        for (OID shown : new OID[] {SYSTEM, MobileIpv6Mib.MIP6_MIB, MobileIpv6Mib.BINDING_COUNT}) {
            access.addViewTreeFamily(VIEW, shown, new OctetString(), VacmMIB.vacmViewIncluded, StorageType.readOnly);
        }
        return access;
    }

    private static OctetString ascii(String text) {
        return new OctetString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
