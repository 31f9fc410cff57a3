package dev.roost.loadbalancer;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.ForwarderReportAcknowledgement;
import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.DelegationNote.ReportNoted;
import dev.roost.loadbalancer.DelegationNote.ReportSettled;
import dev.roost.loadbalancer.Effect.AwaitSteering;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;

/**
 * Takes the reports of primaries: who forwards is what the home agent says where the mobile node is bound.
 *
 * <pre>
 *   report                                             answer
 *   of a home address not bound at who reports         UNKNOWN_BINDING, and counted: if only the acknowledgement of its
 *                                                      binding is still on its way, the report comes again
 *   of a forwarder that is not known                   UNKNOWN_FORWARDER, and nothing else
 *   with an older epoch than the one known, or with    SUPERSEDED, with the one known
 *   the same and another forwarder
 *   with the one known, or a newer one                 ACCEPTED, once every switch has passed a barrier behind the rules
 * </pre>
 *
 * <p>So a report may be lost, doubled or late; the newest one holds.
 */
final class ForwarderReports {

    private final Tables tables;
    private final Migrations migrations;
    private final Representative representative;
    private final ForwardingErrands errands;

    ForwarderReports(Tables tables, Migrations migrations, Representative representative, ForwardingErrands errands) {
        this.tables = tables;
        this.representative = representative;
        this.migrations = migrations;
        this.errands = errands;
    }

    Decision onReport(long nowMillis, HomeAgent primary, Ipv6Address address, ForwarderReport report) {
        Ipv6Address homeAddress = report.homeAddress();
        Binding binding = tables.bindings.of(homeAddress);
        if (binding == null || binding.homeAgent() != primary.index()) {
            return new Decision.Builder()
                    .count(Reason.FORWARDER_REPORT_WITHOUT_BINDING)
                    .effect(answer(primary, address, report, DelegationStatus.UNKNOWN_BINDING, report.epoch()))
                    .build();
        }
        Decision.Builder decision = new Decision.Builder();
        if (!report.status().isAccepted()) {
            migrations.onOrderFailed(nowMillis, homeAddress, report.status(), decision);
        }
        Optional<HomeAgent> forwarder = tables.homeAgents
                .withGlobalAddress(report.forwarder())
                .filter(known -> known.steerable(tables.bindings));
        if (forwarder.isEmpty()) {
            return decision.count(Reason.FORWARDER_UNKNOWN)
                    .effect(answer(primary, address, report, DelegationStatus.UNKNOWN_FORWARDER, report.epoch()))
                    .build();
        }
        int index = forwarder.get().index();
        int order = Long.compareUnsigned(report.epoch(), binding.epoch());
        if (report.epoch() == 0 || order < 0 || (order == 0 && index != binding.forwarder())) {
            return decision.count(Reason.FORWARDER_REPORT_SUPERSEDED)
                    .effect(answer(primary, address, report, DelegationStatus.SUPERSEDED, binding.epoch()))
                    .build();
        }
        AwaitedReport awaited =
                new AwaitedReport(homeAddress, primary.index(), address, report.identifier(), report.epoch());
        if (awaited.equals(tables.delegations.report(homeAddress))) {
            return decision.build();
        }
        if (tables.delegations.report(homeAddress) == null
                && tables.delegations.reports() >= DelegationTables.MOST_REPORTS) {
            return decision.count(Reason.FORWARDER_REPORTS_FULL).build();
        }
        if (order > 0) {
            decision.change(new ForwarderChanged(homeAddress, index, report.epoch()));
            if (index != binding.forwarder()) {
                if (binding.doubted && binding.isDelegated()) {
                    errands.onRemembered(nowMillis, binding, report.epoch(), decision);
                }
                decision.effect(Event.info(
                        "forwarder-changed",
                        "homeAddress",
                        homeAddress,
                        "homeAgent",
                        binding.facts().homeAgentAddress(),
                        "forwarder",
                        report.forwarder()));
            }
        }
        migrations.onReported(nowMillis, homeAddress, index, report.epoch(), decision);
        return decision.change(new DelegationNoted(new ReportNoted(awaited)))
                .effect(new AwaitSteering(homeAddress, report.epoch()))
                .build();
    }

    /** Every switch steers as the report with this epoch said, or as an errand with this identifier awaits it. */
    Decision onSteered(long nowMillis, Ipv6Address homeAddress, long epoch) {
        AwaitedReport awaited = tables.delegations.report(homeAddress);
        if (awaited == null || awaited.epoch() != epoch) {
            return errands.onSteered(nowMillis, epoch);
        }
        Decision.Builder decision = new Decision.Builder().change(new DelegationNoted(new ReportSettled(homeAddress)));
        migrations.onSteered(nowMillis, homeAddress, epoch, decision);
        if (awaited.homeAgent() == Representative.INDEX) {
            representative.onSteered(nowMillis, awaited, decision);
            return decision.build();
        }
        HomeAgent primary = tables.homeAgents.at(awaited.homeAgent());
        if (primary != null) {
            decision.effect(ForwardingMessages.send(
                    tables,
                    primary,
                    awaited.address(),
                    new ForwarderReportAcknowledgement(
                            awaited.identifier(), DelegationStatus.ACCEPTED, homeAddress, epoch)));
        }
        return decision.build();
    }

    private Effect answer(
            HomeAgent primary, Ipv6Address address, ForwarderReport report, DelegationStatus status, long epoch) {
        return ForwardingMessages.send(tables, primary, address, report.acknowledge(status, epoch));
    }
}
