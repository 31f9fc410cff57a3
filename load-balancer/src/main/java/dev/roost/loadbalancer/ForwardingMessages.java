package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StopForwardingAcknowledgement;
import dev.roost.delegation.ForwardingMessage.UnusableRequest;
import dev.roost.loadbalancer.Effect.SendForwardingMessage;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;

/**
 * Who is asked what when a message of the forwarding protocol comes. A message counts only from an address of a home agent, at the port
 * where that is attached: whoever has the key still speaks for himself alone.
 */
final class ForwardingMessages {

    private final Tables tables;
    private final ForwardingPeers peers;
    private final ForwarderReports reports;
    private final Migrations migrations;
    private final ForwardingErrands errands;
    private final Representative representative;

    ForwardingMessages(
            Tables tables,
            ForwardingPeers peers,
            ForwarderReports reports,
            Migrations migrations,
            ForwardingErrands errands,
            Representative representative) {
        this.representative = representative;
        this.tables = tables;
        this.peers = peers;
        this.reports = reports;
        this.migrations = migrations;
        this.errands = errands;
    }

    /** Whether the source of a datagram may be who it says, before anything else is done about it. */
    Optional<Reason> refusal(PacketOrigin origin) {
        if (!tables.config.delegation().isSpoken()
                || !origin.destination().equals(tables.config.representativeAddress())) {
            return Optional.of(Reason.FORWARDING_MESSAGE_NOT_TO_REPRESENTATIVE);
        }
        Optional<HomeAgent> sender = tables.homeAgents.withGlobalAddress(origin.source());
        if (sender.isEmpty()) {
            return Optional.of(Reason.FORWARDING_MESSAGE_NOT_FROM_HOME_AGENT);
        }
        return sender.get().facts().attachment().equals(origin.port())
                ? Optional.empty()
                : Optional.of(Reason.FORWARDING_MESSAGE_AT_OTHER_PORT);
    }

    Decision onMessage(long nowMillis, PacketOrigin origin, long session, ForwardingMessage message) {
        Optional<Reason> refusal = refusal(origin);
        Optional<HomeAgent> sender = tables.homeAgents.withGlobalAddress(origin.source());
        if (refusal.isPresent() || sender.isEmpty()) {
            return refusal.orElse(Reason.FORWARDING_MESSAGE_NOT_FROM_HOME_AGENT).decision();
        }
        HomeAgent homeAgent = sender.get();
        if (message instanceof ForwardingMessage.Acknowledgement
                && representative.isOutstanding(message.identifier())) {
            return representative.onMessage(nowMillis, origin, session, message);
        } else if (message instanceof ForwarderReport report) {
            return reports.onReport(nowMillis, homeAgent, origin.source(), report);
        } else if (message instanceof DelegationOrderAcknowledgement acknowledgement) {
            return tables.delegations.errand(acknowledgement.identifier()) != null
                    ? errands.onAcknowledgement(nowMillis, homeAgent, acknowledgement)
                    : migrations.onAcknowledgement(nowMillis, homeAgent, acknowledgement);
        } else if (message instanceof HelloAcknowledgement acknowledgement) {
            return peers.onAcknowledgement(nowMillis, homeAgent, acknowledgement);
        } else if (message instanceof StopForwardingAcknowledgement acknowledgement) {
            return errands.onAcknowledgement(nowMillis, homeAgent, acknowledgement);
        } else if (message instanceof Hello hello) {
            return peers.onHello(nowMillis, homeAgent, origin.source(), hello);
        } else if (message instanceof UnusableRequest request) {
            return unusable(homeAgent, origin.source(), request.refusal());
        } else if (message instanceof ForwardingMessage.Request request) {
            return unusable(homeAgent, origin.source(), request.acknowledge(DelegationStatus.REFUSED, request.epoch()));
        }
        return Reason.FORWARDING_ACKNOWLEDGEMENT_UNEXPECTED.decision();
    }

    private Decision unusable(HomeAgent sender, Ipv6Address address, ForwardingMessage refusal) {
        return new Decision.Builder()
                .count(Reason.FORWARDING_MESSAGE_UNUSABLE)
                .effect(send(tables, sender, address, refusal))
                .build();
    }

    static SendForwardingMessage send(Tables tables, HomeAgent to, Ipv6Address address, ForwardingMessage message) {
        return new SendForwardingMessage(
                to.facts().attachment(),
                to.facts().linkLayerAddress(),
                tables.config.representativeAddress(),
                address,
                message);
    }
}
