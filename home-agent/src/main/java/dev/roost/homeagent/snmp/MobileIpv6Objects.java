package dev.roost.homeagent.snmp;

import dev.roost.homeagent.binding.Counter;
import dev.roost.mobileip.BindingStatus;
import dev.roost.snmp.InetAddressIndex;
import dev.roost.snmp.MobileIpv6Mib;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.snmp4j.agent.DuplicateRegistrationException;
import org.snmp4j.agent.MOServer;
import org.snmp4j.agent.mo.DefaultMOTable;
import org.snmp4j.agent.mo.MOAccessImpl;
import org.snmp4j.agent.mo.MOColumn;
import org.snmp4j.agent.mo.MOScalar;
import org.snmp4j.agent.mo.MOTableIndex;
import org.snmp4j.agent.mo.MOTableRow;
import org.snmp4j.agent.mo.MOTableSubIndex;
import org.snmp4j.smi.Counter32;
import org.snmp4j.smi.Counter64;
import org.snmp4j.smi.Gauge32;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.SMIConstants;
import org.snmp4j.smi.TimeTicks;
import org.snmp4j.smi.Variable;

/**
 * The objects of RFC 4295 that this home agent has, by their numbers and types. All are read-only, as the RFC's own statement of
 * read-only compliance allows.
 *
 * <p>Missing are the history of bindings and counters of single mobile nodes, which are not kept, and Home Test messages, which are
 * counted as what they are to a home agent, packets of the tunnel. The home agents list has this home agent alone: the representative keeps the
 * whole one.
 */
final class MobileIpv6Objects {
    /** mip6Capabilities: bit 1 of a BITS, homeAgent. */
    private static final byte HOME_AGENT_BIT = 0x40;

    private static final int ENABLED = 1;
    private static final int DISABLED = 2;

    private static final int PREFERENCE = 1;
    private static final int LIFETIME = 2;
    private static final int PREFIX_ADVERTISEMENT = 3;
    private static final int PREFIX_SOLICITATION = 4;
    private static final int MULTICAST_CONTROL = 5;
    private static final int[] CONFIGURATION =
            IntStream.rangeClosed(PREFERENCE, MULTICAST_CONTROL).toArray();

    private static final int LISTED_PREFERENCE = 3;
    private static final int LISTED_LIFETIME = 4;
    private static final int LISTED_AT = 5;

    private static final int GLOBAL_ADDRESS_TYPE = 2;
    private static final int GLOBAL_ADDRESS = 3;

    /** Rejections that mip6HaGlobalStats counts, in its order from object 8 on. */
    private static final int[] REJECTIONS = {
        BindingStatus.REASON_UNSPECIFIED.value(),
        BindingStatus.ADMINISTRATIVELY_PROHIBITED.value(),
        BindingStatus.INSUFFICIENT_RESOURCES.value(),
        BindingStatus.HOME_REGISTRATION_NOT_SUPPORTED.value(),
        BindingStatus.NOT_HOME_SUBNET.value(),
        BindingStatus.NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE.value(),
        BindingStatus.DUPLICATE_ADDRESS_DETECTION_FAILED.value(),
        BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW.value(),
        BindingStatus.EXPIRED_HOME_NONCE_INDEX.value(),
        BindingStatus.REGISTRATION_TYPE_CHANGE_DISALLOWED.value()
    };

    private static final int FIRST_REJECTION = 8;

    private final MOServer server;
    private final ManagedHomeAgent managed;
    private final RecentBindings bindings;

    MobileIpv6Objects(MOServer server, ManagedHomeAgent managed) {
        this.server = server;
        this.managed = managed;
        this.bindings = new RecentBindings(managed);
    }

    void register() throws DuplicateRegistrationException {
        fixed(MobileIpv6Mib.MIP6_CAPABILITIES, new OctetString(new byte[] {HOME_AGENT_BIT}));
        fixed(MobileIpv6Mib.MIP6_STATUS, new Integer32(ENABLED));
        traffic();
        advertisements();
        registrations();
        tables();
        reading(MobileIpv6Mib.BINDING_COUNT, facts -> new Gauge32(facts.bindings()));
    }

    private void traffic() throws DuplicateRegistrationException {
        counter(MobileIpv6Mib.MIP6_IN_OCTETS, facts -> facts.traffic().octetsIn());
        reading(
                MobileIpv6Mib.MIP6_HC_IN_OCTETS,
                facts -> new Counter64(facts.traffic().octetsIn()));
        counter(MobileIpv6Mib.MIP6_OUT_OCTETS, facts -> facts.traffic().octetsOut());
        reading(
                MobileIpv6Mib.MIP6_HC_OUT_OCTETS,
                facts -> new Counter64(facts.traffic().octetsOut()));
        counter(MobileIpv6Mib.MIP6_IN_PKTS, facts -> facts.traffic().packetsIn());
        reading(
                MobileIpv6Mib.MIP6_HC_IN_PKTS,
                facts -> new Counter64(facts.traffic().packetsIn()));
        counter(MobileIpv6Mib.MIP6_OUT_PKTS, facts -> facts.traffic().packetsOut());
        reading(
                MobileIpv6Mib.MIP6_HC_OUT_PKTS,
                facts -> new Counter64(facts.traffic().packetsOut()));
        fixed(MobileIpv6Mib.MIP6_COUNTER_DISCONTINUITY_TIME, new TimeTicks(0));
    }

    private void advertisements() throws DuplicateRegistrationException {
        fixed(MobileIpv6Mib.MIP6_HA_ADVS_RECD, new Counter32(0));
        counter(MobileIpv6Mib.MIP6_HA_ADVS_SENT, facts -> facts.count(Counter.ROUTER_ADVERTISEMENTS));
    }

