package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.HomeAgentLearned;

/**
 * Sums the state up in one number that is the same in every process that has the same state; so nothing here may use a hash
 * that depends on where an object lies, as those of enumerations do.
 */
final class StateHash {

    private StateHash() {}

    static long ofDurable(Tables tables) {
        long hash = tables.assignments.durableStateHash();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            hash = Mixing.mix(hash, ofDurable(homeAgent));
        }
        long bindings = 0;
        for (Binding binding : tables.bindings.all()) {
            bindings += Mixing.mix(
                    of(binding.facts()),
                    Mixing.mix(binding.epoch(), binding.forwarder() << 1 | (binding.doubted ? 1 : 0)));
        }
        hash = Mixing.mix(Mixing.mix(hash, bindings), ofRepresentative(tables));
        return Mixing.mix(hash, tables.routers.stateHash());
    }

    private static long ofRepresentative(Tables tables) {
        long sum = 0;
        if (tables.hasRepresentative()) {
            for (dev.roost.homeagent.binding.Binding binding :
                    tables.representative().bindings()) {
                sum += Mixing.mix(binding.homeAddress().hashCode(), binding.expiresAtMillis());
            }
        }
        return sum;
    }

    static long ofEverything(Tables tables) {
        long hash = Mixing.mix(ofDurable(tables), tables.assignments.creditHash());
        hash = Mixing.mix(hash, tables.pendingUpdates.stateHash());
        hash = Mixing.mix(hash, tables.offenders.stateHash());
        hash = Mixing.mix(hash, tables.recentReleases.stateHash());
        hash = Mixing.mix(hash, tables.sourceLimiter.stateHash());
        hash = Mixing.mix(hash, tables.delegations.stateHash());
        hash = Mixing.mix(hash, tables.sight.stateHash());
        long lasting = 0;
        for (Binding binding : tables.bindings.all()) {
            lasting += Mixing.mix(binding.homeAddress().hashCode(), binding.expiresAtMillis());
        }
        hash = Mixing.mix(hash, lasting);
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            int flags = (homeAgent.portDown ? 1 : 0) | (homeAgent.attachmentDoubted ? 2 : 0);
            hash = Mixing.mix(hash, flags);
            hash = Mixing.mix(hash, homeAgent.weight);
            hash = Mixing.mix(hash, homeAgent.validityHash());
            hash = Mixing.mix(hash, tables.bindings.countOf(homeAgent.index()));
            hash = Mixing.mix(hash, tables.loads.of(homeAgent.index()).stateHash());
        }
        return hash;
    }

    private static long ofDurable(HomeAgent homeAgent) {
        HomeAgentLearned facts = homeAgent.facts();
        long hash = Mixing.mix(facts.index(), facts.preference());
        hash = Mixing.mix(hash, facts.linkLocalAddress().hashCode());
        hash = Mixing.mix(hash, facts.linkLayerAddress().value());
        hash = Mixing.mix(hash, facts.attachment().hashCode());
        hash = Mixing.mix(hash, facts.globalAddresses().hashCode());
        hash = Mixing.mix(hash, facts.knownSinceMillis());
        hash = Mixing.mix(hash, homeAgent.expiresAtMillis);
        hash = Mixing.mix(hash, homeAgent.probesSent);
        hash = Mixing.mix(hash, homeAgent.weightSet);
        hash = Mixing.mix(hash, homeAgent.suspect() ? homeAgent.probedAtMillis : 0);
        int flags = (homeAgent.listed ? 1 : 0)
                | (facts.router() ? 2 : 0)
                | (homeAgent.draining ? 4 : 0)
                | (homeAgent.stopped ? 8 : 0);
        return Mixing.mix(hash, flags);
    }

    private static long of(BindingAccepted binding) {
        long hash = Mixing.mix(
                binding.homeAddress().hashCode(), binding.careOfAddress().hashCode());
        hash = Mixing.mix(hash, binding.homeAgentAddress().hashCode());
        hash = Mixing.mix(hash, binding.homeAgent());
        hash = Mixing.mix(hash, binding.sequence());
        hash = Mixing.mix(hash, binding.evidence().code());
        hash = Mixing.mix(hash, binding.acceptedAtMillis());
        return Mixing.mix(hash, binding.expiresAtMillis());
    }
}
