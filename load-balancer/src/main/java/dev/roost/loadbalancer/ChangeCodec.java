package dev.roost.loadbalancer;

import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChangeCodec;
import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingDoubted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentForgotten;
import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentReaddressed;
import dev.roost.loadbalancer.Change.HomeAgentRecovered;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Change.HomeAgentWeighted;
import dev.roost.loadbalancer.Change.RepresentativeChanged;
import dev.roost.loadbalancer.Change.RouterLearned;
import dev.roost.loadbalancer.Change.RouterLost;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Durable changes as octets, for the journal. Big-endian; records follow each other without framing.
 *
 * <pre>
 *   head      1   16 and the kind
 *
 *   kind 1    HomeAgentLearned     index 2, link-local 16, link-layer 6, datapath 8, port 4, preference 2, expires 6,
 *                                  known since 6, flags 1 (1: router), count 1, count x global address 16
 *   kind 2    HomeAgentRefreshed   index 2, expires 6
 *   kind 3    HomeAgentSuspected   index 2, probed 6, probes 1
 *   kind 4    HomeAgentRecovered   index 2
 *   kind 5    HomeAgentRemoved     index 2, cause 1
 *   kind 6    HomeAgentForgotten   index 2
 *   kind 7    HomeAgentDrained     index 2, draining 1
 *   kind 8    AnswerSent           care-of address 16, sent 6, age of the list v, count v, count x index v
 *   kind 9    BindingAccepted      home address 16, care-of address 16, index 2, home agent 16, sequence 2, expires 6,
 *                                  evidence 1
 *   kind 10   BindingReleased      home address 16, index 2, cause 1
 *   kind 11   HomeAgentWeighted    index 2, weight 2
 *   kind 12   BindingAccepted      as kind 9, then accepted 6
 *   kind 13   HomeAgentReaddressed index 2, count 1, count x global address 16
 *   kind 14   ForwarderChanged     home address 16, index of the forwarder 2, epoch 8
 *   kind 15   BindingDoubted       home address 16
 *   kind 16   RouterLearned        link-layer 6, datapath 8, port 4
 *   kind 17   RouterLost           link-layer 6
 *   kind 0    RepresentativeChanged  length 2, then as many octets: a batch of {@link BindingChangeCodec} with one change
 * </pre>
 *
 * <p>Times are milliseconds since 1970. {@code v}: seven bits an octet, the lowest first, the top bit says that more
 * follow. An answer that names three home agents takes 28 octets.
 *
 * <p>A layout is never altered: a new one is a new kind, and those before it stay readable. Kind 9 is no longer written: it
 * does not tell when the binding was accepted, which then counts as before all else. Reading looks at every
 * value, and refuses what this version cannot have written; it allocates nothing before it has seen that it may.
 */
public final class ChangeCodec {

    /** The head of kind 0. */
    static final int FIRST_HEAD = 16;

    /** No change takes more octets. */
    public static final int MAX_LENGTH = 1 + 52 + 255 * Ipv6Address.LENGTH;

    static final int LEARNED = 1;
    static final int REFRESHED = 2;
    static final int SUSPECTED = 3;
    static final int RECOVERED = 4;
    static final int REMOVED = 5;
    static final int FORGOTTEN = 6;
    static final int DRAINED = 7;
    static final int ANSWER = 8;
    private static final int ACCEPTED = 9;
    static final int RELEASED = 10;
    static final int WEIGHTED = 11;
    static final int ACCEPTED_AT = 12;
    static final int READDRESSED = 13;
    static final int FORWARDER = 14;
    static final int DOUBTED = 15;
    static final int ROUTER_LEARNED = 16;
    static final int ROUTER_LOST = 17;
    static final int REPRESENTATIVE = 0;

    private static final int MOST_IN_ORDER = BalancingConfig.MOST_ADDRESSES;
    private static final Map<Integer, HomeAgentRemoved.Cause> REMOVAL_CAUSES =
            byCode(HomeAgentRemoved.Cause.values(), HomeAgentRemoved.Cause::code);
    private static final Map<Integer, BindingReleased.Cause> RELEASE_CAUSES =
            byCode(BindingReleased.Cause.values(), BindingReleased.Cause::code);
    private static final Map<Integer, Evidence> EVIDENCE = byCode(Evidence.values(), Evidence::code);

    private ChangeCodec() {}

