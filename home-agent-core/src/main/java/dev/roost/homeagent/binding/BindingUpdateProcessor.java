package dev.roost.homeagent.binding;

import dev.roost.homeagent.binding.BindingAuthenticator.Verdict;
import dev.roost.homeagent.binding.BindingChange.AdmissionEnded;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.DetectionEnded;
import dev.roost.homeagent.binding.BindingChange.DetectionStarted;
import dev.roost.homeagent.binding.BindingChange.TimestampAccepted;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a binding update brings about (RFC 6275, 9.5.1, 10.3.1 and 10.3.2; RFC 4285).
 *
 * <pre>
 *   state        binding update                        becomes     answer
 *   none         registration, address to be tested    detecting   neighbor solicitation; acknowledgement later
 *   none         registration, no test wanted          bound       0 or 1
 *   none         deregistration                        none        133
 *   detecting    newer registration                    detecting   later, to the newest one
 *   detecting    deregistration                        none        0
 *   detecting    deadline, nobody spoke                bound       0 or 1
 *   detecting    somebody else has the address         none        134
 *   bound        same care-of address                  bound       0 or 1
 *   bound        other care-of address                 bound       0 or 1
 *   bound        deregistration                        none        0
 *   bound        expiry                                none        none
 * </pre>
 *
 * <p>Where others may forward, "bound" may have to wait for one of them: see {@link Registrar}.
 *
 * <p>An acknowledgement answers each home registration, whatever its A bit says (RFC 6275, 10.3.1). Decides only, see {@link
 * HomeAgent}.
 *
 * <p>Where keys are configured nothing is looked at, and so nothing is told, before the update is verified (RFC 4285, 5 and 5.1):
 *
 * <pre>
 *   no authentication option, or no such association    dropped
 *   does not verify                                     146, unsigned, limited in rate
 *   verified                                            all as above, signed
 * </pre>
 *
 * <p>146 tells a person at the mobile node that the keys differ. It is for the log only: signed, it would let anybody collect
 * refusals that the mobile node believes. What is bound, or which addresses are served, is not told to those who can't prove who they
 * are.
 */
final class BindingUpdateProcessor {
    /** Deadlines handled at once; the rest stays due, so that 100,000 bindings that end together do not hold up the others. */
    private static final int MAX_DEADLINES = 2048;

    private static final double FAILURES_PER_SECOND = 100;
    private static final double FAILURES_AT_ONCE = 100;

    private final HomeAgentSettings settings;
    private final BindingCache cache;
    private final Detections detections;
    private final BindingAuthenticator authenticator;
    private final Admissions admissions;
    private final Delegations delegations;
    private final OutgoingPackets packets;
    private final Registrar registrar;
    private final TokenBucket failures = new TokenBucket(FAILURES_PER_SECOND, FAILURES_AT_ONCE);

    BindingUpdateProcessor(
            HomeAgentSettings settings,
            BindingCache cache,
            Detections detections,
            BindingAuthenticator authenticator,
            Admissions admissions,
            Delegations delegations,
            OutgoingPackets packets,
            Registrar registrar) {
        this.settings = settings;
        this.cache = cache;
        this.detections = detections;
        this.authenticator = authenticator;
        this.admissions = admissions;
        this.delegations = delegations;
        this.packets = packets;
        this.registrar = registrar;
    }

    Decision onBindingUpdate(Instant now, BindingRequest request) {
        Ipv6Address homeAddress = request.homeAddress();
        if (!homeAddress.isRoutableUnicast()) {
            return Decision.count(Counter.IGNORED_HOME_ADDRESS);
        }
        if (!request.source().isRoutableUnicast()) {
            return Decision.count(Counter.IGNORED_SOURCE);
        }
        if (request.hasRouteOptimizationOptions()) {
            // RFC 6275, 6.2.6 and 9.5.1: these belong to correspondent registrations, for which this node is no party.
            return Decision.count(Counter.IGNORED_ROUTE_OPTIMIZATION_OPTIONS);
        }
        Verdict verdict = authenticator.verify(now, request);
        return switch (verdict) {
            case UNKNOWN -> Decision.count(Counter.IGNORED_UNAUTHENTICATED);
            case FAILED -> failed(now, request);
            case IDENTIFIER_MISMATCH ->
                Decision.of(new Effect.Count(Refusal.IDENTIFIER.counter()), packets.identifierMismatch(now, request));
            case IDENTIFIER_REQUIRED -> registrar.refuse(request, Refusal.NO_IDENTIFIER);
            case ACCEPTED -> verified(now, request);
        };
    }

