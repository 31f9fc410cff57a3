package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingProlonged;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.SightChanged;
import dev.roost.topology.SwitchId;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What becomes of a binding whose lifetime is over: it is released, unless the mobile node may have refreshed it unseen.
 *
 * <p>Home agents go on refreshing bindings while the process is down, or while a switch has lost its connection ({@link Sight}).
 * A mobile node that lives refreshes its binding once in its lifetime; so from when registrations are seen again, a binding lasts as
 * long as it was given last, and what has not been heard of by then is over.
 *
 * <pre>
 *   nothing unseen since it was accepted             released
 *   unseen up to a moment, which is its lifetime ago released
 *   unseen up to a moment, which is not so long ago  prolonged to its lifetime after that moment
 *   unseen as yet                                    prolonged by its lifetime, and so on
 *   its home agent's port is down                    released: nobody is reached there, and elsewhere he may be
 * </pre>
 *
 * <p>It is soft: after a restart nothing was seen for a while, so the same is decided anew. Switches that count are those where its
 * home agent and the routers are attached: acknowledgements come in at the one, updates at the other. Others may come and go, and
 * keep nobody who is gone.
 */
final class Lifetimes {

    private final Tables tables;
    private final BindingRules rules;

    Lifetimes(Tables tables, BindingRules rules) {
        this.tables = tables;
        this.rules = rules;
    }

    Decision onStarted(long nowMillis) {
        SortedSet<SwitchId> expected = new TreeSet<>();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            expected.add(homeAgent.facts().attachment().switchId());
        }
        tables.routers.all().forEach(router -> expected.add(router.attachment().switchId()));
        return Decision.of(new SightChanged(Sight.ofNothing(nowMillis, expected)));
    }

    Decision onSwitchConnected(long nowMillis, SwitchId id) {
        return changed(tables.sight.connected(nowMillis, id));
    }

    Decision onSwitchDisconnected(long nowMillis, SwitchId id) {
        return changed(tables.sight.disconnected(nowMillis, id));
    }

    private Decision changed(Sight sight) {
        return sight.equals(tables.sight) ? Decision.NONE : Decision.of(new SightChanged(sight));
    }

    void onOver(long nowMillis, Binding binding, Decision.Builder decision) {
        long unseenUntilMillis = unseenUntilMillis(nowMillis, binding);
        long endMillis = unseenUntilMillis + binding.lifetimeMillis();
        if (unseenUntilMillis > binding.facts().acceptedAtMillis() && endMillis > nowMillis) {
            decision.change(new BindingProlonged(binding.homeAddress(), endMillis));
        } else {
            rules.release(nowMillis, binding, BindingReleased.Cause.EXPIRED, decision);
        }
    }

    /** The representative's own bindings are known at first hand. */
    private long unseenUntilMillis(long nowMillis, Binding binding) {
        HomeAgent homeAgent = tables.homeAgents.at(binding.homeAgent());
        if (homeAgent == null || homeAgent.portDown) {
            return 0;
        }
        return Stream.concat(
                        Stream.of(homeAgent.facts().attachment()),
                        tables.routers.all().stream().map(Router::attachment))
                .mapToLong(port -> tables.sight.unseenUntilMillis(nowMillis, port.switchId()))
                .max()
                .orElse(0);
    }
}
