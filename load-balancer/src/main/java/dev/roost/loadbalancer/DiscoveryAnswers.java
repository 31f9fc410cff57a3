package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Change.DiscoverySourceHeard;
import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Ipv6Address;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers home agent address discovery requests (RFC 6275, 10.5), the path that is taken most often.
 *
 * <pre>
 *   asked by                        named
 *   who has a binding               the home agent that holds it, then the others; in strict mode that one only
 *   who asked within the time       the same list without those who may no longer be named; a new one when that leaves out
 *   to live                         the first (in strict mode: anyone), or fewer than the two addresses that a mobile node
 *                                   needs
 *   anybody else                    all in order
 * </pre>
 *
 * <p>A binding is found by its care-of address, and by its home address where the request comes, reverse-tunnelled, from the
 * home agent that holds it. It counts while
 * its lifetime lasts and its home agent may be named: who is bound to one that is being drained is given the others.
 *
 * <p>Whoever may not be answered gets silence: multicast, unspecified, loopback and link-local sources, and those inside the
 * home network, which discovery is not for and which a reply 27 times the size would be
 * aimed at.
 */
final class DiscoveryAnswers {

    private final Ipv6Address anycastAddress;
    private final Tables tables;
    private final HomeAgentSelector selector;
    private final ReplyLists replyLists;
    private final long seed;
    private char[] indexes = new char[16];

    DiscoveryAnswers(Tables tables, HomeAgentSelector selector, long seed) {
        this.anycastAddress = tables.config.anycastAddress();
        this.tables = tables;
        this.selector = selector;
        this.replyLists = new ReplyLists(tables);
        this.seed = seed;
    }

    Decision decide(long nowMillis, PacketOrigin origin, HomeAgentAddressDiscoveryRequest request) {
        Ipv6Address source = origin.source();
        if (!origin.destination().equals(anycastAddress)) {
            return Reason.DISCOVERY_NOT_TO_ANYCAST.decision();
        }
        if (!source.isRoutableUnicast()) {
            return Reason.DISCOVERY_SOURCE_NOT_ROUTABLE.decision();
        }
        Binding binding = bindingOf(origin, nowMillis);
        if (binding == null && tables.config.prefix().contains(source)) {
            return Reason.DISCOVERY_SOURCE_IN_HOME_NETWORK.decision();
        }
        if (tables.sourceLimiter.isLimiting()) {
            Optional<Reason> refusal = tables.sourceLimiter.refusal(nowMillis, source, binding != null);
            if (refusal.isPresent()) {
                return Decision.of(
                        new DiscoverySourceHeard(source, nowMillis, false),
                        refusal.get().count());
            }
        }
        HomeAgent holder = binding == null ? null : tables.homeAgents.at(binding.homeAgent());
        return holder != null && holder.mayBeNamed(nowMillis)
                ? answer(nowMillis, origin, request, holder)
                : answer(nowMillis, origin, request, null);
    }

    List<Ipv6Address> addresses(HomeAgentOrder order) {
        return replyLists.addresses(order);
    }

    /** A home address is only believed from where its home agent takes reverse-tunnelled packets off. */
    private @Nullable Binding bindingOf(PacketOrigin origin, long nowMillis) {
        Binding binding = tables.bindings.at(origin.source());
        if (binding == null && tables.config.prefix().contains(origin.source())) {
            binding = tables.bindings.of(origin.source());
            HomeAgent holder = binding == null ? null : tables.homeAgents.at(binding.homeAgent());
            if (holder == null || !holder.facts().attachment().equals(origin.port())) {
                return null;
            }
        }
        return binding != null && binding.expiresAtMillis() > nowMillis ? binding : null;
    }

    private boolean isStrict() {
        return tables.config.stickiness().mode() == StickinessConfig.Mode.STRICT;
    }

