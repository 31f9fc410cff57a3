package dev.roost.openflow.rules;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules that a switch is believed to have, with their counters as of the last audit.
 *
 * <p>They lie in the order in which they were last heard of, sent or reported. So when an audit has gone through all that the switch
 * reported, what the switch has lost lies in front, and is found without looking at the rest. Called by {@link InstalledState} only.
 */
final class BelievedFlows {

    private final Map<FlowKey, Installed> flows = new LinkedHashMap<>();
    private long audit;

    /** One rule; {@code heardOf} is the number of the audit at or after which it was sent or reported. */
    private static final class Installed {

        private FlowRule rule;
        private long heardOf;
        private long packets;
        private long bytes;

        Installed(FlowRule rule, long heardOf) {
            this.rule = rule;
            this.heardOf = heardOf;
        }
    }

    /** From now on what is not heard of is lost. */
    void auditBegins() {
        audit++;
    }

    Optional<FlowRule> rule(FlowKey key) {
        return Optional.ofNullable(flows.get(key)).map(installed -> installed.rule);
    }

    boolean contains(FlowKey key) {
        return flows.containsKey(key);
    }

    int size() {
        return flows.size();
    }

    long packets(FlowKey key) {
        Installed installed = flows.get(key);
        return installed == null ? 0 : installed.packets;
    }

    long bytes(FlowKey key) {
        Installed installed = flows.get(key);
        return installed == null ? 0 : installed.bytes;
    }

    /** A rule that was sent. */
    void sent(FlowRule rule) {
        flows.remove(rule.key());
        flows.put(rule.key(), new Installed(rule, audit));
    }

    void remove(FlowKey key) {
        flows.remove(key);
    }

    /** Takes what the switch reports if it is what it was believed to have. */
    boolean confirm(FlowKey key, ReadBack.Flow found) {
        Installed installed = flows.get(key);
        if (installed == null || !found.isFor(installed.rule)) {
            return false;
        }
        heardOf(installed, found);
        return true;
    }

    /** Takes what the switch reports in place of what it was believed to have; that was another rule, or none. */
    void correct(FlowRule rule, ReadBack.Flow found) {
        Installed installed = flows.get(rule.key());
        if (installed == null) {
            installed = new Installed(rule, audit);
        }
        installed.rule = rule;
        heardOf(installed, found);
    }

    private void heardOf(Installed installed, ReadBack.Flow found) {
        installed.packets = found.packets();
        installed.bytes = found.bytes();
        installed.heardOf = audit;
        flows.remove(installed.rule.key());
        flows.put(installed.rule.key(), installed);
    }

    /** Takes out one that was not heard of since the audit began, if there is one. To be called after all that was reported was taken. */
    @Nullable
    FlowKey takeLost() {
        Iterator<Map.Entry<FlowKey, Installed>> oldest = flows.entrySet().iterator();
        if (!oldest.hasNext()) {
            return null;
        }
        Map.Entry<FlowKey, Installed> first = oldest.next();
        if (first.getValue().heardOf == audit) {
            return null;
        }
        FlowKey key = first.getKey();
        oldest.remove();
        return key;
    }
}