    /**
     * Writes one change at the position; {@link #MAX_LENGTH} octets are always enough.
     *
     * @throws IllegalArgumentException if the change is not durable
     */
    public static void write(Change change, ByteBuffer out) {
        if (change instanceof AnswerSent answer) {
            ChangeWriter.writeAnswer(answer, out);
        } else {
            change.accept(new ChangeWriter(out));
        }
    }

    /**
     * Reads one change at the position.
     *
     * @throws MalformedChangeException if the octets are none; the position is then anywhere
     */
    public static Change read(ByteBuffer in) throws MalformedChangeException {
        int start = in.position();
        try {
            return readKind(in.order(ByteOrder.BIG_ENDIAN));
        } catch (BufferUnderflowException e) {
            throw new MalformedChangeException(
                    "change at octet " + start + ": ends early, after " + (in.limit() - start) + " octets");
        }
    }

    private static Change readKind(ByteBuffer in) throws MalformedChangeException {
        int kind = (in.get() & 0xff) - FIRST_HEAD;
        return switch (kind) {
            case LEARNED -> readLearned(in);
            case REFRESHED -> new HomeAgentRefreshed(index(in), millis(in));
            case SUSPECTED ->
                new HomeAgentSuspected(
                        index(in),
                        millis(in),
                        1 + choice(in, HomeAgent.PROBES + HomeAgent.ROUTER_SOLICITATIONS, "probes"));
            case RECOVERED -> new HomeAgentRecovered(index(in));
            case REMOVED -> new HomeAgentRemoved(index(in), coded(in, REMOVAL_CAUSES, "cause"));
            case FORGOTTEN -> new HomeAgentForgotten(index(in));
            case DRAINED -> new HomeAgentDrained(index(in), choice(in, 2, "draining") == 1);
            case ANSWER -> readAnswer(in);
            case ACCEPTED -> readAccepted(in, false);
            case ACCEPTED_AT -> readAccepted(in, true);
            case READDRESSED -> new HomeAgentReaddressed(index(in), addresses(in));
            case FORWARDER -> new ForwarderChanged(Ipv6Address.fromBytes(in), index(in), in.getLong());
            case REPRESENTATIVE -> readRepresentative(in);
            case DOUBTED -> new BindingDoubted(Ipv6Address.fromBytes(in));
            case WEIGHTED -> new HomeAgentWeighted(index(in), weight(in));
            case RELEASED ->
                new BindingReleased(Ipv6Address.fromBytes(in), index(in), coded(in, RELEASE_CAUSES, "cause"));
            case ROUTER_LEARNED -> new RouterLearned(new Router(MacAddress.fromBytes(in), port(in)));
            case ROUTER_LOST -> new RouterLost(MacAddress.fromBytes(in));
            default ->
                throw new MalformedChangeException("change at octet " + (in.position() - 1) + ": wanted kind 0 to "
                        + ROUTER_LOST + ", got " + kind);
        };
    }

    private static HomeAgentLearned readLearned(ByteBuffer in) throws MalformedChangeException {
        int index = index(in);
        Ipv6Address linkLocalAddress = Ipv6Address.fromBytes(in);
        MacAddress linkLayerAddress = MacAddress.fromBytes(in);
        SwitchPort attachment = port(in);
        int preference = in.getShort() & 0xffff;
        long expiresAtMillis = millis(in);
        long knownSinceMillis = millis(in);
        boolean router = choice(in, 2, "flags") == 1;
        List<Ipv6Address> addresses = addresses(in);
        return new HomeAgentLearned(
                index,
                linkLocalAddress,
                linkLayerAddress,
                attachment,
                addresses,
                preference,
                expiresAtMillis,
                router,
                knownSinceMillis);
    }

    private static RepresentativeChanged readRepresentative(ByteBuffer in) throws MalformedChangeException {
        int length = in.getShort() & 0xffff;
        if (in.remaining() < length) {
            throw new BufferUnderflowException();
        }
        ByteBuffer batch = in.slice(in.position(), length);
        List<BindingChange> read = new ArrayList<>(1);
        try {
            BindingChangeCodec.readBatch(batch, 0, 0, read::add);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
            throw new MalformedChangeException(
                    "change before octet " + in.position() + ": wanted one of a home agent, got " + e.getMessage());
        }
        if (read.size() != 1) {
            throw new MalformedChangeException(
                    "change before octet " + in.position() + ": wanted one of a home agent, got " + read.size());
        }
        in.position(in.position() + length);
        return new RepresentativeChanged(read.get(0));
    }