    private Decision failed(Instant now, BindingRequest request) {
        return failures.tryTake(now)
                ? Decision.of(
                        new Effect.Count(Refusal.AUTHENTICATION.counter()),
                        packets.unsignedRefusal(request, Refusal.AUTHENTICATION.status()))
                : Decision.count(Counter.AUTHENTICATION_FAILURES_UNANSWERED);
    }

    private Decision verified(Instant now, BindingRequest request) {
        Ipv6Address homeAddress = request.homeAddress();
        if (!request.update().homeRegistration()) {
            return cache.contains(homeAddress)
                    ? registrar.refuse(request, Refusal.TYPE_CHANGE)
                    : Decision.count(Counter.IGNORED_NOT_HOME_REGISTRATION);
        }
        if (!settings.prefix().contains(homeAddress)) {
            return registrar.refuse(request, Refusal.NOT_HOME_SUBNET);
        }
        if (!settings.isHomeAddress(homeAddress)) {
            return registrar.refuse(request, Refusal.PROHIBITED);
        }
        return inSequence(now, request);
    }

    private Decision inSequence(Instant now, BindingRequest request) {
        Optional<SequenceNumber> pending = detections
                .find(request.homeAddress())
                .map(Detection::update)
                .or(() -> admissions.find(request.homeAddress()).map(Admission::request))
                .map(waiting -> waiting.update().sequenceNumber());
        if (pending.isPresent() && !request.update().sequenceNumber().isNewerThan(pending.orElseThrow())) {
            // Its answer is on the way already.
            return Decision.count(Counter.IGNORED_REPEATED_UPDATE);
        }
        Optional<SequenceNumber> last = cache.find(request.homeAddress())
                .map(binding -> new SequenceNumber(binding.sequence()))
                .or(() -> cache.retainedSequence(request.homeAddress()));
        if (last.isPresent() && !request.update().sequenceNumber().isNewerThan(last.orElseThrow())) {
            return registrar.refuse(request, Refusal.SEQUENCE, last.orElseThrow());
        }
        Decision.Builder decision = new Decision.Builder();
        authenticator
                .timestamp(request)
                .ifPresent(timestamp -> decision.change(new TimestampAccepted(request.homeAddress(), timestamp)));
        decision.add(request.isDeregistration() ? deregister(now, request) : register(now, request));
        return decision.build();
    }

    /** RFC 6275, 10.3.2. */
    private Decision deregister(Instant now, BindingRequest request) {
        Ipv6Address homeAddress = request.homeAddress();
        Decision.Builder decision = new Decision.Builder();
        boolean waits = admissions.find(homeAddress).isPresent();
        if (cache.contains(homeAddress)) {
            int sequence = request.update().sequenceNumber().value();
            registrar.release(decision, homeAddress, sequence, BindingReleased.Cause.DEREGISTERED);
        } else if (detections.find(homeAddress).isPresent()) {
            decision.change(new DetectionEnded(homeAddress));
        } else if (!waits) {
            return registrar.refuse(request, Refusal.NOT_HOME_AGENT);
        }
        if (waits) {
            decision.change(new AdmissionEnded(homeAddress));
        }
        decision.add(registrar.translate(now, delegations.onRelease(now, homeAddress)));
        decision.effect(registrar.acknowledge(request, BindingStatus.BINDING_UPDATE_ACCEPTED, BindingLifetime.ZERO));
        return decision.build();
    }

    /** RFC 6275, 10.3.1. */
    private Decision register(Instant now, BindingRequest request) {
        if (!isPossibleCareOfAddress(request)) {
            return registrar.refuse(request, Refusal.CARE_OF_ADDRESS);
        }
        Ipv6Address homeAddress = request.homeAddress();
        Optional<Detection> detection = detections.find(homeAddress);
        if (detection.isPresent()) {
            // The solicitation is out already; only what will be acknowledged changes.
            return Decision.of(new DetectionStarted(
                    new Detection(request, detection.orElseThrow().deadline())));
        }
        Optional<Binding> present = cache.find(homeAddress);
        if (present.isPresent()) {
            return update(now, request, present.orElseThrow());
        }
        if (cache.size() + detections.size() + admissions.size() >= cache.limit()
                && admissions.find(homeAddress).isEmpty()) {
            return registrar.refuse(request, Refusal.NO_RESOURCES);
        }
        // An address that waits was tested, and one for which this home agent forwards is defended by it all the time.
        boolean tested = admissions.find(homeAddress).isPresent() || delegations.forwardsForOthers(homeAddress);
        if (tested || settings.detectionTime().isZero()) {
            return accept(now, request);
        }
        Decision.Builder decision = new Decision.Builder();
        decision.change(new DetectionStarted(new Detection(request, now.plus(settings.detectionTime()))));
        decision.effect(new Effect.Count(Counter.DETECTIONS_STARTED));
        decision.effect(packets.duplicateAddressProbe(homeAddress));
        if (coversLinkLocal(request)) {
            decision.effect(packets.duplicateAddressProbe(settings.linkLocalOf(homeAddress)));
        }
        return decision.build();
    }