    private Decision answer(
            long nowMillis, PacketOrigin origin, HomeAgentAddressDiscoveryRequest request, @Nullable HomeAgent holder) {
        Ipv6Address source = origin.source();
        if (holder != null && isStrict()) {
            return answer(
                    nowMillis,
                    nowMillis,
                    replyLists.of(indexes, append(0, holder.index())),
                    false,
                    false,
                    origin,
                    request);
        }
        int place = tables.assignments.find(source);
        if (place >= 0 && tables.assignments.isFresh(place, nowMillis)) {
            ReplyLists.ReplyList list = again(place, nowMillis, holder);
            if (list != null) {
                long listedAtMillis = tables.assignments.listedAtMillis(place);
                return answer(nowMillis, listedAtMillis, list, true, false, origin, request);
            }
        }
        ReplyLists.ReplyList list = fresh(source, request, nowMillis, holder);
        return answer(nowMillis, nowMillis, list, true, place < 0, origin, request);
    }

    /**
     * @param remembered whether it is to be given again
     * @param isNew whether nothing is remembered of who asks
     */
    private Decision answer(
            long nowMillis,
            long listedAtMillis,
            ReplyLists.ReplyList list,
            boolean remembered,
            boolean isNew,
            PacketOrigin origin,
            HomeAgentAddressDiscoveryRequest request) {
        if (list.addresses().isEmpty()) {
            return Reason.NO_HOME_AGENT.decision();
        }
        Effect reply = new SendDiscoveryReply(
                origin.port(),
                origin.linkLayerSource(),
                tables.config.representativeAddress(),
                origin.source(),
                new HomeAgentAddressDiscoveryReply(request.identifier(), list.addresses()));
        if (list.order().isEmpty() || !remembered) {
            return tables.sourceLimiter.isLimiting()
                    ? Decision.of(new DiscoverySourceHeard(origin.source(), nowMillis, true), reply)
                    : Decision.of(reply);
        }
        Change sent = new AnswerSent(origin.source(), list.order(), nowMillis, listedAtMillis);
        boolean evictsAnswer = isNew && tables.assignments.wouldEvict(nowMillis);
        boolean evictsSource = isNew && tables.sourceLimiter.wouldEvict(nowMillis, origin.source());
        if (evictsSource) {
            Decision.Builder decision =
                    new Decision.Builder().change(sent).effect(reply).count(Reason.DISCOVERY_SOURCE_EVICTED);
            return evictsAnswer ? decision.count(Reason.ANSWER_EVICTED).build() : decision.build();
        }
        return evictsAnswer ? Decision.of(sent, reply, Reason.ANSWER_EVICTED.count()) : Decision.of(sent, reply);
    }

    /** The remembered list without those who may not be named; null when it takes a new one. */
    private ReplyLists.@Nullable ReplyList again(int place, long nowMillis, @Nullable HomeAgent holder) {
        HomeAgentOrder order = tables.assignments.orderAt(place);
        if (holder != null && (order.isEmpty() || order.index(0) != holder.index())) {
            return null;
        }
        long listedAtMillis = tables.assignments.listedAtMillis(place);
        int size = 0;
        for (int i = 0; i < order.size(); i++) {
            HomeAgent homeAgent = tables.homeAgents.at(order.index(i));
            boolean stays = homeAgent != null
                    && homeAgent.mayBeNamed(nowMillis)
                    && homeAgent.facts().knownSinceMillis() <= listedAtMillis;
            if (stays) {
                size = append(size, order.index(i));
            } else if (i == 0 || isStrict()) {
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
            Ipv6Address source, HomeAgentAddressDiscoveryRequest request, long nowMillis, @Nullable HomeAgent holder) {
        long asked = Mixing.mix(source.high(), source.low() + request.identifier());
        int[] credits = tables.assignments.creditsAt(nowMillis);
        int count = selector.order(tables.homeAgents.all(), credits, nowMillis, Mixing.mix(seed ^ nowMillis, asked));
        int room = replyLists.room();
        int size = 0;
        if (holder != null) {
            room -= holder.namedAddresses().size();
            size = append(size, holder.index());
        }
        for (int i = 0; i < count && room > 0; i++) {
            HomeAgent homeAgent = selector.at(i);
            if (homeAgent != holder) {
                room -= homeAgent.namedAddresses().size();
                size = append(size, homeAgent.index());
            }
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