    private static List<Ipv6Address> addresses(ByteBuffer in) throws MalformedChangeException {
        int count = in.get() & 0xff;
        if (in.remaining() < count * Ipv6Address.LENGTH) {
            throw new BufferUnderflowException();
        }
        List<Ipv6Address> addresses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Ipv6Address address = Ipv6Address.fromBytes(in);
            if (i > 0 && addresses.get(i - 1).compareTo(address) >= 0) {
                throw new MalformedChangeException("change before octet " + in.position()
                        + ": wanted global addresses in ascending order, got " + address);
            }
            addresses.add(address);
        }
        return addresses;
    }

    private static BindingAccepted readAccepted(ByteBuffer in, boolean tellsWhen) throws MalformedChangeException {
        Ipv6Address homeAddress = Ipv6Address.fromBytes(in);
        Ipv6Address careOfAddress = Ipv6Address.fromBytes(in);
        int homeAgent = index(in);
        Ipv6Address homeAgentAddress = Ipv6Address.fromBytes(in);
        int sequence = index(in);
        long expiresAtMillis = millis(in);
        Evidence evidence = coded(in, EVIDENCE, "evidence");
        long acceptedAtMillis = tellsWhen ? millis(in) : 0;
        return new BindingAccepted(
                homeAddress,
                careOfAddress,
                homeAgent,
                homeAgentAddress,
                sequence,
                acceptedAtMillis,
                expiresAtMillis,
                evidence);
    }

    private static int weight(ByteBuffer in) throws MalformedChangeException {
        int weight = in.getShort() & 0xffff;
        if (weight > BalancingConfig.MOST_WEIGHT) {
            throw new MalformedChangeException("change before octet " + in.position() + ": wanted weight 0 to "
                    + BalancingConfig.MOST_WEIGHT + ", got " + weight);
        }
        return weight;
    }

    private static AnswerSent readAnswer(ByteBuffer in) throws MalformedChangeException {
        Ipv6Address careOfAddress = Ipv6Address.fromBytes(in);
        long sentAtMillis = millis(in);
        long ageMillis = variable(in, Integer.MAX_VALUE, "age");
        int count = variable(in, MOST_IN_ORDER, "count of home agents");
        char[] indexes = new char[count];
        for (int i = 0; i < count; i++) {
            indexes[i] = (char) variable(in, 0xffff, "index");
        }
        return new AnswerSent(
                careOfAddress, HomeAgentOrder.of(indexes, count), sentAtMillis, Math.max(0, sentAtMillis - ageMillis));
    }

    private static SwitchPort port(ByteBuffer in) {
        return new SwitchPort(new SwitchId(in.getLong()), in.getInt());
    }

    private static int index(ByteBuffer in) {
        return in.getShort() & 0xffff;
    }

    private static int choice(ByteBuffer in, int choices, String what) throws MalformedChangeException {
        int choice = in.get() & 0xff;
        if (choice >= choices) {
            throw new MalformedChangeException("change before octet " + in.position() + ": wanted " + what + " 0 to "
                    + (choices - 1) + ", got " + choice);
        }
        return choice;
    }

    private static <T> Map<Integer, T> byCode(T[] values, ToIntFunction<T> code) {
        return Arrays.stream(values).collect(Collectors.toUnmodifiableMap(code::applyAsInt, value -> value));
    }

    private static <T> T coded(ByteBuffer in, Map<Integer, T> values, String what) throws MalformedChangeException {
        T value = values.get(in.get() & 0xff);
        if (value == null) {
            throw new MalformedChangeException("change before octet " + in.position() + ": wanted a known " + what
                    + ", got " + (in.get(in.position() - 1) & 0xff));
        }
        return value;
    }

    private static long millis(ByteBuffer in) {
        long upper = in.getShort() & 0xffffL;
        return upper << 32 | (in.getInt() & 0xffff_ffffL);
    }

    private static int variable(ByteBuffer in, int most, String what) throws MalformedChangeException {
        long value = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            int octet = in.get();
            value |= (octet & 0x7fL) << shift;
            if (octet >= 0) {
                if (value > most) {
                    break;
                }
                return (int) value;
            }
        }
        throw new MalformedChangeException(
                "change before octet " + in.position() + ": wanted " + what + " 0 to " + most + ", got " + value);
    }
}