    /** mip6HaGlobalStats, from 3 to 17 but for refresh advice, which is never sent. */
    private void registrations() throws DuplicateRegistrationException {
        statistic(3, HomeAgentFacts.Traffic::bindingUpdatesIn);
        statistic(4, HomeAgentFacts.Traffic::acknowledgementsOut);
        statistic(5, traffic -> 0L);
        int accepted = BindingStatus.BINDING_UPDATE_ACCEPTED.value();
        int discovery = BindingStatus.ACCEPTED_BUT_PREFIX_DISCOVERY_NECESSARY.value();
        statistic(6, traffic -> traffic.acknowledged(accepted) + traffic.acknowledged(discovery));
        statistic(7, traffic -> traffic.acknowledged(discovery));
        for (int i = 0; i < REJECTIONS.length; i++) {
            int status = REJECTIONS[i];
            statistic(FIRST_REJECTION + i, traffic -> traffic.acknowledged(status));
        }
    }

    private void tables() throws DuplicateRegistrationException {
        MOTableSubIndex interfaceIndex = new MOTableSubIndex(SMIConstants.SYNTAX_INTEGER);
        MOTableSubIndex addressType = new MOTableSubIndex(SMIConstants.SYNTAX_INTEGER);
        MOTableSubIndex address = new MOTableSubIndex(SMIConstants.SYNTAX_OCTET_STRING, 0, 255);
        MOTableSubIndex number = new MOTableSubIndex(SMIConstants.SYNTAX_INTEGER);
        table(MobileIpv6Mib.MIP6_BINDING_CACHE_ENTRY, bindings::rows, BindingRows.COLUMNS, addressType, address);
        table(MobileIpv6Mib.MIP6_HA_CONF_ENTRY, this::configuration, CONFIGURATION, interfaceIndex);
        table(
                MobileIpv6Mib.MIP6_HA_LIST_ENTRY,
                this::listed,
                new int[] {LISTED_PREFERENCE, LISTED_LIFETIME, LISTED_AT},
                interfaceIndex,
                addressType,
                address);
        table(
                MobileIpv6Mib.MIP6_HA_GL_ADDR_ENTRY,
                this::globalAddress,
                new int[] {GLOBAL_ADDRESS_TYPE, GLOBAL_ADDRESS},
                interfaceIndex,
                addressType,
                address,
                number);
    }

    private Rows configuration() {
        HomeAgentFacts facts = managed.facts();
        return new OneRow(
                new OID(new int[] {facts.interfaceIndex()}),
                Map.of(
                        PREFERENCE, new Integer32(facts.preference()),
                        LIFETIME, new Integer32(facts.homeAgentLifetime()),
                        PREFIX_ADVERTISEMENT, new Integer32(ENABLED),
                        PREFIX_SOLICITATION, new Integer32(ENABLED),
                        MULTICAST_CONTROL, new Integer32(DISABLED)));
    }

    private Rows listed() {
        HomeAgentFacts facts = managed.facts();
        return new OneRow(
                linkLocalIndex(facts),
                Map.of(
                        LISTED_PREFERENCE, new Integer32(facts.preference()),
                        LISTED_LIFETIME, new Gauge32(facts.homeAgentLifetime()),
                        LISTED_AT, DateAndTime.of(facts.advertisedAt())));
    }

    private Rows globalAddress() {
        HomeAgentFacts facts = managed.facts();
        return new OneRow(
                linkLocalIndex(facts).append(1),
                Map.of(
                        GLOBAL_ADDRESS_TYPE,
                        new Integer32(MobileIpv6Mib.IPV6),
                        GLOBAL_ADDRESS,
                        BindingRows.address(facts.address())));
    }

    private static OID linkLocalIndex(HomeAgentFacts facts) {
        return new OID(new int[] {facts.interfaceIndex()}).append(InetAddressIndex.of(facts.linkLocalAddress()));
    }

    private void statistic(int number, Function<HomeAgentFacts.Traffic, Long> count)
            throws DuplicateRegistrationException {
        counter(new OID(MobileIpv6Mib.MIP6_HA_GLOBAL_STATS).append(number), facts -> count.apply(facts.traffic()));
    }

    private void counter(OID object, Function<HomeAgentFacts, Long> count) throws DuplicateRegistrationException {
        reading(object, facts -> new Counter32(count.apply(facts) & 0xffff_ffffL));
    }

    private void fixed(OID object, Variable value) throws DuplicateRegistrationException {
        reading(object, facts -> value);
    }

    private void reading(OID object, Function<HomeAgentFacts, Variable> reader) throws DuplicateRegistrationException {
        server.register(new Reading(object, () -> reader.apply(managed.facts())), new OctetString());
    }

    private void table(OID entry, Supplier<Rows> rows, int[] columnNumbers, MOTableSubIndex... index)
            throws DuplicateRegistrationException {
        MOColumn<?>[] columns = IntStream.of(columnNumbers)
                .mapToObj(number ->
                        new MOColumn<>(number, SMIConstants.SYNTAX_OCTET_STRING, MOAccessImpl.ACCESS_READ_ONLY))
                .toArray(MOColumn<?>[]::new);
        server.register(
                new DefaultMOTable<MOTableRow, MOColumn<?>, RowsModel>(
                        entry, new MOTableIndex(index), columns, new RowsModel(rows, columnNumbers)),
                new OctetString());
    }

    /** A scalar object that is read anew each time. */
    private static final class Reading extends MOScalar<Variable> {
        private final Supplier<Variable> reader;

        Reading(OID object, Supplier<Variable> reader) {
            super(MobileIpv6Mib.scalar(object), MOAccessImpl.ACCESS_READ_ONLY, reader.get());
            this.reader = reader;
        }

        @Override
        public Variable getValue() {
            return reader.get();
        }
    }
}
