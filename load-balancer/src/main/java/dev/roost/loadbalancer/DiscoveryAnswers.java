package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Ipv6Address;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers home agent address discovery requests (RFC 6275, 10.5), the path that is taken most often.
 *
 * <p>A care-of address that asks again within the time to live is given its list again, without those who may no longer be
 * named; a new one when that leaves out the first (in strict mode: anyone), or fewer than the two addresses that a mobile
 * node needs. Whoever may not be answered gets silence: multicast, unspecified, loopback and link-local sources, and those
 * inside the home network, which discovery is not for and which a reply 27 times the size would be aimed at.
 */
final class DiscoveryAnswers {

    private final HomeNetworkConfig config;
    private final Ipv6Address anycastAddress;
    private final Tables tables;
    private final HomeAgentSelector selector;
    private final ReplyLists replyLists;
    private final long seed;
    private char[] indexes = new char[16];

    DiscoveryAnswers(Tables tables, HomeAgentSelector selector, long seed) {
        this.config = tables.config;
        this.anycastAddress = config.anycastAddress();
        this.tables = tables;
        this.selector = selector;
        this.replyLists = new ReplyLists(config, tables.homeAgents);
        this.seed = seed;
    }

    Decision decide(long nowMillis, PacketOrigin origin, HomeAgentAddressDiscoveryRequest request) {
        Ipv6Address careOfAddress = origin.source();
        if (!origin.destination().equals(anycastAddress)) {
            return Reason.DISCOVERY_NOT_TO_ANYCAST.decision();
        }
        if (!careOfAddress.isRoutableUnicast()) {
            return Reason.DISCOVERY_SOURCE_NOT_ROUTABLE.decision();
        }
        if (config.prefix().contains(careOfAddress)) {
            return Reason.DISCOVERY_SOURCE_IN_HOME_NETWORK.decision();
        }
        long listedAtMillis = nowMillis;
        ReplyLists.@Nullable ReplyList list = null;
        int place = tables.assignments.find(careOfAddress);
        if (place >= 0 && tables.assignments.isFresh(place, nowMillis)) {
            list = again(place, nowMillis);
            listedAtMillis = tables.assignments.listedAtMillis(place);
        }
        if (list == null) {
            list = fresh(careOfAddress, request, nowMillis);
            listedAtMillis = nowMillis;
        }
        if (list.addresses().isEmpty()) {
            return Reason.NO_HOME_AGENT.decision();
        }
        return answer(nowMillis, listedAtMillis, list, place < 0, origin, request);
    }

    List<Ipv6Address> addresses(HomeAgentOrder order) {
        return replyLists.addresses(order);
    }

    private Decision answer(
            long nowMillis,
            long listedAtMillis,
            ReplyLists.ReplyList list,
            boolean isNew,
            PacketOrigin origin,
            HomeAgentAddressDiscoveryRequest request) {
        Effect reply = new SendDiscoveryReply(
                origin.port(),
                origin.linkLayerSource(),
                config.representativeAddress(),
                origin.source(),
                new HomeAgentAddressDiscoveryReply(request.identifier(), list.addresses()));
        if (list.order().isEmpty()) {
            return Decision.of(reply);
        }
        Change sent = new AnswerSent(origin.source(), list.order(), nowMillis, listedAtMillis);
        return isNew && tables.assignments.wouldEvict(nowMillis)
                ? new Decision(List.of(sent), List.of(reply, Reason.ANSWER_EVICTED.count()))
                : Decision.of(sent, reply);
    }

    /** The remembered list without those who may not be named; null when it takes a new one. */
    private ReplyLists.@Nullable ReplyList again(int place, long nowMillis) {
        HomeAgentOrder order = tables.assignments.orderAt(place);
        long listedAtMillis = tables.assignments.listedAtMillis(place);
        int size = 0;
        for (int i = 0; i < order.size(); i++) {
            HomeAgent homeAgent = tables.homeAgents.at(order.index(i));
            boolean stays = homeAgent != null
                    && homeAgent.mayBeNamed(nowMillis)
                    && homeAgent.facts().knownSinceMillis() <= listedAtMillis;
            if (stays) {
                size = append(size, order.index(i));
            } else if (i == 0 || config.stickiness().mode() == StickinessConfig.Mode.STRICT) {
                return null;
            }
        }
        if (size == 0) {
            return null;
        }
        ReplyLists.ReplyList list = replyLists.of(indexes, size);
        return size < order.size() && list.addresses().size() < 2 ? null : list;
    }

    private ReplyLists.ReplyList fresh(
            Ipv6Address careOfAddress, HomeAgentAddressDiscoveryRequest request, long nowMillis) {
        long asked = Mixing.mix(careOfAddress.high(), careOfAddress.low() + request.identifier());
        int[] credits = tables.assignments.creditsAt(nowMillis);
        int count = selector.order(tables.homeAgents.all(), credits, nowMillis, Mixing.mix(seed ^ nowMillis, asked));
        int room = replyLists.room();
        int size = 0;
        for (int i = 0; i < count && room > 0; i++) {
            HomeAgent homeAgent = selector.at(i);
            room -= homeAgent.namedAddresses().size();
            size = append(size, homeAgent.index());
        }
        return replyLists.of(indexes, size);
    }

    private int append(int size, int index) {
        if (size == indexes.length) {
            indexes = Arrays.copyOf(indexes, size * 2);
        }
        indexes[size] = (char) index;
        return size + 1;
    }
}