    private Decision update(Instant now, BindingRequest request, Binding present) {
        return registrar.register(now, request, binding(now, request, present.registeredAtMillis()));
    }

    /** The home address is free, or nobody wants to know. */
    private Decision accept(Instant now, BindingRequest request) {
        return registrar.register(now, request, binding(now, request, now.toEpochMilli()));
    }

    /** Somebody else on the home link has, or wants, an address that is to be bound. */
    Decision onDuplicateAddress(Detection detection) {
        Decision.Builder decision = new Decision.Builder();
        decision.change(new DetectionEnded(detection.homeAddress()));
        decision.add(registrar.refuse(detection.update(), Refusal.DUPLICATE_ADDRESS));
        return decision.build();
    }

    /** Ends what was remembered from before a restart and has no place here any more: expired by now, or another home network's. */
    Decision onRestart(Instant now) {
        Decision.Builder decision = new Decision.Builder();
        for (Binding binding : cache.all()) {
            if (binding.hasExpired(now) || !settings.isHomeAddress(binding.homeAddress())) {
                registrar.release(decision, binding.homeAddress(), binding.sequence(), BindingReleased.Cause.EXPIRED);
            }
        }
        return decision.build();
    }

    /** Ends detections whose address is free, and bindings whose time is over. */
    Decision onDeadline(Instant now) {
        Decision.Builder decision = new Decision.Builder();
        for (Detection detection : detections.finished(now, MAX_DEADLINES)) {
            decision.change(new DetectionEnded(detection.homeAddress()));
            decision.add(accept(now, detection.update()));
        }
        for (Binding binding : cache.expired(now, MAX_DEADLINES)) {
            registrar.release(decision, binding.homeAddress(), binding.sequence(), BindingReleased.Cause.EXPIRED);
            if (admissions.find(binding.homeAddress()).isEmpty()) {
                decision.add(registrar.translate(now, delegations.onRelease(now, binding.homeAddress())));
            }
        }
        return decision.build();
    }

    private Binding binding(Instant now, BindingRequest request, long registeredAtMillis) {
        int lifetimeSeconds = granted(request).toSeconds();
        return new Binding(
                request.homeAddress(),
                request.careOfAddress(),
                request.update().sequenceNumber().value(),
                lifetimeSeconds,
                now.toEpochMilli() + lifetimeSeconds * 1000L,
                registeredAtMillis,
                coversLinkLocal(request));
    }

    private BindingLifetime granted(BindingRequest request) {
        BindingLifetime longest =
                BindingLifetime.atMost(min(settings.maximumBindingLifetime(), settings.prefixValidLifetime()));
        BindingLifetime asked = request.update().lifetime();
        return asked.compareTo(longest) <= 0 ? asked : longest;
    }

    /**
     * Refuses what no packet can be tunnelled to, and circles: the home address of a mobile node that is bound here itself would
     * bring every tunnelled packet back to this home agent.
     */
    private boolean isPossibleCareOfAddress(BindingRequest request) {
        Ipv6Address careOfAddress = request.careOfAddress();
        return careOfAddress.isRoutableUnicast()
                && !careOfAddress.equals(settings.address())
                && !careOfAddress.equals(settings.anycastAddress())
                && !cache.contains(careOfAddress)
                && !delegations.forwardsForOthers(careOfAddress)
                && detections.find(careOfAddress).isEmpty();
    }

    /** The L bit says that the mobile node's link-local address has the same interface identifier, which takes a /64. */
    private boolean coversLinkLocal(BindingRequest request) {
        return request.update().linkLocalAddressCompatibility()
                && settings.prefix().length() == 64;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
