package dev.roost.snmp;

import dev.roost.configuration.SnmpUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.TransportStateReference;
import org.snmp4j.UserTarget;
import org.snmp4j.mp.CounterSupport;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.AuthHMAC192SHA256;
import org.snmp4j.security.PrivAES128;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModels;
import org.snmp4j.security.SecurityProtocols;
import org.snmp4j.security.SecurityProtocols.SecurityProtocolSet;
import org.snmp4j.security.USM;
import org.snmp4j.security.UsmUser;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.transport.DefaultUdpTransportMapping;

/**
 * One SNMPv3 engine on one UDP socket with one user, who authenticates with SHA-256 and encrypts with AES-128 (RFC 7860, RFC 3826); no
 * other version, protocol or level of security is spoken. Keeps its own state beside any other engine of the process.
 */
public final class SnmpEngine implements AutoCloseable {
    private static final int REQUEST_BUFFER_BYTES = 65_535;

    private final AdmittingTransport transport;
    private final MessageDispatcherImpl dispatcher = new MessageDispatcherImpl();
    private final USM usm;
    private final Snmp session;
    private final OctetString userName;

    /** What tells one engine from another: the number, and how often it was started (RFC 3414, 2.2). */
    public static final class Identity {
        private final byte[] engineId;
        private final int boots;

        public Identity(byte[] engineId, int boots) {
            this.engineId = engineId.clone();
            this.boots = boots;
        }

        public OctetString engineId() {
            return new OctetString(engineId);
        }
    }

    /**
     * Opens the socket; nothing is received before {@link #listen}.
     *
     * @param local where to listen; port 0 for any
     * @throws IOException if the address can't be had
     */
    public SnmpEngine(InetSocketAddress local, Identity identity, SnmpUser user) throws IOException {
        CounterSupport counters = new CounterSupport();
        SecurityProtocols protocols = new SecurityProtocols(SecurityProtocolSet.none);
        protocols.addAuthenticationProtocol(new AuthHMAC192SHA256());
        protocols.addPrivacyProtocol(new PrivAES128());
        usm = new USM(protocols, identity.engineId(), identity.boots, counters);
        usm.setEngineDiscoveryEnabled(true);
        userName = new OctetString(user.name());
        usm.addUser(new UsmUser(
                userName,
                AuthHMAC192SHA256.ID,
                new OctetString(user.authenticationKey()),
                PrivAES128.ID,
                new OctetString(user.privacyKey())));
        MPv3 version3 = new MPv3(
                identity.engineId().getValue(),
                null,
                protocols,
                SecurityModels.getCollection(new USM[] {usm}),
                counters);
        dispatcher.addMessageProcessingModel(version3);
        transport = new AdmittingTransport(new UdpAddress(local.getAddress(), local.getPort()));
        transport.setReceiveBufferSize(REQUEST_BUFFER_BYTES);
        session = new Snmp(dispatcher, transport);
    }

    public void listen() throws IOException {
        session.listen();
    }

    /**
     * From now on hears only peers at these addresses. What comes from others costs nothing then; otherwise each new engine that a
     * stranger makes up has a key derived for it, which takes milliseconds.
     */
    public void admitOnly(Predicate<InetAddress> peers) {
        transport.admitted = peers;
    }

    /** For the parts of SNMP4J that work on it. */
    public Snmp session() {
        return session;
    }

    public MessageDispatcherImpl dispatcher() {
        return dispatcher;
    }

    public int port() {
        return transport.getListenAddress().getPort();
    }

    /** Another engine, spoken to as the user with authentication and privacy. */
    public UserTarget<UdpAddress> target(InetSocketAddress peer) {
        UserTarget<UdpAddress> target = new UserTarget<>();
        target.setAddress(new UdpAddress(peer.getAddress(), peer.getPort()));
        target.setVersion(SnmpConstants.version3);
        target.setSecurityLevel(SecurityLevel.AUTH_PRIV);
        target.setSecurityName(userName);
        return target;
    }

    public static ScopedPDU pdu(int type) {
        ScopedPDU pdu = new ScopedPDU();
        pdu.setType(type);
        return pdu;
    }

    @Override
    public void close() throws IOException {
        session.close();
    }

    /** Drops datagrams of strangers before anything looks at them. */
    private static final class AdmittingTransport extends DefaultUdpTransportMapping {
        private volatile Predicate<InetAddress> admitted = peer -> true;

        AdmittingTransport(UdpAddress local) throws IOException {
            super(local);
        }

        @Override
        protected void fireProcessMessage(UdpAddress peer, ByteBuffer message, TransportStateReference state) {
            if (admitted.test(peer.getInetAddress())) {
                super.fireProcessMessage(peer, message, state);
            }
        }
    }
}
